package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"edgesignal/host/operate"
	"edgesignal/host/registry"
	"edgesignal/host/settings"
)

type releasesCmd struct {
	Strategy       string `arg:"" optional:"" help:"Only this strategy."`
	At             string `placeholder:"TIME" help:"As they were at a time: 2026-11-01T10:00:00Z, or a day."`
	JSON           bool   `name:"json" help:"As JSON."`
	settings.Shelf `embed:""`
}

// releaseLine is one release as --json prints it.
type releaseLine struct {
	Strategy     string     `json:"strategy"`
	Version      string     `json:"version"`
	Status       string     `json:"status"`
	CreatedAt    time.Time  `json:"created_at"`
	ActivatedAt  *time.Time `json:"activated_at"`
	CreatedBy    string     `json:"created_by"`
	Notes        string     `json:"notes"`
	ModelPath    string     `json:"model_path"`
	ModelSHA256  string     `json:"model_sha256"`
	RulePath     string     `json:"rule_path"`
	RuleSHA256   string     `json:"rule_sha256"`
	GoldenPath   string     `json:"golden_path"`
	GoldenSHA256 string     `json:"golden_sha256"`
	FeatureSet   string     `json:"feature_set"`
	FeaturesSum  string     `json:"feature_set_sha256"`
	Hosts        []hostLine `json:"hosts"`
}

// hostLine is what a host last said of a release that it serves or tried to.
type hostLine struct {
	Host    string           `json:"host"`
	Serves  bool             `json:"serves"`
	Since   *time.Time       `json:"since"` // when it began to serve it; null = it does not
	Outcome registry.Outcome `json:"outcome"`
	Detail  string           `json:"detail"`
	At      time.Time        `json:"at"`
	Gate    json.RawMessage  `json:"gate"` // the gate's report; null = it is of another release, or there is none
}

func hostLines(r *operate.Listed) []hostLine {
	lines := make([]hostLine, len(r.Hosts))
	for i, o := range r.Hosts {
		lines[i] = hostLine{Host: o.Host, Serves: o.Serving == r.Version, Outcome: o.Outcome, Detail: o.Detail, At: o.At}
		if lines[i].Serves {
			lines[i].Since = &o.Since
		}
		if o.Desired == r.Version {
			lines[i].Gate = o.Report
		}
	}
	return lines
}

func (c *releasesCmd) Run(ctx context.Context, io streams) error {
	var at time.Time
	if c.At != "" {
		var err error
		if at, err = registry.ParseTime(c.At); err != nil {
			return usagef("--at %w", err)
		}
	}
	records, err := operate.Releases(ctx, c.Shelf, c.Strategy, at)
	if err != nil {
		return err
	}
	lines := make([]releaseLine, len(records))
	for i, r := range records {
		lines[i] = releaseLine{
			r.Strategy, r.Version, string(r.Status), r.CreatedAt, r.ActivatedAt, r.CreatedBy, r.Notes,
			r.ModelPath, r.ModelSHA256, r.RulePath, r.RuleSHA256, r.GoldenPath, r.GoldenSHA256, r.FeatureSet, r.FeatureSetSHA256, hostLines(&r),
		}
	}
	if c.JSON {
		return sayJSON(io.out, lines)
	}
	w := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "STRATEGY\tVERSION\tSTATUS\tCREATED\tACTIVATED\tBY\tNOTES")
	for _, l := range lines {
		activated := "-"
		if l.ActivatedAt != nil {
			activated = l.ActivatedAt.Format(time.RFC3339)
		}
		_ = say(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Strategy, l.Version, l.Status, l.CreatedAt.Format(time.RFC3339), activated, l.CreatedBy, l.Notes)
	}
	return w.Flush()
}
