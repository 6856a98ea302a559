package artifact_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/artifact"
	"edgesignal/host/release"
)

// located is an MLflow that answers with paths or an error.
type located struct {
	paths []string
	err   error
	aside string // read on the way
}

func (l located) Locate(ctx context.Context, _ string, fetch func(context.Context, string, int64) ([]byte, error)) ([]string, error) {
	if l.aside != "" {
		if _, err := fetch(ctx, l.aside, 4); err != nil {
			return nil, err
		}
	}
	return l.paths, l.err
}

func (located) Open(_ context.Context, path string) (io.ReadCloser, int64, error) {
	if path != "mlflow-artifacts:/1/x" {
		return nil, 0, fmt.Errorf("MLflow has no %s: %w", path, release.ErrNotFound)
	}
	return io.NopCloser(strings.NewReader("proxied")), 7, nil
}

func TestFetchOfMLflow(t *testing.T) {
	f := fetcher(t)
	file := "file://" + f.Files + "/both"
	down := &release.Unavailable{Part: release.PartStore, Err: errors.New("tracking server")}
	for _, c := range []struct {
		name   string
		mlflow artifact.MLflow
		path   string
		want   string // text
		says   string // of the error
		is     error
	}{
		{name: "file", mlflow: located{paths: []string{file}}, path: "runs:/a/b", want: "work both"},
		{name: "proxied", mlflow: located{paths: []string{"mlflow-artifacts:/1/x"}}, path: "models:/a/1", want: "proxied"},
		{name: "the second", mlflow: located{paths: []string{"mlflow-artifacts:/1/none", file}}, path: "runs:/a/b", want: "work both"},
		{name: "a row may name what is proxied", mlflow: located{}, path: "mlflow-artifacts:/1/x", want: "proxied"},
		{name: "neither", mlflow: located{paths: []string{"mlflow-artifacts:/1/none", file + "s"}}, path: "runs:/a/b", says: "looked at mlflow-artifacts:/1/none and ", is: release.ErrNotFound},
		{name: "no such run", mlflow: located{err: fmt.Errorf("MLflow has no run: %w", release.ErrNotFound)}, path: "runs:/a/b", says: "has no run", is: release.ErrNotFound},
		{name: "out of reach", mlflow: located{err: down}, path: "runs:/a/b", says: "tracking server", is: down},
		{name: "no MLflow", path: "models:/a/1", says: "models:/a/1: this host knows no MLflow: MLFLOW_TRACKING_URI is not set"},
		{name: "no MLflow, proxied", path: "mlflow-artifacts:/1/x", says: "looked at", is: release.ErrNotFound},
		{name: "a place unknown here", mlflow: located{paths: []string{"gs://b/k"}}, path: "runs:/a/b", says: `no store for "gs://"`},
		{name: "an MLmodel that is too large", mlflow: located{aside: file}, path: "runs:/a/b", says: "too large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f.MLflow = c.mlflow
			b, sum, err := f.Fetch(t.Context(), c.path, "", 100)
			if c.says == "" {
				require.NoError(t, err)
				require.Equal(t, c.want, string(b))
				require.Equal(t, release.Sum(b), sum)
				_, _, err = f.Fetch(t.Context(), c.path, strings.Repeat("0", 64), 100)
				require.ErrorContains(t, err, "digest_mismatch: "+c.path)
				_, _, err = f.Fetch(t.Context(), c.path, "", 3)
				require.ErrorIs(t, err, artifact.ErrTooLarge)
				return
			}
			require.ErrorContains(t, err, c.says)
			require.NotErrorIs(t, err, artifact.ErrTooLarge)
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			} else {
				require.NotErrorIs(t, err, release.ErrNotFound)
			}
		})
	}
}
