package market

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"edgesignal/host/market/qlibfile"
	"edgesignal/host/release"
)

const (
	// InstrumentsFolder holds named universes, <name>.txt, in Qlib's form: beside
	// run folders of Parquet files as in Qlib's own data directory.
	InstrumentsFolder = "instruments"
	// AllInstruments is the universe of a strategy that names none, where it lies.
	AllInstruments = "all"

	instrumentsExt = ".txt"

	// MaxInstruments bounds the universes of a market.
	MaxInstruments = 256
)

// Instruments is a named universe: which symbols belong to it on which days.
type Instruments struct {
	ranges map[string][]qlibfile.Range // by symbol, by day
}

// Has reports whether a symbol in upper case belongs to the universe on a day.
func (u *Instruments) Has(symbol string, day Date) bool {
	for _, r := range u.ranges[symbol] {
		if Date(r.From) <= day && day <= Date(r.To) {
			return true
		}
	}
	return false
}

// Lists reports whether a symbol in upper case belongs to the universe on any day.
func (u *Instruments) Lists(symbol string) bool { return len(u.ranges[symbol]) > 0 }

// Instruments returns the universe of a name; nil = the market has none of it. Names are
// those of files without regard to case, as Qlib looks them up.
func (m *Market) Instruments(name string) *Instruments { return m.instruments[strings.ToLower(name)] }

// UniverseNames returns the names of the market's universes, sorted.
func (m *Market) UniverseNames() []string {
	names := make([]string, 0, len(m.instruments))
	for name := range m.instruments {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// InstrumentsFile reports whether a name in the folder of universes is one.
func InstrumentsFile(name string) bool {
	return strings.HasSuffix(name, instrumentsExt) && name[0] != '.' && len(name) > len(instrumentsExt)
}

// universes is what instruments/*.txt say.
type universes struct {
	of       map[string]*Instruments
	sums     []string // a line a file for the revision
	failures []Failure
	unread   bool
}

// readUniverses reads the universes of a listing. A damaged one is a failure like
// any other: what needs it does not serve, and the rest does.
func readUniverses(fsys fs.FS, infos []FileInfo) universes {
	u := universes{of: map[string]*Instruments{}}
	var buf bytes.Buffer
	for _, info := range infos {
		content, err := slurp(fsys, info.Name, qlibfile.MaxInstrumentsBytes, &buf)
		if err != nil {
			u.unread = u.unread || mayPass(err)
			u.failures = append(u.failures, Failure{File: info.Name, Kind: Unreadable, Reason: err.Error()})
			u.sums = append(u.sums, fmt.Sprintf("%q -\n", info.Name))
			continue
		}
		u.sums = append(u.sums, fmt.Sprintf("%q %s\n", info.Name, release.Sum(content)))
		ranges, lost, err := qlibfile.ReadInstruments(content)
		if err != nil {
			u.failures = append(u.failures, Failure{File: info.Name, Kind: Malformed, Reason: err.Error()})
			continue
		}
		if len(lost) > 0 {
			u.failures = append(u.failures, Failure{File: info.Name, Kind: NoSymbol, Reason: fmt.Sprintf(
				"%d of its symbols are words that pandas takes for a missing value, so that they are not in research's universe either", len(lost))})
		}
		i := &Instruments{ranges: map[string][]qlibfile.Range{}}
		for _, r := range ranges {
			i.ranges[r.Symbol] = append(i.ranges[r.Symbol], r)
		}
		u.of[strings.ToLower(strings.TrimSuffix(path.Base(info.Name), instrumentsExt))] = i
	}
	return u
}

// Append appends the universe in Qlib's form, sorted by symbol and day.
func (u *Instruments) Append(dst []byte) []byte {
	for _, symbol := range slices.Sorted(maps.Keys(u.ranges)) {
		dst = qlibfile.AppendInstruments(dst, u.ranges[symbol])
	}
	return dst
}
