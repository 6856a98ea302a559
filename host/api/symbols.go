package api

import (
	"fmt"
	"hash/maphash"
	"math/bits"
	"sync"

	"edgesignal/host/market"
)

// maxSymbols is how many symbols one request may name.
const maxSymbols = 10_000

// canonical returns symbols in upper case, written over what was given; what is
// wrong with them goes to bad, and then the list is of no use.
func canonical(symbols []string, bad *fieldErrors) []string {
	switch n := len(symbols); {
	case n == 0:
		bad.add(paramSymbols, "at least one symbol is required")
		return nil
	case n > maxSymbols:
		bad.add(paramSymbols, "%d symbols; the limit is %d", n, maxSymbols)
		return nil
	}
	field := func(i int) string { return fmt.Sprintf("%s[%d]", paramSymbols, i) }
	seen := indexes.Get().(*index)
	defer indexes.Put(seen)
	seen.reset(len(symbols))
	for i, given := range symbols {
		symbol, err := market.CanonicalSymbol(given)
		if err != nil {
			bad.add(field(i), "%v", err)
			continue
		}
		if first, twice := seen.put(symbols, symbol, i); twice {
			bad.add(field(i), "%s is there already, at %d", symbol, first)
			continue
		}
		symbols[i] = symbol
	}
	return symbols
}

// index finds where a string stands in a list: a hash table of places, which
// is quicker to make and to fill than a map, and is used again.
type index struct {
	seed  maphash.Seed
	table []int32 // places, 1 = the first; 0 = free
}

var indexes = sync.Pool{New: func() any { return &index{seed: maphash.MakeSeed()} }}

// reset makes room for n strings, at least half of it free.
func (x *index) reset(n int) {
	size := 1 << bits.Len(uint(2*n))
	if cap(x.table) < size {
		x.table = make([]int32, size)
		return
	}
	x.table = x.table[:size]
	clear(x.table)
}

// put notes that s stands at place i of list, unless an equal one stands at
// first.
func (x *index) put(list []string, s string, i int) (first int, twice bool) {
	mask := uint64(len(x.table) - 1)
	for h := maphash.String(x.seed, s); ; h++ {
		switch at := x.table[h&mask]; {
		case at == 0:
			x.table[h&mask] = int32(i) + 1
			return 0, false
		case list[at-1] == s:
			return int(at - 1), true
		}
	}
}
