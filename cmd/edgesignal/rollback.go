package main

import (
	"context"

	"edgesignal/host/operate"
	"edgesignal/host/settings"
)

type rollbackCmd struct {
	Strategy       string `arg:"" help:"The strategy."`
	Why            string `placeholder:"TEXT" help:"Kept in the registry's history."`
	waiting        `embed:""`
	settings.Shelf `embed:""`
}

func (c *rollbackCmd) Run(ctx context.Context, io streams) error {
	why := c.Why
	if why == "" {
		why = "rollback"
	}
	done, err := operate.Rollback(ctx, c.Shelf, c.Strategy, operator(), why)
	if err != nil {
		return err
	}
	return c.report(ctx, io, c.Shelf, c.Strategy, done)
}
