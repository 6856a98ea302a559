package main

import (
	"context"
	"os/user"

	"edgesignal/host/operate"
	"edgesignal/host/settings"
)

type activateCmd struct {
	Strategy       string `arg:"" help:"The strategy."`
	Version        string `arg:"" help:"The version that is to serve."`
	Why            string `placeholder:"TEXT" help:"Kept in the registry's history."`
	waiting        `embed:""`
	settings.Shelf `embed:""`
}

func (c *activateCmd) Run(ctx context.Context, io streams) error {
	done, err := operate.Activate(ctx, c.Shelf, c.Strategy, c.Version, operator(), c.Why)
	if err != nil {
		return err
	}
	return c.report(ctx, io, c.Shelf, c.Strategy, done)
}

// report says what is active, and waits for the hosts where that was asked.
func (w waiting) report(ctx context.Context, io streams, st settings.Shelf, strategy string, c operate.Change) error {
	var err error
	switch c.Before {
	case c.Version:
		err = say(io.out, "%s: %s was active already\n", strategy, c.Version)
	case "":
		err = say(io.out, "%s: %s is active\n", strategy, c.Version)
	default:
		err = say(io.out, "%s: %s is active (before: %s)\n", strategy, c.Version, c.Before)
	}
	if err != nil {
		return err
	}
	return w.wait(ctx, io, st, strategy, c.Version)
}

// operator returns who the registry's history says did it.
func operator() string {
	u, err := user.Current()
	if err != nil {
		return "unknown"
	}
	return u.Username
}
