package live_test

import (
	"testing"

	"edgesignal/host/live"
	"edgesignal/host/portfolio"
)

func runRule(t testing.TB, snap *live.Snapshot) error {
	_, err := portfolio.Construct(t.Context(), snap.Release.Rule, portfolio.Input{
		Predictions: []float64{2, 1}, Params: snap.Release.Params, Limits: snap.Release.Manifest.Limits,
	})
	return err
}
