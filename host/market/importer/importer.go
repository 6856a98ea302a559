// Package importer turns the tables that people have, CSV and Parquet, one
// symbol a file or all in one, into a run folder of bar files. What a column
// is, it finds out by the column's name, and it says what it took for what.
package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"edgesignal/host/market"
)

// Options say what is imported and how.
type Options struct {
	Inputs []string  // files and folders; "-" = Stdin
	Stdin  io.Reader // for "-"
	Dir    string    // the data directory
	Run    market.Date

	Symbol       string            // of every row; "" = a column, a folder symbol=... or the file's name
	Columns      map[string]string // the name of a column that is not found by itself, by what it holds
	Adjusted     string            // a column of adjusted closes, by which the prices are scaled; "" = none
	DateFormat   string            // as DD.MM.YYYY; "" = the usual ones
	Zone         *time.Location    // in which moments are days; nil = the files must say it
	DecimalComma bool
	BadBars      market.BadBars   // what becomes of bars that cannot be; "" = they are written as they are
	Append       bool             // to the newest run: its bars are in the new run, too
	Progress     func(rows int64) // gets the number of rows read, now and then; may be nil
}

// Summary is what was imported.
type Summary struct {
	Dir         string // the run folder
	Symbols     int
	Rows        int64 // bars written
	Empty       int64 // rows without any value, left out
	First, Last market.Date
	Inputs      []Taken
	Appended    *Appended          // nil = it was not asked for
	Suspicions  []market.Suspicion // bars that cannot be, by symbol
}

// Taken is how some inputs were read: those that were read alike are one.
type Taken struct {
	Name    string // the first of them
	Others  int    // how many more there are
	Format  string
	Columns []Column
	Unused  []string // columns that were not read
}

// Column says where what a column holds was found.
type Column struct{ Holds, From string }

// progressRows is how many rows lie between two calls of Progress.
const progressRows = 50_000

// Import writes the run folder <Dir>/<Run>, which must not exist yet, one
// <SYMBOL>.parquet a symbol. A row without any value is no bar: it is left out
// and counted (a hole in a history is the absence of a row). Errors name the
// file, the line or row, and the column.
//
// The folder is written under another name beside its place, made durable and
// renamed, so that no reader sees half of it; what a crash leaves behind is
// named .import-*, which no reader takes for a run. Equal input gives equal files.
func Import(ctx context.Context, o Options) (Summary, error) {
	folder := filepath.Join(o.Dir, o.Run.String())
	if err := mustNotExist(folder); err != nil {
		return Summary{}, err
	}
	im, err := newImporting(o)
	if err != nil {
		return Summary{}, err
	}
	inputs, err := expand(o.Inputs)
	if err != nil {
		return Summary{}, err
	}
	for _, in := range inputs {
		if err := im.read(ctx, in); err != nil {
			return Summary{}, err
		}
	}
	im.Progress(im.count)
	s := Summary{Dir: folder, Inputs: im.taken}
	files, err := im.files(&s)
	if err != nil {
		return Summary{}, err
	}
	if o.Append {
		if files, err = appendTo(ctx, o.Dir, o.Run, files, &s); err != nil {
			return Summary{}, err
		}
	}
	s.Symbols = len(files)
	s.First, s.Last = market.MaxDate, market.MinDate
	for _, f := range files {
		s.Rows += int64(len(f.days))
		s.First = min(s.First, market.Date(f.days[0]))
		s.Last = max(s.Last, market.Date(f.days[len(f.days)-1]))
	}
	return s, writeRun(ctx, o.Dir, o.Run.String(), files)
}

// importing is one import on its way.
type importing struct {
	Options
	days  dayParser
	rows  *rows
	taken []Taken
	count int64 // rows read
}

func newImporting(o Options) (*importing, error) {
	if o.Progress == nil {
		o.Progress = func(int64) {}
	}
	days, err := newDayParser(o.DateFormat, o.Zone)
	if err != nil {
		return nil, err
	}
	for holds := range o.Columns {
		if !slices.Contains(holdings[:], holds) {
			return nil, fmt.Errorf("no column holds %q; they hold %s", holds, strings.Join(holdings[:], ", "))
		}
	}
	if o.Symbol != "" {
		if _, err := market.CanonicalSymbol(o.Symbol); err != nil {
			return nil, err
		}
	}
	return &importing{Options: o, days: days, rows: newRows()}, nil
}

// step counts a row.
func (im *importing) step(ctx context.Context) error {
	if im.count++; im.count%progressRows == 0 {
		im.Progress(im.count)
		return ctx.Err()
	}
	return nil
}

// took keeps how an input was read for the summary.
func (im *importing) took(t Taken) {
	for i := range im.taken {
		same := &im.taken[i]
		if same.Format == t.Format && slices.Equal(same.Columns, t.Columns) && slices.Equal(same.Unused, t.Unused) {
			same.Others++
			return
		}
	}
	im.taken = append(im.taken, t)
}

func mustNotExist(folder string) error {
	_, err := os.Lstat(folder)
	switch {
	case err == nil:
		return fmt.Errorf("run folder %s: %w", folder, fs.ErrExist)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return err
}
