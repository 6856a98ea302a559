// Package research is the quants' files: the feature matrix out, rows for a
// model in. The numbers are the ones that serve.
package research

import (
	"context"
	"fmt"
	"slices"

	"edgesignal/host/market"
)

// FeatureQuery picks a part of the feature matrix.
type FeatureQuery struct {
	Symbols  []string     // upper case; nil = all of the market
	From, To *market.Date // inclusive; nil = no bound

	known bool // symbols that the market does not have are left out
}

// FeatureWriter is a form that the feature matrix can take: CSVWriter or
// ParquetWriter.
type FeatureWriter interface {
	features() *Features
	// partRows returns how many rows make a part of the file.
	partRows() int
	// encode makes a part, on any goroutine. What it returns puts the part
	// into the file and is called in the order of the rows.
	encode(context.Context, part) (put func() error, err error)
	// Close ends the file; it does not close the underlying writer.
	Close() error
}

// WriteFeatures writes one row per calendar day between a symbol's first and
// last bar, sorted by symbol, then date, computed and encoded on all cores; it
// does not close w. The file depends on the rows alone. Only some parts of it
// are in memory at a time. progress is told how many of the symbols are
// written; it may be nil. A symbol that the market does not have is an error.
func WriteFeatures(ctx context.Context, w FeatureWriter, m *market.Market, q FeatureQuery, progress func(symbols int)) error {
	runs, err := q.runs(m)
	if err != nil {
		return err
	}
	if progress == nil {
		progress = func(int) {}
	}
	type encoded struct {
		put     func() error
		symbols int
	}
	done := 0
	return inOrder(ctx,
		func() (p part, ok bool, err error) {
			p, runs = cut(runs, w.partRows(), w.features().whole)
			return p, len(p) > 0, nil
		},
		func(ctx context.Context, p part) (encoded, error) {
			put, err := w.encode(ctx, p)
			return encoded{put, p.complete()}, err
		},
		func(e encoded) error {
			err := e.put()
			done += e.symbols
			progress(done)
			return err
		})
}

// run are rows [from, to) of one symbol.
type run struct {
	series   *market.Series
	calendar []market.Date
	from, to int
	last     bool // no more of this symbol comes after it
}

// date returns the day of a row.
func (r *run) date(row int) market.Date { return r.calendar[r.series.First+row] }

// part are the rows of one part of a file, in order.
type part []run

// complete returns how many symbols end in the part.
func (p part) complete() (symbols int) {
	for _, r := range p {
		if r.last {
			symbols++
		}
	}
	return symbols
}

// features calls use with the features of some rows after the other, which are
// valid until it returns.
func (p part) features(ctx context.Context, f *Features, use func(b *block) error) error {
	compute := f.compute()
	for _, r := range p {
		if err := compute(ctx, r, use); err != nil {
			return err
		}
	}
	return nil
}

// cut takes the first rows off, at most that many; whole symbols, at least one, where
// a symbol has to be computed at once.
func cut(runs []run, most int, whole bool) (p part, rest []run) {
	for len(runs) > 0 && most > 0 {
		r := runs[0]
		n := r.to - r.from
		if whole && n > most && len(p) > 0 {
			break
		}
		if n > most && !whole {
			r.to, r.last = r.from+most, false
			runs[0].from = r.to
		} else {
			runs = runs[1:]
		}
		most -= r.to - r.from
		p = append(p, r)
	}
	return p, runs
}

// runs returns the rows that are asked for: one run a symbol, where it has any.
func (q *FeatureQuery) runs(m *market.Market) ([]run, error) {
	symbols := q.Symbols
	if symbols == nil {
		symbols = m.Symbols()
	}
	var runs []run
	for _, sym := range slices.Compact(slices.Sorted(slices.Values(symbols))) {
		s := m.Find(sym)
		if s == nil && q.known {
			continue
		}
		if s == nil {
			return nil, fmt.Errorf("symbol %s: the market of run %s does not have it", sym, m.RunDate)
		}
		r := run{series: s, calendar: m.Calendar, to: s.Len(), last: true}
		if q.From != nil {
			i, _ := slices.BinarySearch(m.Calendar, *q.From)
			r.from = max(r.from, i-s.First)
		}
		if q.To != nil {
			i, ok := m.DayIndex(*q.To)
			if !ok {
				i = -1
			}
			r.to = min(r.to, i+1-s.First)
		}
		if r.from < r.to {
			runs = append(runs, r)
		}
	}
	return runs, nil
}
