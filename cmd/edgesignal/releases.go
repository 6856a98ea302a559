package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"edgesignal/host"
)

type releasesCmd struct {
	Strategy     string `arg:"" optional:"" help:"Only this strategy."`
	JSON         bool   `name:"json" help:"As JSON."`
	host.Storage `embed:""`
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
}

func (c *releasesCmd) Run(ctx context.Context, io streams) error {
	records, err := host.Releases(ctx, c.Storage, c.Strategy)
	if err != nil {
		return err
	}
	lines := make([]releaseLine, len(records))
	for i, r := range records {
		lines[i] = releaseLine{
			r.Strategy, r.Version, string(r.Status), r.CreatedAt, r.ActivatedAt, r.CreatedBy, r.Notes,
			r.ModelPath, r.ModelSHA256, r.RulePath, r.RuleSHA256, r.GoldenPath, r.GoldenSHA256,
		}
	}
	if c.JSON {
		enc := json.NewEncoder(io.out)
		enc.SetIndent("", "  ")
		return enc.Encode(lines)
	}
	w := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "STRATEGY\tVERSION\tSTATUS\tCREATED\tACTIVATED\tBY\tNOTES")
	for _, l := range lines {
		activated := "-"
		if l.ActivatedAt != nil {
			activated = l.ActivatedAt.Format(time.RFC3339)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Strategy, l.Version, l.Status, l.CreatedAt.Format(time.RFC3339), activated, l.CreatedBy, l.Notes)
	}
	return w.Flush()
}
