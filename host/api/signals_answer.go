package api

import (
	"time"

	"edgesignal/host/live"
	"edgesignal/host/market"
	"edgesignal/host/signal"
)

// signalsAnswer is a book, or a part of one. The order of the fields is the
// order in the answer.
type signalsAnswer struct {
	Signals  []signalLine    `json:"signals"`
	Metadata signalsMetadata `json:"metadata"`
}

type signalLine struct {
	Symbol          string  `json:"symbol"`
	PredictedReturn float64 `json:"predicted_return"`
	Rank            int     `json:"rank"`
	TargetWeight    float64 `json:"target_weight"`
}

type signalsMetadata struct {
	Strategy       string         `json:"strategy"`
	ModelVersion   string         `json:"model_version"`
	Release        string         `json:"release"`
	GeneratedAt    string         `json:"generated_at"`
	AsOfDate       market.Date    `json:"as_of_date"`
	DataAsOf       market.Date    `json:"data_as_of"`
	NumSymbols     int            `json:"num_symbols"`
	MarketRevision string         `json:"market_revision"`
	Excluded       []excludedLine `json:"excluded"`
}

type excludedLine struct {
	Symbol string        `json:"symbol"`
	Reason signal.Reason `json:"reason"`
}

func newSignalsAnswer(snap *live.Snapshot, book *signal.Answer, now time.Time) *signalsAnswer {
	a := &signalsAnswer{
		Signals: make([]signalLine, book.Len()),
		Metadata: signalsMetadata{
			Strategy:       snap.Release.Manifest.Strategy,
			ModelVersion:   snap.Release.Manifest.Version,
			Release:        snap.Release.Digest,
			GeneratedAt:    instant(now),
			AsOfDate:       book.Inputs.AsOf,
			DataAsOf:       book.Inputs.DataAsOf,
			NumSymbols:     book.Len(),
			MarketRevision: snap.Market.Revision,
			Excluded:       make([]excludedLine, len(book.Excluded)),
		},
	}
	for i := range a.Signals {
		l := book.Signal(i)
		a.Signals[i] = signalLine{l.Symbol, number(l.PredictedReturn), l.Rank, number(l.TargetWeight)}
	}
	for i, x := range book.Excluded {
		a.Metadata.Excluded[i] = excludedLine{x.Symbol, x.Reason}
	}
	return a
}
