package market

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

const (
	barsExt = ".parquet"
	// SectorsFile is the name of the optional file symbol,sector.
	SectorsFile = "symbols.csv"
)

// ErrNoRun: the data directory holds no run folder yet.
var ErrNoRun = errors.New("no run folder: looked for YYYY-MM-DD/<SYMBOL>.parquet")

// Listing is what the newest run looks like from outside: cheap to make, and
// different whenever a file comes, goes or is written.
type Listing struct {
	Run     Date
	Files   []FileInfo // the run's .parquet files, sorted by name
	Sectors *FileInfo  // symbols.csv, nil = there is none
}

// FileInfo is a file from outside. Equal ones have equal content.
type FileInfo struct {
	Name string // relative to the data directory: "2024-12-31/AAPL.parquet"
	Size int64  // bytes, -1 = unknown
	Tag  string // another one after each write: a time, an ETag
}

// NewListing lists the newest of folders that is named for a day and holds a
// .parquet file. folders are names right below the data directory, and files
// says what lies right below one of them, names relative to it. Hidden files
// are not data. Without a run the error is ErrNoRun; others are those of files.
func NewListing(folders []string, sectors *FileInfo, files func(folder string) ([]FileInfo, error)) (*Listing, error) {
	// Names of days sort as the days do.
	for _, folder := range slices.Backward(slices.Sorted(slices.Values(folders))) {
		run, err := ParseDate(folder)
		if err != nil {
			continue
		}
		l := &Listing{Run: run, Sectors: sectors}
		all, err := files(folder)
		if err != nil {
			return nil, err
		}
		for _, f := range all {
			if strings.HasSuffix(f.Name, barsExt) && f.Name[0] != '.' {
				f.Name = path.Join(folder, f.Name)
				l.Files = append(l.Files, f)
			}
		}
		if len(l.Files) > 0 {
			slices.SortFunc(l.Files, func(a, b FileInfo) int { return strings.Compare(a.Name, b.Name) })
			return l, nil
		}
	}
	return nil, ErrNoRun
}

// All returns the run's files and symbols.csv.
func (l *Listing) All() []FileInfo {
	if l.Sectors == nil {
		return l.Files
	}
	return append(slices.Clip(l.Files), *l.Sectors)
}

// String returns equal for equal listings.
func (l *Listing) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", l.Run)
	for _, f := range l.All() {
		fmt.Fprintf(&b, "%q %d %q\n", f.Name, f.Size, f.Tag)
	}
	return b.String()
}

// stem returns the file's name without folder and extension.
func (f FileInfo) stem() string { return strings.TrimSuffix(path.Base(f.Name), barsExt) }
