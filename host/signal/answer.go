package signal

import (
	"fmt"
	"slices"
	"strings"

	"edgesignal/host/rule"
)

// Answer is a book, or the part of it that was asked for. Its slices are
// shared: nobody changes them.
type Answer struct {
	Inputs   *Inputs
	Weights  []float64  // fractions of capital, of Inputs' symbols
	Order    []int32    // positions in Inputs of what was asked for, by rank, then symbol
	Excluded []Excluded // by symbol
}

// Len returns the number of signals.
func (a *Answer) Len() int { return len(a.Order) }

// Signal returns number k of the signals. They are by rank, then symbol.
func (a *Answer) Signal(k int) Signal {
	in, i := a.Inputs, a.Order[k]
	return Signal{
		Symbol: in.Symbols[i], PredictedReturn: oneZero(in.Predictions[i]), Decimal: in.Decimals[i], Rank: in.Ranks[i], TargetWeight: oneZero(a.Weights[i]),
	}
}

// oneZero returns v, and 0 for -0: nobody trades on the sign of nothing.
func oneZero(v float64) float64 {
	if v == 0 {
		return 0
	}
	return v
}

// Signals returns all of them.
func (a *Answer) Signals() []Signal {
	all := make([]Signal, a.Len())
	for k := range all {
		all[k] = a.Signal(k)
	}
	return all
}

// Answer returns the book that a rule made of the inputs, or, where only is not
// nil, the part of it that only names. Error: ErrNoData when nothing of the
// book is named.
func (in *Inputs) Answer(book rule.Output, only []string) (*Answer, error) {
	a := &Answer{Inputs: in, Weights: book.Weights, Order: in.Order, Excluded: in.Excluded}
	if only != nil {
		a.pick(only)
		if a.Len() == 0 {
			return nil, fmt.Errorf("%w on %s: %s", ErrNoData, in.DataAsOf, describe(a.Excluded))
		}
	}
	return a, nil
}

// pick keeps what was asked for of a finished book.
func (a *Answer) pick(only []string) {
	asked := make(map[string]bool, len(only))
	for _, s := range only {
		asked[s] = true
	}
	hit := func(symbol string) bool {
		is := asked[symbol]
		delete(asked, symbol)
		return is
	}
	in := a.Inputs
	a.Order, a.Excluded = nil, nil
	for _, i := range in.Order {
		if hit(in.Symbols[i]) {
			a.Order = append(a.Order, i)
		}
	}
	for _, x := range in.Excluded {
		if hit(x.Symbol) {
			a.Excluded = append(a.Excluded, x)
		}
	}
	outside := make([]string, 0, len(asked))
	for s := range asked {
		outside = append(outside, s)
	}
	series, missing := find(in.market, outside)
	for _, i := range series {
		a.Excluded = append(a.Excluded, Excluded{in.market.Series[i].Symbol, NotInUniverse})
	}
	a.Excluded = append(a.Excluded, missing...)
	slices.SortFunc(a.Excluded, func(x, y Excluded) int { return strings.Compare(x.Symbol, y.Symbol) })
}

// describe names why nothing is left, at most a few symbols of it.
func describe(excluded []Excluded) string {
	const most = 5
	text := ""
	for i, x := range excluded {
		if i == most {
			return fmt.Sprintf("%s and %d more", text, len(excluded)-most)
		}
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s %s", x.Symbol, x.Reason)
	}
	if text == "" {
		return "the market has no symbols"
	}
	return text
}
