package market

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"edgesignal/host/market/qlibfile"
)

// Given is a symbol's bars as somebody has them in memory: equally long columns by the
// field's name in lower case, NaN where a value is missing.
type Given struct {
	Symbol string // upper case
	First  int    // calendar index of the columns' first value
	Fields map[string][]float32
}

// FromGiven makes a market of bars that are in memory: the one that Qlib's data directory
// with these columns would be. calendar is ascending; columns that reach beyond it and
// symbols without any bar are errors. The market names no files, and its revision is the
// caller's word for it.
func FromGiven(revision string, calendar []Date, given []Given) (*Market, error) {
	m := &Market{
		Revision: revision, Calendar: calendar, CalendarGiven: true, exact: true,
		instruments: map[string]*Instruments{},
		fields: &fields{read: func(_ context.Context, m *Market, _ string) ([]Column, error) {
			return make([]Column, len(m.Series)), nil
		}},
	}
	of := map[*Series]*Given{}
	for i := range given {
		s, err := given[i].series(len(calendar))
		if err != nil {
			return nil, err
		}
		m.Series = append(m.Series, s)
		of[s] = &given[i]
	}
	m.Arrange()
	all := map[string][]Column{}
	for i, s := range m.Series {
		g := of[s]
		for name, values := range g.Fields {
			if all[name] == nil {
				all[name] = make([]Column, len(m.Series))
			}
			all[name][i] = Column{g.First, values}
		}
	}
	m.fields.loaded.Store(&all)
	return m, nil
}

// SetUniverse gives a market that FromGiven made, and that nobody uses yet, a universe:
// the ranges of days, both included, by symbol in upper case.
func (m *Market) SetUniverse(name string, ranges map[string][][2]Date) {
	u := &Instruments{ranges: map[string][]qlibfile.Range{}}
	for symbol, list := range ranges {
		for _, r := range list {
			u.ranges[symbol] = append(u.ranges[symbol], qlibfile.Range{Symbol: symbol, From: int32(r[0]), To: int32(r[1])})
		}
	}
	m.instruments[strings.ToLower(name)] = u
}

// series returns the bars between the first and the last row that has any.
func (g *Given) series(days int) (*Series, error) {
	first, end := -1, 0
	for name, values := range g.Fields {
		if g.First < 0 || g.First+len(values) > days {
			return nil, fmt.Errorf("a column of %d values from day %d of %d on", len(values), g.First, days)
		}
		if !isBar(name) {
			continue
		}
		from := slices.IndexFunc(values, is)
		if from < 0 {
			continue
		}
		to := len(values)
		for !is(values[to-1]) {
			to--
		}
		if first < 0 || from < first {
			first = from
		}
		end = max(end, to)
	}
	if first < 0 {
		return nil, errors.New("it has no value of " + strings.Join(barNames[:], ", "))
	}
	lay := func(name string) []float32 {
		if values := g.Fields[name]; len(values) >= end {
			return values[first:end:end]
		}
		column := make([]float32, end-first)
		for i := range column {
			column[i] = nan32
		}
		copy(column, g.Fields[name][min(first, len(g.Fields[name])):])
		return column
	}
	s := &Series{Symbol: g.Symbol, First: g.First + first, Columns: Columns{
		Open: lay("open"), High: lay("high"), Low: lay("low"), Close: lay("close"), Volume: lay("volume"),
	}}
	if g.Fields["vwap"] != nil {
		s.VWAP = lay("vwap")
	}
	return s, nil
}

func is(v float32) bool { return v == v }
