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
	Signals  []signal.Signal `json:"signals"`
	Metadata signalsMetadata `json:"metadata"`
}

type signalsMetadata struct {
	Strategy       string            `json:"strategy"`
	ModelVersion   string            `json:"model_version"`
	Release        string            `json:"release"`
	GeneratedAt    string            `json:"generated_at"`
	AsOfDate       market.Date       `json:"as_of_date"`
	DataAsOf       market.Date       `json:"data_as_of"`
	NumSymbols     int               `json:"num_symbols"`
	MarketRevision string            `json:"market_revision"`
	Excluded       []signal.Excluded `json:"excluded"`
	Stale          bool              `json:"stale,omitempty"`
}

func newSignalsAnswer(snap *live.Snapshot, book *signal.Answer, now time.Time, stale bool) *signalsAnswer {
	return &signalsAnswer{
		Signals: book.Signals(),
		Metadata: signalsMetadata{
			Strategy:       snap.Release.Manifest.Strategy,
			ModelVersion:   snap.Release.Manifest.Version,
			Release:        snap.Release.Digest,
			GeneratedAt:    instant(now),
			AsOfDate:       book.Inputs.AsOf,
			DataAsOf:       book.Inputs.DataAsOf,
			NumSymbols:     book.Len(),
			MarketRevision: snap.Market.Revision,
			Excluded:       append([]signal.Excluded{}, book.Excluded...),
			Stale:          stale,
		},
	}
}
