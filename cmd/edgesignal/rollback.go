package main

import (
	"context"

	"edgesignal/host"
)

type rollbackCmd struct {
	Strategy     string `arg:"" help:"The strategy."`
	Why          string `placeholder:"TEXT" help:"Kept in the registry's history."`
	waiting      `embed:""`
	host.Storage `embed:""`
}

func (c *rollbackCmd) Run(ctx context.Context, io streams) error {
	why := c.Why
	if why == "" {
		why = "rollback"
	}
	done, err := host.Rollback(ctx, c.Storage, c.Strategy, operator(), why)
	if err != nil {
		return err
	}
	return c.report(ctx, io, c.Storage, c.Strategy, done)
}
