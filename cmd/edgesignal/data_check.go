package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"edgesignal/host/market"
	"edgesignal/host/market/check"
	"edgesignal/host/settings"
)

type checkCmd struct {
	Dir           string `arg:"" placeholder:"DIR" help:"The data directory, or one run folder in it."`
	JSON          bool   `help:"The report as JSON."`
	AllowFailures bool   `help:"A file that cannot be used is no failure of the command while the gate takes the run."`

	settings.MarketGate `embed:""`
}

// Run does what a host does with a run, and serves nothing: exit status 1 where
// the gate would not take the run, and where a file of it cannot be used.
func (c *checkCmd) Run(ctx context.Context, s streams) error {
	dir, before, err := c.place()
	if err != nil {
		return err
	}
	src := market.Directory(market.Dir(dir))
	l, err := src.List(ctx, before)
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	m, err := market.Fetch(ctx, src, l, c.ReadOptions())
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	var older []string
	switch past, err := src.List(ctx, l.Run); {
	case err == nil:
		older = past.Symbols()
	case !errors.Is(err, market.ErrNoRun):
		return fmt.Errorf("%s: %w", dir, err)
	}
	r := check.Of(m, older, c.GateLimits())
	if err := c.print(s.out, r, m); err != nil {
		return err
	}
	if err := r.Err(); err != nil {
		return err
	}
	if len(m.Failures) > 0 && !c.AllowFailures {
		return fmt.Errorf("%d of %d files cannot be used; the gate takes the run without them, and so does --allow-failures", len(m.Failures), r.Files)
	}
	return nil
}

// place returns the data directory and the day before which the run is looked for.
func (c *checkCmd) place() (dir string, before market.Date, err error) {
	info, err := os.Stat(c.Dir)
	switch {
	case err != nil:
		return "", 0, err
	case !info.IsDir():
		return "", 0, usagef("%s: a directory is expected", c.Dir)
	}
	abs, err := filepath.Abs(c.Dir)
	if err != nil {
		return "", 0, err
	}
	if run, err := market.ParseDate(filepath.Base(abs)); err == nil {
		return filepath.Dir(abs), run + 1, nil
	}
	return c.Dir, market.AnyDay, nil
}

func (c *checkCmd) print(w io.Writer, r *check.Report, m *market.Market) error {
	if c.JSON {
		return sayJSON(w, struct {
			*check.Report
			Files []market.Failure `json:"failures"`
		}{r, m.Failures})
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		_ = say(t, "%s\t"+format+"\n", append([]any{name}, args...)...)
	}
	row("run", "%s", r.Run)
	row("revision", "%s", r.Revision)
	row("days", "%s to %s, %d by %s", m.First(), m.Last(), len(m.Calendar), r.Calendar)
	row("symbols", "%d of %d files", r.Symbols, r.Files)
	if r.Before > 0 {
		row("run before", "%d symbols, %d of them missing", r.Before, r.Missing)
	}
	row("newest day", "%s: %d of %d symbols have a bar (%.0f %%)", r.NewestDay.Day, r.NewestDay.Bars, r.NewestDay.Alive, 100*r.NewestDay.Share)
	row("thin days", "%d", r.ThinDays)
	for _, d := range r.Thin {
		row("", "%s: %d of %d symbols have a bar, %v", d.Day, d.Bars, d.Alive, d.Files)
	}
	row("bars that cannot be", "%d of %d symbols (--bad-bars=%s)", r.SuspiciousBars, r.SuspiciousSymbols, c.BadBars)
	for _, s := range r.Suspicious {
		row("", "%s: %d, the first %s", s.File, s.Bars, s)
	}
	row("failed files", "%d", len(m.Failures))
	for _, f := range m.Failures {
		row("", "%s: %s: %s", f.File, f.Kind, f.Reason)
	}
	for _, run := range m.Listing().Waiting {
		row("waiting", "%s has no %s file, and a run before it has one", run, market.FinishedFile)
	}
	verdict := "taken"
	if len(r.Refused) > 0 {
		verdict = "refused"
	}
	row("the gate", "%s", verdict)
	return t.Flush()
}
