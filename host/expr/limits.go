package expr

// What a program may be at most. Beyond it Compile refuses, so that no text
// makes a host slow or large: time is bounded by Cost, memory by Columns and
// Live, and the stack by Depth.
const (
	MaxFields  = 2_000     // expressions of one program
	MaxText    = 10_000    // characters of one expression
	MaxDepth   = 100       // operators and parentheses within each other
	MaxWindow  = 1_000_000 // rows of a window, or of Ref either way
	MaxColumns = 20_000    // columns of a program, after equal parts were shared
	MaxLive    = 2_000     // columns that one symbol needs at the same time
	MaxCost    = 50_000    // sum over all nodes of what a row of them costs, in additions
	maxBits    = 4_096     // of a whole number, also while numbers are folded
)

// longHistory is how many rows an operator over all rows is reckoned with.
const longHistory = 2_500
