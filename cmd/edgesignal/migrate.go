package main

import (
	"context"
	"fmt"

	"edgesignal/host/operate"
	"edgesignal/host/settings"
)

type migrateCmd struct {
	settings.Shelf `embed:""`
}

func (c *migrateCmd) Run(ctx context.Context, io streams) error {
	m, err := operate.Migrate(ctx, c.Shelf)
	switch {
	case err != nil:
		return err
	case m.Embedded:
		_, err = fmt.Fprintln(io.out, "nothing to do: an embedded registry migrates itself when it is opened")
	case m.From == m.To:
		err = say(io.out, "the schema is up to date (version %d)\n", m.To)
	default:
		err = say(io.out, "the schema went from version %d to %d\n", m.From, m.To)
	}
	return err
}
