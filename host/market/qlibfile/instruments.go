package qlibfile

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Range is days from which and to which a symbol belongs to a universe, both
// inclusive, in days since 1970-01-01.
type Range struct {
	Symbol   string // upper case
	From, To int32
}

// maxSymbol is the longest symbol, in bytes.
const maxSymbol = 64

// ReadInstruments returns the ranges of instruments/<name>.txt, by symbol and then
// by day. A line is SYMBOL, first day and last day, with a tab between;
// columns behind them and blank lines do not matter. A symbol may have several
// ranges.
//
// Qlib reads the file with pandas, which takes some words for a missing value:
// a symbol NA or NULL is not in research's universe, so it is not in ours. Such
// symbols come back as lost.
func ReadInstruments(content []byte) (ranges []Range, lost []string, err error) {
	if len(content) > MaxInstrumentsBytes {
		return nil, nil, fmt.Errorf("it has %d bytes; the limit is %d", len(content), MaxInstrumentsBytes)
	}
	line := 0
	for text := range bytes.Lines(content) {
		line++
		fields := strings.SplitN(strings.TrimRight(string(text), "\r\n"), "\t", 4)
		if len(fields) == 1 && strings.TrimSpace(fields[0]) == "" {
			continue
		}
		if len(fields) < 3 {
			return nil, nil, fmt.Errorf("line %d has %d columns: symbol, first day and last day are expected, with a tab between", line, len(fields))
		}
		if len(fields[0]) > maxSymbol {
			return nil, nil, fmt.Errorf("line %d: its symbol has %d bytes; the limit is %d", line, len(fields[0]), maxSymbol)
		}
		r := Range{Symbol: strings.ToUpper(fields[0])}
		if r.From, err = parseDay(fields[1]); err != nil {
			return nil, nil, fmt.Errorf("line %d: its first day %w", line, err)
		}
		if r.To, err = parseDay(fields[2]); err != nil {
			return nil, nil, fmt.Errorf("line %d: its last day %w", line, err)
		}
		if missing[fields[0]] {
			lost = append(lost, fields[0])
			continue
		}
		ranges = append(ranges, r)
	}
	slices.SortFunc(ranges, func(a, b Range) int {
		return cmp.Or(strings.Compare(a.Symbol, b.Symbol), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return ranges, lost, nil
}

// missing holds what pandas.read_csv takes for a missing value unless it is told
// otherwise.
var missing = map[string]bool{
	"": true, "#N/A": true, "#N/A N/A": true, "#NA": true, "-1.#IND": true, "-1.#QNAN": true, "-NaN": true, "-nan": true,
	"1.#IND": true, "1.#QNAN": true, "<NA>": true, "N/A": true, "NA": true, "NULL": true, "NaN": true, "None": true,
	"n/a": true, "nan": true, "null": true,
}

// AppendInstruments appends the text of a universe.
func AppendInstruments(dst []byte, ranges []Range) []byte {
	for _, r := range ranges {
		dst = fmt.Appendf(dst, "%s\t%s\t%s\n", r.Symbol, dayString(r.From), dayString(r.To))
	}
	return dst
}
