package main

import (
	"context"
	"fmt"
	"os/user"

	"edgesignal/host"
)

type activateCmd struct {
	Strategy     string `arg:"" help:"The strategy."`
	Version      string `arg:"" help:"The version that is to serve."`
	Why          string `placeholder:"TEXT" help:"Kept in the registry's history."`
	host.Storage `embed:""`
}

func (c *activateCmd) Run(ctx context.Context, io streams) error {
	before, err := host.Activate(ctx, c.Storage, c.Strategy, c.Version, operator(), c.Why)
	if err != nil {
		return err
	}
	switch before {
	case c.Version:
		_, err = fmt.Fprintf(io.out, "%s: %s was active already\n", c.Strategy, c.Version)
	case "":
		_, err = fmt.Fprintf(io.out, "%s: %s is active\n", c.Strategy, c.Version)
	default:
		_, err = fmt.Fprintf(io.out, "%s: %s is active (before: %s)\n", c.Strategy, c.Version, before)
	}
	return err
}

// operator is who the registry's history says did it.
func operator() string {
	u, err := user.Current()
	if err != nil {
		return "unknown"
	}
	return u.Username
}
