package api

import (
	"fmt"
	"sync"

	"edgesignal/host/market"
)

// maxSymbols is how many symbols one request may name.
const maxSymbols = 10_000

// places are maps from symbols to where they stand, for use again: making one
// of a thousand symbols takes longer than filling it.
var places = sync.Pool{New: func() any { return map[string]int{} }}

// canonical is symbols in upper case; what is wrong with them goes to bad.
func canonical(symbols []string, bad *fieldErrors) []string {
	switch n := len(symbols); {
	case n == 0:
		bad.add(paramSymbols, "at least one symbol is required")
		return nil
	case n > maxSymbols:
		bad.add(paramSymbols, "%d symbols; the limit is %d", n, maxSymbols)
		return nil
	}
	seen := places.Get().(map[string]int)
	defer func() {
		clear(seen)
		places.Put(seen)
	}()
	out := make([]string, 0, len(symbols))
	for i, given := range symbols {
		field := func() string { return fmt.Sprintf("%s[%d]", paramSymbols, i) }
		symbol, err := market.CanonicalSymbol(given)
		if err != nil {
			bad.add(field(), "%v", err)
			continue
		}
		if first, twice := seen[symbol]; twice {
			bad.add(field(), "%s is there already, at %d", symbol, first)
			continue
		}
		seen[symbol] = i
		out = append(out, symbol)
	}
	return out
}
