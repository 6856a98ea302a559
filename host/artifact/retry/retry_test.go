package retry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/host/artifact"
	"edgesignal/host/artifact/artifacttest"
	"edgesignal/host/artifact/dir"
	"edgesignal/host/release"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errDown    = &release.Unavailable{Part: release.PartStore, Err: errors.New("down")}
	errDenied  = &release.Unavailable{Part: release.PartStore, Err: fmt.Errorf("%w: denied", release.ErrRefused)}
	errOther   = errors.New("not a path")
	impatience = Policy{Wait: time.Millisecond}
)

// flaky is a store and a source that fails so often first, after it has read
// what it was given.
type flaky struct {
	artifact.Store
	err   error
	fails int
	asked int
}

func (f *flaky) fail() error {
	f.asked++
	if f.asked <= f.fails {
		return f.err
	}
	return nil
}

func (f *flaky) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if err := f.fail(); err != nil {
		_, _ = io.CopyN(io.Discard, r, 2)
		return err
	}
	return f.Store.Put(ctx, key, r, size)
}

func (f *flaky) Open(ctx context.Context, key string) (io.ReadCloser, artifact.Info, error) {
	if err := f.fail(); err != nil {
		return nil, artifact.Info{}, err
	}
	return f.Store.Open(ctx, key)
}

func (f *flaky) Stat(ctx context.Context, key string) (artifact.Info, error) {
	if err := f.fail(); err != nil {
		return artifact.Info{}, err
	}
	return f.Store.Stat(ctx, key)
}

func (f *flaky) Fetch(ctx context.Context, path, want string, max int64) ([]byte, string, error) {
	if err := f.fail(); err != nil {
		return nil, "", err
	}
	return (&artifact.Fetcher{Store: f.Store}).Fetch(ctx, path, want, max)
}

func folder(t *testing.T) artifact.Store {
	t.Helper()
	s, err := dir.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	return s
}

func TestConformance(t *testing.T) {
	artifacttest.Run(t, func(t *testing.T) artifact.Store { return Store(folder(t), impatience) })
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name  string
		err   error
		fails int
		asked int
		works bool
	}{
		{"none", nil, 0, 1, true},
		{"passes", errDown, 3, 4, true},
		{"stays", errDown, 100, 4, false},
		{"refused", errDenied, 1, 1, false},
		{"not found", release.ErrNotFound, 1, 1, false},
		{"not a fault of the store", errOther, 1, 1, false},
		{"rejected", release.Reject(release.DigestMismatch, "x"), 1, 1, false},
	} {
		for what, call := range map[string]func(*flaky) error{
			"put": func(f *flaky) error {
				err := Store(f, impatience).Put(t.Context(), "new", strings.NewReader("12345"), 5)
				if err == nil {
					b, _, err := (&artifact.Fetcher{Store: f.Store}).Fetch(t.Context(), "new", "", 5)
					require.NoError(t, err)
					require.Equal(t, "12345", string(b))
				}
				return err
			},
			"open": func(f *flaky) error {
				r, _, err := Store(f, impatience).Open(t.Context(), "k")
				if err == nil {
					err = r.Close()
				}
				return err
			},
			"stat": func(f *flaky) error { _, err := Store(f, impatience).Stat(t.Context(), "k"); return err },
			"fetch": func(f *flaky) error {
				_, _, err := Source(f, impatience).Fetch(t.Context(), "k", "", 5)
				return err
			},
		} {
			t.Run(c.name+"/"+what, func(t *testing.T) {
				f := &flaky{Store: folder(t), err: c.err, fails: c.fails}
				require.NoError(t, f.Store.Put(t.Context(), "k", strings.NewReader("x"), 1))
				err := call(f)
				require.Equal(t, c.asked, f.asked)
				if c.works {
					require.NoError(t, err)
					return
				}
				require.Equal(t, c.err, err)
			})
		}
	}
}

func TestReaderThatCannotBeSetBack(t *testing.T) {
	f := &flaky{Store: folder(t), err: errDown, fails: 1}
	err := Store(f, impatience).Put(t.Context(), "k", struct{ io.Reader }{bytes.NewReader([]byte("12345"))}, 5)
	require.Equal(t, error(errDown), err)
	require.Equal(t, 1, f.asked)
}

func TestCallerGivesUp(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	f := &flaky{err: errDown, fails: 100}
	_, err := Store(f, Policy{Wait: time.Hour}).Stat(ctx, "k")
	require.Equal(t, context.DeadlineExceeded, err)
	require.Equal(t, 1, f.asked)
}
