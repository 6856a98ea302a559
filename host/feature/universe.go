package feature

import (
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
		return func(symbol string, _ market.Date) bool {
			_, ok := slices.BinarySearch(u.Symbols, symbol)
			return ok
		}, nil
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
