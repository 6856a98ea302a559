package gate

import (
	"context"
	"errors"

	"edgesignal/host/portfolio"
	"edgesignal/host/rule"
)

// Trial is what came of a job's Trial: a book, or one of the ways in which
// portfolio.Construct fails.
type Trial struct {
	Book   *portfolio.Book
	Params *rule.ParamsError
	Fault  *rule.Fault
	Limit  *portfolio.LimitError
}

// Err is why there is no book.
func (t *Trial) Err() error {
	switch {
	case t.Params != nil:
		return t.Params
	case t.Fault != nil:
		return t.Fault
	case t.Limit != nil:
		return t.Limit
	}
	return nil
}

func (c *checking) try(ctx context.Context) error {
	t := &Trial{}
	book, err := portfolio.Construct(ctx, c.rule, *c.Trial)
	switch {
	case err == nil:
		t.Book = &book
	case errors.As(err, &t.Params), errors.As(err, &t.Fault), errors.As(err, &t.Limit):
	default:
		return err
	}
	c.out.Trial = t
	return nil
}
