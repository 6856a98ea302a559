package signal

import (
	"context"
	"errors"

	"edgesignal/host/live"
	"edgesignal/host/portfolio"
	"edgesignal/host/rule"
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
		return nil, refusedParams(&q, err)
	}
	return in.Answer(book, q.Only)
}

// Rehearse builds the book that a snapshot's release gives by itself of the
// market's newest day, and returns why there is none. That the day has no data
// of the universe says nothing of the release.
func (e *Engine) Rehearse(ctx context.Context, snap *live.Snapshot) error {
	_, err := e.Book(ctx, snap, Query{})
	if errors.Is(err, ErrNoData) {
		return nil
	}
	return err
}

// refusedParams returns err, and where the rule itself does not take what a
// query brings what a schema that refused it would say: the gate has seen that
// it takes its release's own.
func refusedParams(q *Query, err error) error {
	var fault *rule.Fault
	if q.Params.Empty() || !errors.As(err, &fault) || !fault.Refused || fault.Status < 1 || fault.Status > 99 {
		return err
	}
	return &rule.ParamsError{Fields: []rule.FieldError{{Message: "the rule does not take them: " + fault.Detail}}}
}
