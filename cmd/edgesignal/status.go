package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"edgesignal/host/fleet"
	"edgesignal/host/operate"
	"edgesignal/host/settings"
)

type statusCmd struct {
	JSON           bool `name:"json" help:"As JSON, the answer of GET /api/v1/fleet."`
	settings.Shelf `embed:""`
}

func (c *statusCmd) Run(ctx context.Context, io streams) error {
	v, err := operate.Status(ctx, c.Shelf)
	if err != nil {
		return err
	}
	if c.JSON {
		return sayJSON(io.out, v.Document())
	}
	w := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "STRATEGY\tACTIVE\tSERVED BY\tCONVERGED")
	for _, s := range v.Strategies {
		_ = say(w, "%s\t%s\t%d of %d live hosts\t%s\n", s.Name, dash(s.Active), s.Serving, s.Live, converged(s))
	}
	fmt.Fprintln(w, "\nHOST\tSTATE\tSTRATEGY\tSERVES\tSINCE\tSHOULD\tLAST OUTCOME")
	for _, m := range v.Members {
		memberLines(w, m)
	}
	return w.Flush()
}

func memberLines(w *tabwriter.Writer, m fleet.Member) {
	state := "live"
	if !m.Live {
		state = fmt.Sprintf("silent for %s", m.Silent.Round(time.Second))
	}
	if len(m.Said) == 0 {
		_ = say(w, "%s\t%s\t-\t-\t-\t-\t-\n", m.Name, state)
	}
	for _, o := range m.Said {
		since, outcome := "-", string(o.Outcome)
		if !o.Since.IsZero() {
			since = o.Since.Format(time.RFC3339)
		}
		if o.Detail != "" {
			outcome += ": " + o.Detail
		}
		_ = say(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", m.Name, state, o.Strategy, dash(o.Serving), since, dash(o.Desired), outcome)
	}
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func converged(s fleet.Strategy) string {
	switch {
	case s.Active == "":
		return "-"
	case s.Converged:
		return "yes"
	}
	return "no"
}
