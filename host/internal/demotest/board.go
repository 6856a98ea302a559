// Package demotest is what several packages' tests share: the demo's market
// and releases on a real registry, a real store and a real board, and what
// LightGBM itself predicted for them.
package demotest

import (
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/artifact"
	"edgesignal/host/artifact/dir"
	"edgesignal/host/gate"
	"edgesignal/host/live"
	"edgesignal/host/market"
	"edgesignal/host/registry/sqlite"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

var demoMarket = sync.OnceValues(func() (*market.Market, error) {
	bars, err := fs.Sub(artifacts.FS, artifacts.Bars)
	if err != nil {
		return nil, err
	}
	return market.Load(context.Background(), bars)
})

// Market returns the demo's market, read once: it never changes.
func Market(t testing.TB) *market.Market {
	t.Helper()
	m, err := demoMarket()
	require.NoError(t, err)
	require.Empty(t, m.Failures)
	return m
}

// File returns one file of the demo.
func File(t testing.TB, path string) []byte {
	t.Helper()
	b, err := artifacts.FS.ReadFile(path)
	require.NoError(t, err)
	return b
}

// Board is a real board on a real registry and a real store, both of which
// can be made to fail.
type Board struct {
	*live.Board
	*Shaky
	Folder string // the working directory of the board's fetcher
	t      testing.TB
}

// NewBoard has both releases of the demo registered, v1.0.0 active, and
// nothing loaded yet. change, which may be nil, alters the board's options.
func NewBoard(t testing.TB, change func(*live.Options)) *Board {
	t.Helper()
	folder := t.TempDir()
	reg, err := sqlite.Open(t.Context(), filepath.Join(folder, "registry.db"))
	require.NoError(t, err)
	root := filepath.Join(folder, "store")
	require.NoError(t, os.Mkdir(root, 0o700))
	store, err := dir.Open(root)
	require.NoError(t, err)
	cache := filepath.Join(folder, "compiled")
	b := &Board{Shaky: &Shaky{Registry: reg, Store: store}, Folder: folder, t: t}
	opt := live.Options{
		Registry: b.Shaky, Fetcher: &artifact.Fetcher{Store: b.Shaky, Files: folder}, Host: "test:1", Strategy: artifacts.Strategy,
		Gate: gate.InPlace{Rule: rule.Options{CacheDir: cache}}, Rule: rule.Options{CacheDir: cache},
		Defaults: json.RawMessage(`{"top_n":3,"bottom_n":3}`), Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&opt)
	}
	b.Board = live.NewBoard(opt)
	t.Cleanup(func() {
		b.Board.Close()
		require.NoError(t, reg.Close())
	})
	for _, r := range artifacts.Releases() {
		b.Publish(release.Record{Strategy: artifacts.Strategy, Version: r.Version}, File(t, r.Model), File(t, r.Golden))
	}
	b.MakeActive(artifacts.Strategy, "v1.0.0")
	return b
}

// NewServingBoard serves v1.0.0 on the demo's market.
func NewServingBoard(t testing.TB, change func(*live.Options)) *Board {
	t.Helper()
	b := NewBoard(t, change)
	require.NoError(t, b.SetMarket(Market(t)))
	require.NoError(t, b.Sync(t.Context()))
	require.NoError(t, b.Ready())
	return b
}

// Publish writes the bytes and registers rec with their paths and digests,
// past the gate. golden nil = none.
func (b *Board) Publish(rec release.Record, model, golden []byte) {
	b.t.Helper()
	rec.ModelPath, rec.ModelSHA256 = b.put(model), release.Sum(model)
	if golden != nil {
		rec.GoldenPath, rec.GoldenSHA256 = b.put(golden), release.Sum(golden)
	}
	if rec.FeatureSet == "" {
		rec.FeatureSet = release.FeatureSetAlpha158
	}
	_, err := b.Register(b.t.Context(), rec)
	require.NoError(b.t, err)
}

// PublishResearch publishes a research run as a version of the demo's strategy.
func (b *Board) PublishResearch(version string, r Research) {
	b.t.Helper()
	rec := release.Record{Strategy: artifacts.Strategy, Version: version}
	if r.Features != nil {
		rec.FeatureSet, rec.FeatureSetSHA256 = b.put(r.Features), release.Sum(r.Features)
	}
	b.Publish(rec, r.Model, nil)
}

func (b *Board) put(bytes []byte) string {
	b.t.Helper()
	key, err := artifact.PutContent(b.t.Context(), b.Store, bytes)
	require.NoError(b.t, err)
	return key
}

// MakeActive activates a release in the registry; the board does not know yet.
func (b *Board) MakeActive(strategy, version string) {
	b.t.Helper()
	_, _, err := b.Activate(b.t.Context(), release.Ref{Strategy: strategy, Version: version}, "test", "")
	require.NoError(b.t, err)
}
