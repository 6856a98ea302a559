package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"edgesignal/host/market"
	"edgesignal/host/market/barfile"
)

// Appended is what a new run has from the one before it.
type Appended struct {
	To      market.Date // the run before
	Carried int         // symbols that have no new bar
	Added   int64       // bars that are new
	Same    int64       // bars that both had, with the same values
}

// appendTo returns the files of a run that has the bars of the newest run in
// dir and those of fresh. A bar that both have must be the same in both.
func appendTo(ctx context.Context, dir string, run market.Date, fresh []runFile, s *Summary) ([]runFile, error) {
	fsys := market.Dir(dir)
	newest, err := market.Directory(fsys).List(ctx, market.AnyDay)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if newest.Run >= run {
		return nil, fmt.Errorf("the newest run in %s is %s: a run that is appended to it must have a later date than that, not %s", dir, newest.Run, run)
	}
	s.Appended = &Appended{To: newest.Run}
	all := map[string]runFile{}
	var r barfile.Reader
	for _, info := range newest.Files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		old, err := readRunFile(fsys, info.Name, &r)
		if err == nil && all[old.symbol].table != nil {
			err = errors.New("another file is the same symbol")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(dir, info.Name), err)
		}
		all[old.symbol] = old
	}
	carried := len(all)
	for _, f := range fresh {
		old, ok := all[f.symbol]
		if !ok {
			s.Appended.Added += int64(len(f.days))
			all[f.symbol] = f
			continue
		}
		carried--
		added, err := merge(old.table, f.table)
		if err != nil {
			return nil, fmt.Errorf("%s: %w in run %s; if the history was adjusted since, import all of it, without --append", f.symbol, err, newest.Run)
		}
		s.Appended.Added += int64(added)
		s.Appended.Same += int64(len(f.days) - added)
		if added > 0 {
			all[f.symbol] = runFile{symbol: f.symbol, days: old.table.Days, table: old.table}
		}
	}
	s.Appended.Carried = carried
	out := make([]runFile, 0, len(all))
	for _, f := range all {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b runFile) int { return strings.Compare(a.symbol, b.symbol) })
	return out, nil
}

// readRunFile reads a file of a run: its bytes, to be carried over as they
// are, and its bars.
func readRunFile(fsys fs.FS, name string, r *barfile.Reader) (f runFile, err error) {
	if f.symbol, err = market.CanonicalSymbol(strings.TrimSuffix(path.Base(name), barsExt)); err != nil {
		return f, err
	}
	info, err := fs.Stat(fsys, name)
	switch {
	case err != nil:
		return f, err
	case !info.Mode().IsRegular():
		return f, errors.New("not a regular file")
	case info.Size() > barfile.MaxBytes:
		return f, fmt.Errorf("%d bytes; the limit is %d", info.Size(), barfile.MaxBytes)
	}
	file, err := fsys.Open(name)
	if err != nil {
		return f, err
	}
	defer io.ReadCloser(file).Close()
	var content bytes.Buffer
	if _, err := content.ReadFrom(io.LimitReader(file, barfile.MaxBytes+1)); err != nil {
		return f, err
	}
	f.bytes = content.Bytes()
	if f.table, err = r.ReadTable(f.symbol, f.bytes); err == nil {
		f.days = f.table.Days
	}
	return f, err
}

// merge adds the bars of fresh to old and returns how many were new.
func merge(old, fresh *barfile.Table) (added int, err error) {
	compared := columnsEnd(old, fresh)
	if compared < valueColumns && (old.VWAP != nil || fresh.VWAP != nil) { // only one of them has a vwap
		for _, t := range []*barfile.Table{old, fresh} {
			if t.VWAP == nil {
				t.VWAP = slices.Repeat([]float64{math.NaN()}, len(t.Days))
			}
		}
	}
	to, from := columnsOf(old), columnsOf(fresh)
	for row, day := range fresh.Days {
		at, there := slices.BinarySearch(old.Days, day)
		if there {
			for k := range compared {
				// float32 is what a market keeps.
				a, b := float32((*to[k])[at]), float32((*from[k])[row])
				if a != b && (a == a || b == b) {
					return 0, fmt.Errorf("%s of %s is %v, but %v", holdings[firstValue+k], market.Date(day), b, a)
				}
			}
			continue
		}
		added++
		old.Days = slices.Insert(old.Days, at, day)
		for k := range to {
			*to[k] = slices.Insert(*to[k], at, (*from[k])[row])
		}
	}
	return added, nil
}

// columnsOf are a table's columns in the order of rows, without a vwap that is not there.
func columnsOf(t *barfile.Table) []*[]float64 {
	all := []*[]float64{&t.Open, &t.High, &t.Low, &t.Close, &t.Volume}
	if t.VWAP != nil {
		all = append(all, &t.VWAP)
	}
	return all
}

// columnsEnd returns how many columns both tables have.
func columnsEnd(a, b *barfile.Table) int { return min(len(columnsOf(a)), len(columnsOf(b))) }
