package qlibfile

import "strings"

// BinExt ends the name of a daily field's file.
const BinExt = ".day.bin"

// marked begins the folder of a symbol that Windows would not let be a folder's
// name.
const marked = "_qlib_"

// Folder returns the name of a symbol's folder below features.
func Folder(symbol string) string {
	lower := strings.ToLower(symbol)
	if device(lower) {
		return marked + lower
	}
	return lower
}

// Symbol returns the symbol of a folder below features, in upper case. Qlib's own
// way back takes letters of the mark off the name behind it too (lpt1 becomes
// pt1); here only the mark goes.
func Symbol(folder string) string {
	lower := strings.ToLower(folder)
	if rest, ok := strings.CutPrefix(lower, marked); ok && device(rest) {
		lower = rest
	}
	return strings.ToUpper(lower)
}

// device reports whether a name in lower case is one of a device of Windows.
func device(name string) bool {
	switch name {
	case "con", "prn", "aux", "nul":
		return true
	}
	digit, ok := strings.CutPrefix(name, "com")
	if !ok {
		digit, ok = strings.CutPrefix(name, "lpt")
	}
	return ok && len(digit) == 1 && '0' <= digit[0] && digit[0] <= '9'
}
