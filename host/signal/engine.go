package signal

import (
	"context"

	"edgesignal/host/live"
	"edgesignal/host/portfolio"
	"edgesignal/host/score"
)

// Engine builds books.
type Engine struct {
	// Universe is what a strategy's own book is built over, and what beta is
	// measured against: upper case, ascending, no duplicates. Empty = every
	// symbol of the market.
	Universe []string

	// Scores keeps predictions between books; nil = each book computes its own.
	Scores *score.Cache

	// Columns keeps extra columns between books; nil = each book computes its own.
	Columns *ColumnCache
}

// Book answers a query from one snapshot with its release's own rule. Errors:
// those of Inputs, of portfolio.Construct and of Answer.
func (e *Engine) Book(ctx context.Context, snap *live.Snapshot, q Query) (*Answer, error) {
	r := snap.Release
	in, err := e.Inputs(ctx, snap, q, r.Rule.Meta().Columns)
	if err != nil {
		return nil, err
	}
	params, err := r.Params.With(q.Params)
	if err != nil {
		return nil, err
	}
	book, err := portfolio.Construct(ctx, r.Rule, portfolio.Input{
		Predictions: in.Predictions, Ranks: in.Ranks, Columns: in.Columns, Params: params, Limits: r.Manifest.Limits,
	})
	if err != nil {
		return nil, err
	}
	return in.Answer(book, q.Only)
}
