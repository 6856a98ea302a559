package feature

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"edgesignal/host/market"
)

// Members returns who belongs to the universe of a market on which day, point in time. A
// universe by name that the market does not have is an error.
func (u Universe) Members(m *market.Market) (func(symbol string, day market.Date) bool, error) {
	name := u.Name
	if u.All() {
		name = market.AllInstruments
	}
	if u.Symbols != nil {
		return func(symbol string, _ market.Date) bool { return u.lists(symbol) }, nil
	}
	switch file := m.Instruments(name); {
	case file != nil:
		return file.Has, nil
	case u.All():
		return func(string, market.Date) bool { return true }, nil
	}
	known := m.UniverseNames()
	slices.Sort(known)
	list := "none"
	if len(known) > 0 {
		list = strings.Join(known, ", ")
	}
	return nil, fmt.Errorf("universe: the data have no instruments/%s.txt; there are: %s", name, list)
}

// lists reports whether a symbol stands in a universe that is a list.
func (u Universe) lists(symbol string) bool {
	_, is := slices.BinarySearch(u.Symbols, symbol)
	return is
}

// ever returns which symbols belong to the universe on any day of a market.
func (u Universe) ever(m *market.Market) func(symbol string) bool {
	if u.Symbols != nil {
		return u.lists
	}
	listed := m.Instruments(cmp.Or(u.Name, market.AllInstruments))
	return func(symbol string) bool {
		if listed != nil {
			return listed.Lists(symbol)
		}
		return u.Name == ""
	}
}

// Ready makes a market ready for a plan: the fields that it needs are in memory, and
// its universe is there. An error names the field that no symbol has, or the
// universe, or is ctx's.
func (p *Plan) Ready(ctx context.Context, m *market.Market) error {
	if _, err := p.Set.Universe.Members(m); err != nil {
		return err
	}
	if err := m.LoadFields(ctx, p.Program.Fields()); err != nil {
		return err
	}
	return p.Program.CheckFields(func(field string) bool { return slices.Contains(BarFields, field) || m.HasField(field) })
}

// rowsOn returns which series have a row on a calendar day, with a bar or without: those of
// which any of the plan's columns has one. Another symbol's column has that symbol's rows.
func (p *Plan) rowsOn(m *market.Market, day int) func(series int) bool {
	fields := p.Program.Fields()
	has := func(series int) bool {
		return slices.ContainsFunc(fields, func(field string) bool {
			c := m.Column(series, field)
			return day >= c.First && day < c.First+len(c.Values)
		})
	}
	masked := slices.ContainsFunc(p.Program.Symbols(), func(symbol string) bool {
		i, ok := m.Index(strings.ToUpper(symbol))
		return ok && has(i)
	})
	return func(series int) bool { return masked || has(series) }
}
