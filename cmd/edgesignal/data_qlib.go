package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"edgesignal/host/market"
	"edgesignal/host/market/importer"
)

type exportCmd struct {
	Data   string   `env:"DATA_DIR" required:"" placeholder:"DIR" help:"The data directory."`
	ToQlib string   `name:"to-qlib" required:"" placeholder:"DIR" help:"Qlib's data directory to write; it must not exist yet."`
	Fields []string `placeholder:"A,B" help:"Columns to write beside the bars, such as factor,change."`

	AllowFailures bool `help:"Files that cannot be used are left out; without it they are a failure and nothing is written."`
}

// Run writes the newest market as Qlib's data directory.
func (c *exportCmd) Run(ctx context.Context, s streams) error {
	m, err := loadWhole(ctx, s, c.Data, c.AllowFailures)
	if err != nil {
		return err
	}
	fields := make([]string, len(c.Fields))
	for i, f := range c.Fields {
		fields[i] = strings.ToLower(strings.TrimSpace(f))
	}
	if err := importer.ToQlib(ctx, m, c.ToQlib, fields); err != nil {
		return fmt.Errorf("--to-qlib %w", err)
	}
	for _, f := range fields {
		if !m.HasField(f) {
			_ = say(s.err, "edgesignal: --fields: no symbol has a column %q\n", f)
		}
	}
	return say(s.out, "%s: %d symbols, %d days, %s to %s\n", c.ToQlib, len(m.Series), len(m.Calendar), m.First(), m.Last())
}

// loadWhole loads the market of a directory, and names the files that cannot be used.
func loadWhole(ctx context.Context, s streams, dir string, allowFailures bool) (*market.Market, error) {
	m, err := market.Load(ctx, market.Dir(dir))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	for _, f := range m.Failures {
		_ = say(s.err, "edgesignal: %s not used: %s\n", f.File, f.Reason)
	}
	if n := len(m.Failures); n > 0 && !allowFailures {
		return nil, fmt.Errorf("%d files of run %s cannot be used, and nothing was written; --allow-failures leaves them out", n, m.RunDate)
	}
	return m, nil
}

// fromQlib writes Qlib's data directory as a run folder.
func (c *importCmd) fromQlib(ctx context.Context, s streams, run market.Date) error {
	m, err := loadWhole(ctx, s, c.FromQlib, false)
	if err != nil {
		return err
	}
	if !m.Listing().Provider {
		return fmt.Errorf("--from-qlib %s: it has no calendars/day.txt beside features, as Qlib's data directory has", c.FromQlib)
	}
	sum, err := importer.FromQlib(ctx, m, c.FromQlib, c.Out, run)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w; a run is never written over: take a later --run-date", err)
	}
	if err != nil {
		return err
	}
	return printImport(s.out, sum)
}
