package operate

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/artifact"
	"edgesignal/host/lastgood"
	"edgesignal/host/live"
	"edgesignal/host/registry"
	"edgesignal/host/release"
	"edgesignal/host/settings"
	"edgesignal/host/shelf"
)

// Open returns what a load reads with: the process dies before, within and after.
func (m mortalStore) Open(ctx context.Context, key string) (io.ReadCloser, artifact.Info, error) {
	m.point()
	r, info, err := m.Store.Open(ctx, key)
	if err != nil {
		return r, info, err
	}
	return mortalFile{&mortalReader{r, info.Size / 2, m.points}, r, m.points}, info, nil
}

type mortalFile struct {
	io.Reader
	io.Closer
	*points
}

func (m mortalFile) Close() error {
	m.point()
	return m.Closer.Close()
}

// crashBoard returns a board on what lies in dir. Only its own parts are mortal.
func crashBoard(dir string, reg registry.Registry, s *shelf.Shelf, p *points) (*live.Board, error) {
	keep, damaged, err := lastgood.Open(filepath.Join(dir, "last-good"), func([]string) { p.point() })
	if err = errors.Join(append(damaged, err)...); err != nil {
		return nil, err
	}
	return live.NewBoard(live.Options{
		Registry: mortalRegistry{reg, p}, Fetcher: &artifact.Fetcher{Store: mortalStore{s.Store, p}, Files: dir},
		Host: "test:1", Strategy: artifacts.Strategy, Defaults: legs.Params(),
		Gate: s.Gate, Rule: s.Gate.Rule, Keep: keep, Log: slog.New(slog.DiscardHandler),
	}), nil
}

// loadAndCrash serves v1.0.0, and dies on the way to v1.1.0.
func loadAndCrash(p *points) error {
	ctx, dir := context.Background(), os.Getenv(crashDir)
	s, err := openCrashed(ctx)
	if err != nil {
		return err
	}
	at := p.at
	p.at = 0
	if err := PublishDemo(ctx, s); err != nil {
		return err
	}
	b, err := crashBoard(dir, s.Registry, s, p)
	if err != nil {
		return err
	}
	if err := b.Sync(ctx); err != nil {
		return err
	}
	if _, _, err = s.Registry.Activate(ctx, release.Ref{Strategy: artifacts.Strategy, Version: "v1.1.0"}, "", ""); err != nil {
		return err
	}
	p.at = at
	p.passed.Store(0)
	_, err = b.Reload(ctx, "")
	b.Close()
	return errors.Join(err, s.Close())
}

// A host that is killed at any point of a load starts again with what served
// before or with what was to serve, whole, though its registry is gone; and
// serves what it should once that is back.
func TestLoadKilledAtEachPoint(t *testing.T) {
	for name, fresh := range crashBackEnds(t) {
		t.Run(name, func(t *testing.T) { loadKilledAtEachPoint(t, fresh) })
	}
}

func loadKilledAtEachPoint(t *testing.T, fresh func(testing.TB) settings.Shelf) {
	at := 1
	for ; ; at++ {
		st := fresh(t)
		dir := st.StateDir
		err := crash(t, "load", st, at)
		if err == nil {
			break // there is no such point any more
		}
		require.ErrorContains(t, err, "killed", "at %d", at)
		s, err := shelf.Open(t.Context(), st, legs, 0)
		require.NoError(t, err)
		gone, err := shelf.Open(t.Context(), st, legs, 0)
		require.NoError(t, err)
		require.NoError(t, gone.Close()) // a closed registry is out of reach

		b, err := crashBoard(dir, gone.Registry, s, &points{})
		require.NoError(t, err)
		require.Error(t, b.Sync(t.Context()))
		b.Restore(t.Context())
		snap, done, err := b.Current("")
		require.NoError(t, err, "killed at %d", at)
		require.Contains(t, []string{"v1.0.0", "v1.1.0"}, snap.Record.Version)
		require.Equal(t, snap.Record.Version, snap.Release.Manifest.Version)
		done()
		b.Close()

		b, err = crashBoard(dir, s.Registry, s, &points{})
		require.NoError(t, err)
		require.NoError(t, b.Sync(t.Context()))
		is, _ := b.Strategy(artifacts.Strategy)
		require.Equal(t, "v1.1.0", is.Serving)
		b.Close()
		require.NoError(t, s.Close())
	}
	require.Greater(t, at, 10, "the registry, both files, what is kept, and what is said of it")
}
