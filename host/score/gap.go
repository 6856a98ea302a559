package score

// Gap is why a series is not scored on a day.
type Gap uint8

// The gaps.
const (
	None         Gap = iota
	NoBar            // no bar on that day
	ShortHistory     // fewer calendar rows than the built-in alpha158 needs
	Outside          // it does not belong to the feature set's universe on that day
	Dropped          // a processor of the feature set dropped its row
)
