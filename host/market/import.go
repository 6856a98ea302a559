package market

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ImportSummary is what ImportCSV wrote.
type ImportSummary struct {
	Dir         string // the run folder
	Symbols     int
	Rows        int64 // bars written
	Empty       int64 // rows of the CSV without any value, left out
	First, Last Date
}

// progressRows is how many rows lie between two calls of progress.
const progressRows = 50_000

// ImportCSV turns bars in CSV into the run folder dir/<run>, which must not
// exist yet, one <SYMBOL>.parquet a symbol. name is what errors call the CSV;
// progress, which may be nil, gets the number of rows read every 50,000 rows
// and at the end.
//
// The header names the columns in any order: symbol, date, open, high, low,
// close, volume, and vwap if it is there. An empty field is a missing value.
// Symbols are written in upper case. A row without any value is no bar: it is
// left out and counted in Empty (a hole in a history is the absence of a row).
// Errors name the file, the line, the column and the value.
//
// The folder is written under another name beside its place, made durable and
// renamed, so that no reader sees half of it; what a crash leaves behind is
// named .import-*, which Load ignores. Equal CSV gives equal files.
func ImportCSV(ctx context.Context, r io.Reader, name string, dir string, run Date, progress func(rows int64)) (ImportSummary, error) {
	folder := filepath.Join(dir, run.String())
	if err := mustNotExist(folder); err != nil {
		return ImportSummary{}, err
	}
	if progress == nil {
		progress = func(int64) {}
	}
	bars, err := readCSV(ctx, r, name, progress)
	if err != nil {
		return ImportSummary{}, err
	}
	tables, err := bars.tables()
	if err != nil {
		return ImportSummary{}, err
	}
	s := ImportSummary{Dir: folder, Symbols: len(tables), Empty: bars.empty, First: MaxDate, Last: MinDate}
	for _, t := range tables {
		s.Rows += int64(len(t.Days))
		s.First = min(s.First, Date(t.Days[0]))
		s.Last = max(s.Last, Date(t.Days[len(t.Days)-1]))
	}
	if err := writeRun(ctx, dir, run.String(), tables); err != nil {
		return ImportSummary{}, err
	}
	return s, nil
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
