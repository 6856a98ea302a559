package signal

import (
	"fmt"
	"slices"
	"strings"

	"edgesignal/host/portfolio"
)

// Answer is the book that a rule made of the inputs, or, where only is not
// nil, the part of it that only names. Error: ErrNoData when nothing of the
// book is named.
func (in *Inputs) Answer(book portfolio.Book, only []string) (*Answer, error) {
	a := &Answer{
		Signals: make([]Signal, len(in.order)), AsOf: in.AsOf, DataAsOf: in.DataAsOf, Excluded: slices.Clone(in.Excluded),
	}
	for k, i := range in.order {
		a.Signals[k] = Signal{
			Symbol: in.Symbols[i], PredictedReturn: in.Predictions[i], Decimal: in.decimals[i], Rank: in.Ranks[i], TargetWeight: book.Weights[i],
		}
	}
	if only != nil {
		pick(a, only)
		if len(a.Signals) == 0 {
			return nil, fmt.Errorf("%w on %s: %s", ErrNoData, a.DataAsOf, describe(a.Excluded))
		}
	}
	return a, nil
}

// pick keeps what was asked for of a finished book. A symbol outside the
// book's universe is unknown to it.
func pick(a *Answer, only []string) {
	asked := make(map[string]bool, len(only))
	for _, s := range only {
		asked[s] = true
	}
	a.Signals = slices.DeleteFunc(a.Signals, func(s Signal) bool {
		hit := asked[s.Symbol]
		delete(asked, s.Symbol)
		return !hit
	})
	a.Excluded = slices.DeleteFunc(a.Excluded, func(x Excluded) bool {
		hit := asked[x.Symbol]
		delete(asked, x.Symbol)
		return !hit
	})
	for s := range asked {
		a.Excluded = append(a.Excluded, Excluded{s, UnknownSymbol})
	}
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
