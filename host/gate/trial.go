package gate

import (
	"context"
	"errors"
	"fmt"

	"edgesignal/host/portfolio"
	"edgesignal/host/rule"
)

// Trial is what came of a job's Trial: a book, or one of the ways in which
// portfolio.Construct fails.
type Trial struct {
	Book   *rule.Output
	Params *rule.ParamsError
	Fault  *rule.Fault
	Limit  *portfolio.LimitError
	Absent string // a column that the rule wants and the input does not have
}

// Err returns why there is no book.
func (t *Trial) Err() error {
	switch {
	case t.Params != nil:
		return t.Params
	case t.Fault != nil:
		return t.Fault
	case t.Limit != nil:
		return t.Limit
	case t.Absent != "":
		return fmt.Errorf("the rule wants column %q, which the input does not have", t.Absent)
	}
	return nil
}

func (c *checking) try(ctx context.Context) error {
	t := &Trial{}
	c.out.Trial = t
	for _, name := range c.rule.Meta().Columns {
		if _, ok := c.Trial.Columns[name]; !ok {
			t.Absent = name
			return nil
		}
	}
	in := *c.Trial
	params, err := c.params.With(in.Params)
	if err != nil {
		return err
	}
	in.Params, in.Limits = params, c.Manifest.Limits
	book, err := portfolio.Construct(ctx, c.rule, in)
	switch {
	case err == nil:
		t.Book = &book
	case errors.As(err, &t.Params), errors.As(err, &t.Fault), errors.As(err, &t.Limit):
	default:
		return err
	}
	return nil
}
