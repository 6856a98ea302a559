package expr

// alphaRows returns the rows that Qlib loads for an exponential mean with this
// weight: trunc(ln 1e-6/ln(1-alpha)) - 1 before the day.
func alphaRows(alpha float64) int {
	return int(log64(1e-6)/log64(1-alpha)) - 1
}

// rows returns an operator's window as a whole number of rows; 0 = all loaded
// rows up to the day.
func rows(at *tree, o operand, least int) (int, error) {
	n := o.number
	if !n.isInt() {
		return 0, errorAt(o.tree.position, "write it without a point", "%s: the window is a number with a point", at.name)
	}
	v, ok := n.int64()
	switch {
	case n.negative():
		return 0, errorAt(o.tree.position, "", "%s: the window is negative", at.name)
	case !ok || v > MaxWindow:
		return 0, errorAt(o.tree.position, "", "%s: a window of more than %d rows", at.name, MaxWindow)
	case v != 0 && v < int64(least):
		return 0, errorAt(o.tree.position, "", "%s: the window is at least %d rows, or 0 for all", at.name, least)
	}
	return int(v), nil
}

// weight returns the number as the weight of an exponential mean, which is what
// Qlib makes of a window between 0 and 1.
func weight(o operand) (alpha float64, ok bool) {
	return o.number.float, !o.number.isInt() && o.number.float > 0 && o.number.float < 1
}

// windowed returns the reach of a kernel that reads its whole window anew.
func windowed(n int) int {
	if n == 0 {
		return all
	}
	return n - 1
}

// reckoned returns how many rows a window is reckoned with; 0 = all.
func reckoned(n int) int {
	if n == 0 || n > longHistory {
		return longHistory
	}
	return n
}

// perWindow returns the cost of a row of an operator that reads its whole window anew, at
// so many additions a row of it.
func perWindow(n, each int) int { return 10 + each*reckoned(n) }
