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

// String returns why there is no score, as answers say it; empty for None.
func (g Gap) String() string {
	return [...]string{None: "", NoBar: "no_bar", ShortHistory: "short_history", Outside: "not_in_universe", Dropped: "dropped"}[g]
}
