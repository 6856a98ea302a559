// Package signal answers one question: which target weights does a snapshot
// give on a day. It knows neither HTTP nor the registry.
package signal

import (
	"errors"
	"fmt"

	"edgesignal/host/market"
	"edgesignal/host/rule"
)

// Query asks for one book.
type Query struct {
	// Symbols are what the book is built over: upper case, no duplicates.
	// nil = the strategy's whole universe.
	Symbols []string
	// Only picks from the finished book; nil = all of it. What is picked
	// never changes what the book says of a symbol.
	Only []string
	// AsOf is the day asked for; nil = the market's newest. The book is of
	// the newest trading day on or before it.
	AsOf *market.Date
	// MinDataAsOf is the oldest trading day that the book may be of; nil = any.
	MinDataAsOf *market.Date
	// Params are laid over the release's own, name by name.
	Params rule.Params
	// Previous are the weights held before, by symbol; absent = 0.
	Previous map[string]float64
}

// Signal is one symbol's line in a book, as answers show it.
type Signal struct {
	Symbol          string  `json:"symbol"`
	PredictedReturn float64 `json:"predicted_return"` // LightGBM's predict()
	Decimal         string  `json:"-"`                // PredictedReturn in decimal
	Rank            int     `json:"rank"`             // dense over the whole book, 1 = the highest prediction
	TargetWeight    float64 `json:"target_weight"`    // fraction of capital
}

// Excluded is a symbol that is not in the book, and why.
type Excluded struct {
	Symbol string `json:"symbol"`
	Reason Reason `json:"reason"`
}

// Reason is a stable word.
type Reason string

// The reasons for leaving a symbol out.
const (
	NoBar         Reason = "no_bar"          // no bar on that day
	ShortHistory  Reason = "short_history"   // fewer calendar rows than the built-in alpha158 needs
	NotInUniverse Reason = "not_in_universe" // the release's universe does not have it on that day, or the strategy's own book not at all
	Dropped       Reason = "dropped"         // a processor of the feature set dropped its row
	FileFailed    Reason = "file_failed"     // the market's file of the symbol cannot be used
	UnknownSymbol Reason = "unknown_symbol"  // the market has no such symbol
)

// ErrNoData: no symbol asked for has data on that day.
var ErrNoData = errors.New("no data")

// DataTooOldError says that the market has no bars of the day that a query wants
// at least.
type DataTooOldError struct {
	DataAsOf market.Date // what the book would be of
	Min      market.Date
}

func (e *DataTooOldError) Error() string {
	return fmt.Sprintf("the bars are of %s, %s at least is asked for", e.DataAsOf, e.Min)
}

// PredictionError is a prediction that is no number to trade on.
type PredictionError struct {
	Symbol string
	Value  float64
}

func (e *PredictionError) Error() string {
	return fmt.Sprintf("the model predicts %v for %s", e.Value, e.Symbol)
}
