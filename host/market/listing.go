package market

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"edgesignal/host/market/qlibfile"
)

const (
	barsExt = ".parquet"
	// SectorsFile is the name of the optional file symbol,sector.
	SectorsFile = "symbols.csv"
	// CalendarFile is the name of the optional file of trading days.
	CalendarFile = "calendar.txt"
	// SumsFile is the name of the optional file of digests in a run folder,
	// as sha256sum writes it.
	SumsFile = "SHA256SUMS"
	// FinishedFile is the name of the empty file that many writers put into a
	// folder last.
	FinishedFile = "_SUCCESS"
)

// ErrNoRun: the data directory holds no run folder yet.
var ErrNoRun = errors.New("no run folder: looked for YYYY-MM-DD/<SYMBOL>.parquet")

// MaxRunFiles bounds what a listing holds in memory: more symbols than any
// market has.
const MaxRunFiles = 100_000

// Listing is what the newest run looks like from outside: names, sizes and
// tags, no contents. Two listings differ whenever a file came, went or was
// written between them.
type Listing struct {
	Run      Date
	Files    []FileInfo // the run's .parquet files, sorted by name
	Sums     *FileInfo  // the run's SHA256SUMS, nil = there is none
	Sectors  *FileInfo  // symbols.csv, nil = there is none
	Calendar *FileInfo  // calendar.txt, nil = there is none; in Qlib's data directory calendars/day.txt

	Instruments []FileInfo // instruments/*.txt, sorted by name
	Provider    bool       // it is Qlib's data directory: Files are its .day.bin files, Run is the calendar's last day

	Waiting []Date // newer runs, newest first, that are not taken before their _SUCCESS is there
}

// FileInfo describes a file without its content. Equal ones have equal content.
type FileInfo struct {
	Name string // relative to the data directory: "2024-12-31/AAPL.parquet"
	Size int64  // bytes, -1 = unknown
	Tag  string // another one after each write: a time, an ETag
}

// Layout says what lies in a data directory or a bucket.
type Layout struct {
	Folders           []string  // names right below the data directory; those that are no day do not matter
	Sectors, Calendar *FileInfo // nil = there is none
	Instruments       []FileInfo
	// Files returns what lies right below a folder that RunFile is true of, with
	// names relative to it.
	Files func(folder string) ([]FileInfo, error)
	// Finished reports whether a folder holds a file _SUCCESS.
	Finished func(folder string) (bool, error)
}

// RunFile reports whether a name in a run folder means anything: a
// .parquet file that is not hidden, SHA256SUMS or _SUCCESS.
func RunFile(name string) bool {
	return strings.HasSuffix(name, barsExt) && name[0] != '.' || name == SumsFile || name == FinishedFile
}

// vouching is how many older runs are asked for a _SUCCESS file.
const vouching = 7

// List returns the newest run of before that day: a folder that is named for a
// day and holds a .parquet file. A folder without _SUCCESS waits for its own
// where one of the few runs before it has one: whoever writes that file writes
// it last. Without a run the error is ErrNoRun; others are those of
// the Layout's functions.
func (y Layout) List(before Date) (*Listing, error) {
	var days []string
	for _, folder := range y.Folders {
		if run, err := ParseDate(folder); err == nil && run < before {
			days = append(days, folder)
		}
	}
	slices.Sort(days) // names of days sort as the days do
	slices.Reverse(days)
	var waiting []Date
	for i, folder := range days {
		l, finished, err := y.run(folder)
		if err != nil {
			return nil, err
		}
		if len(l.Files) == 0 {
			continue
		}
		if !finished {
			older := days[i+1:]
			waits, err := y.anyFinished(older[:min(vouching, len(older))])
			if err != nil {
				return nil, err
			}
			if waits {
				waiting = append(waiting, l.Run)
				continue
			}
		}
		l.Sectors, l.Calendar, l.Instruments, l.Waiting = y.Sectors, y.Calendar, y.Instruments, waiting
		return l, nil
	}
	if len(waiting) > 0 {
		return nil, fmt.Errorf("%w: run %s waits for its %s file", ErrNoRun, waiting[0], FinishedFile)
	}
	return nil, ErrNoRun
}

// run returns what lies in one folder.
func (y Layout) run(folder string) (l *Listing, finished bool, err error) {
	run, err := ParseDate(folder)
	if err != nil {
		return nil, false, err
	}
	all, err := y.Files(folder)
	if err != nil {
		return nil, false, err
	}
	l = &Listing{Run: run}
	for _, f := range all {
		name := f.Name
		f.Name = path.Join(folder, name)
		switch {
		case !RunFile(name):
		case name == FinishedFile:
			finished = true
		case name == SumsFile:
			l.Sums = &f
		default:
			l.Files = append(l.Files, f)
		}
	}
	if len(l.Files) > MaxRunFiles {
		return nil, false, fmt.Errorf("run %s: %d files; the limit is %d", run, len(l.Files), MaxRunFiles)
	}
	slices.SortFunc(l.Files, func(a, b FileInfo) int { return strings.Compare(a.Name, b.Name) })
	return l, finished, nil
}

func (y Layout) anyFinished(folders []string) (bool, error) {
	for _, folder := range folders {
		if finished, err := y.Finished(folder); err != nil || finished {
			return finished, err
		}
	}
	return false, nil
}

// All returns the run's bar files and the other files that are read with them.
func (l *Listing) All() []FileInfo {
	all := slices.Clip(l.Files)
	for _, f := range []*FileInfo{l.Sums, l.Sectors, l.Calendar} {
		if f != nil {
			all = append(all, *f)
		}
	}
	return append(all, l.Instruments...)
}

// Symbols returns the symbols that the names of the run's files say, sorted. Files that are
// named for none are left out.
func (l *Listing) Symbols() []string {
	symbols := make([]string, 0, len(l.Files))
	for i, f := range l.Files {
		if i > 0 && l.Provider && l.unit(f) == l.unit(l.Files[i-1]) {
			continue
		}
		if symbol, err := l.symbol(f); err == nil {
			symbols = append(symbols, symbol)
		}
	}
	slices.Sort(symbols)
	return slices.Compact(symbols)
}

// String returns equal for equal listings. Runs that wait are not part of it.
func (l *Listing) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", l.Run)
	for _, f := range l.All() {
		fmt.Fprintf(&b, "%q %d %q\n", f.Name, f.Size, f.Tag)
	}
	return b.String()
}

// unit returns what fails as a whole when a file does: a run's file itself, or the folder of a
// symbol in Qlib's data directory.
func (l *Listing) unit(f FileInfo) string {
	if l.Provider {
		return path.Dir(f.Name)
	}
	return f.Name
}

// Units returns how many symbols' files, or folders in Qlib's data directory, the listing names.
func (l *Listing) Units() (n int) {
	for i, f := range l.Files {
		if i == 0 || l.unit(f) != l.unit(l.Files[i-1]) {
			n++
		}
	}
	return n
}

// symbol returns the symbol that a file is named for.
func (l *Listing) symbol(f FileInfo) (string, error) {
	if l.Provider {
		return CanonicalSymbol(qlibfile.Symbol(path.Base(path.Dir(f.Name))))
	}
	return CanonicalSymbol(f.stem())
}

// stem returns the file's name without folder and extension.
func (f FileInfo) stem() string { return strings.TrimSuffix(path.Base(f.Name), barsExt) }
