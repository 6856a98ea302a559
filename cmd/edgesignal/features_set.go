package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"edgesignal/host/feature"
	"edgesignal/host/market"
	"edgesignal/host/research"
)

// columns returns what --features asks for. A field that no bars have is told, and
// missing on every day, as in Qlib.
func (c *featuresCmd) columns(ctx context.Context, m *market.Market, q research.FeatureQuery, warnTo io.Writer) (*research.Features, error) {
	if c.Features == "" {
		return research.Alpha158(), nil
	}
	set, err := readFeatureSet(c.Features)
	if err != nil {
		return nil, fmt.Errorf("--features %s: %w", c.Features, err)
	}
	plan, err := feature.Compile(set, feature.Research)
	if err != nil {
		return nil, fmt.Errorf("--features %s: %w", c.Features, err)
	}
	if err := m.LoadFields(ctx, plan.Program.Fields()); err != nil {
		return nil, err
	}
	if err := plan.Program.CheckFields(func(field string) bool { return slices.Contains(feature.BarFields, field) || m.HasField(field) }); err != nil {
		_ = say(warnTo, "edgesignal: %s: %s; it is missing on every day\n", c.Features, err)
	}
	for _, name := range plan.Program.Chained() {
		_ = say(warnTo, "edgesignal: %s: column %s has a chain of comparisons, of which Qlib uses the last alone, and so does this; a release with it is refused\n", c.Features, name)
	}
	if c.Raw {
		return research.Raw(plan, m)
	}
	return research.Inputs(ctx, plan, m, q)
}

// readFeatureSet returns a built-in set by its name, or a file's.
func readFeatureSet(name string) (*feature.Set, error) {
	if set, ok := feature.BuiltIn(name); ok {
		return set, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, feature.MaxBytes+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return feature.Parse(text)
}
