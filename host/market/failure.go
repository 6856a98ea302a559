package market

import "fmt"

// FailureKind is the stable word for why a file cannot be used.
type FailureKind string

// The kinds of failures.
const (
	Unreadable  FailureKind = "unreadable"   // its bytes could not be read, or it is no regular file
	TooLarge    FailureKind = "too_large"    // over the limit of bytes
	NoSymbol    FailureKind = "no_symbol"    // its name is not a symbol
	SameSymbol  FailureKind = "same_symbol"  // another file of the run is the same symbol
	Malformed   FailureKind = "malformed"    // its content is not what is expected
	OffCalendar FailureKind = "off_calendar" // it has bars on days that calendar.txt does not have
	Impossible  FailureKind = "impossible"   // it has bars that cannot be, and those are refused
	OtherDigest FailureKind = "other_digest" // SHA256SUMS says that it has other bytes
	Missing     FailureKind = "missing"      // SHA256SUMS names it and it is not there
)

// FailureKinds are all of them.
var FailureKinds = []FailureKind{Unreadable, TooLarge, NoSymbol, SameSymbol, Malformed, OffCalendar, Impossible, OtherDigest, Missing}

// Failure is a file that could not be used, and why.
type Failure struct {
	Symbol string      `json:"symbol"`
	File   string      `json:"file"` // relative to the data directory
	Kind   FailureKind `json:"kind"`
	Reason string      `json:"reason"`
}

// failTwins fails the files of a symbol that has more than one.
func failTwins(files []*file) {
	first := map[string]*file{}
	for _, f := range files {
		if f.symbol == "" {
			continue
		}
		twin := first[f.symbol]
		if twin == nil {
			first[f.symbol] = f
			continue
		}
		twin.fail(SameSymbol, fmt.Errorf("%s is the same symbol", f.Name))
		f.fail(SameSymbol, fmt.Errorf("%s is the same symbol", twin.Name))
	}
}

// failures returns those of the files, sorted by name as files are.
func failures(files []*file, s sectors) []Failure {
	out := []Failure{}
	for _, f := range files {
		if f.bars == nil {
			out = append(out, Failure{Symbol: f.displayName(), File: f.Name, Kind: f.kind, Reason: f.reason})
		}
	}
	if s.reason != "" {
		kind := Malformed
		if s.sum == "" {
			kind = Unreadable
		}
		out = append(out, Failure{File: SectorsFile, Kind: kind, Reason: s.reason})
	}
	return out
}
