package market_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/market"
	"edgesignal/host/market/importer"
)

// TestRefresherOnDisk imports run after run into a real directory.
func TestRefresherOnDisk(t *testing.T) {
	const run = market.Date(20088) // 2024-12-31
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	markets, ended := make(chan *market.Market), make(chan struct{})
	go func() {
		defer close(ended)
		market.NewRefresher(market.Directory(market.Dir(dir)), market.RefresherOptions{Interval: time.Millisecond, Take: func(m *market.Market) error { markets <- m; return nil }, State: func(err error) {
			if err != nil && !errors.Is(err, market.ErrNoRun) {
				t.Error(err)
			}
		}}).Run(ctx, nil)
	}()
	for i := range 5 {
		_, err := importer.Import(ctx, importer.Options{Inputs: []string{"importer/testdata/bars.csv"}, Dir: dir, Run: run + market.Date(i)})
		require.NoError(t, err)
		m := <-markets
		require.Equal(t, run+market.Date(i), m.RunDate)
		require.Len(t, m.Series, 6, "a run is whole or not there")
		require.Empty(t, m.Failures)
	}
	// In one step: half of a folder may hold still for long enough to be read.
	require.NoError(t, os.Rename(filepath.Join(dir, (run+4).String()), filepath.Join(t.TempDir(), "gone")))
	require.Equal(t, run+3, (<-markets).RunDate)
	cancel()
	<-ended
}
