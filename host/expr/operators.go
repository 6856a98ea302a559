package expr

// operator is one of Qlib's: what it takes, and how a call becomes columns.
type operator struct {
	// takes has a letter an operand: x = a column, v = a column or a number,
	// n = rows or a number (each operator checks it), s = a symbol.
	takes string
	// build returns the column, its type being known to the graph, and the rows
	// that Qlib loads for it. Operands are as many and of the kinds that takes asks for.
	build func(b *builder, at *tree, in []operand) (operand, error)
}

// operators is the table of all of them: an operator is one entry here, and one
// file with its kernel and its test. Mask and ChangeInstrument change whose
// columns their operand means, so the builder itself knows them.
var operators = map[string]operator{
	"Add": {"vv", arithmetic("+")}, "Sub": {"vv", arithmetic("-")},
	"Mul": {"vv", arithmetic("*")}, "Div": {"vv", arithmetic("/")},
	"Power":   {"vv", buildPower},
	"Greater": {"vv", extremum(true)}, "Less": {"vv", extremum(false)},
	"Gt": {"vv", compare(">")}, "Ge": {"vv", compare(">=")},
	"Lt": {"vv", compare("<")}, "Le": {"vv", compare("<=")},
	"Eq": {"vv", compare("==")}, "Ne": {"vv", compare("!=")},
	"And": {"vv", logic(true)}, "Or": {"vv", logic(false)}, "Not": {"x", buildNot},
	"Abs": {"x", buildAbs}, "Sign": {"x", buildSign}, "Log": {"x", buildLog},
	"If":  {"xvv", buildIf},
	"Ref": {"xn", buildRef}, "Delta": {"xn", buildDelta},
	"Mean": {"xn", moment(meanOf)}, "Sum": {"xn", moment(sumOf)},
	"Std": {"xn", moment(stdOf)}, "Var": {"xn", moment(varOf)},
	"Skew": {"xn", shape(3)}, "Kurt": {"xn", shape(4)},
	"Max": {"xn", peak(true)}, "Min": {"xn", peak(false)},
	"IdxMax": {"xn", peakRow(true)}, "IdxMin": {"xn", peakRow(false)},
	"Med": {"xn", buildMed}, "Rank": {"xn", buildRank}, "Quantile": {"xnn", buildQuantile},
	"Count": {"xn", buildCount}, "Mad": {"xn", buildMad}, "WMA": {"xn", buildWMA},
	"EMA":   {"xn", buildEMA},
	"Slope": {"xn", regression(slopeOf)}, "Rsquare": {"xn", regression(rsquareOf)}, "Resi": {"xn", regression(residualOf)},
	"Corr": {"xvn", buildCorr}, "Cov": {"xvn", buildCov},
}

// refused are names that Qlib knows and this does not, and why.
var refused = map[string]string{
	"P": "point-in-time data are not supported", "PRef": "point-in-time data are not supported",
	"TResample": "Qlib itself fails with it on daily bars",
	"Rolling":   "Qlib's own base class; write the operator's name",
	"Feature":   "write $close",
}
