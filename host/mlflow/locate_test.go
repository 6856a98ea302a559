package mlflow_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
)

const booster = "../model/testdata/models/unused_last.txt" // what was logged

// TestProxied: artifacts come through the tracking server, as by default.
func TestProxied(t *testing.T) {
	r := replay(t, "proxied")
	model, err := os.ReadFile(booster)
	require.NoError(t, err)
	const note = "a file of the run\n"
	for _, c := range []struct{ name, id, want string }{
		{"version", "models:/alpha baseline/1", string(model)},
		{"alias", "models:/alpha baseline/champion", string(model)},
		{"MLflow's form of an alias", "models:/alpha baseline@champion", string(model)},
		{"logged model", "models:/" + r.Logged, string(model)},
		{"file of a version", "models:/alpha baseline/1/model.lgb", string(model)},
		{"file of a logged model", "models:/" + r.Logged + "/model.lgb", string(model)},
		{"logged model by its name in the run", "runs:/" + r.Run + "/model", string(model)},
		{"its file", "runs:/" + r.Run + "/model/model.lgb", string(model)},
		{"a model directory among the run's own artifacts", "runs:/" + r.Run + "/saved", string(model)},
		{"its file", "runs:/" + r.Run + "/saved/model.lgb", string(model)},
		{"file", "runs:/" + r.Run + "/deep/er/rule notes.txt", note},
		{"file of the run in the folder of its logged model", "runs:/" + r.Run + "/model/rule notes.txt", note},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := first(t.Context(), r, c.id)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

// first returns what an id's paths have, the first that is there.
func first(ctx context.Context, r *recorded, id string) (string, error) {
	paths, err := r.client.Locate(ctx, id, r.fetch(nil))
	for _, p := range paths {
		var b []byte
		if b, err = r.fetch(nil)(ctx, p, 1<<20); err == nil {
			return string(b), nil
		}
	}
	return "", err
}

func TestAbsent(t *testing.T) {
	r := replay(t, "proxied")
	for _, c := range []struct{ name, id, says string }{
		{"version", "models:/alpha baseline/7", `version 7 of the model "alpha baseline"`},
		{"model", "models:/nobody/1", `version 1 of the model "nobody"`},
		{"alias", "models:/alpha baseline/nobody", `alias "nobody" of the model "alpha baseline"`},
		{"alias of no model", "models:/nobody@champion", `alias "champion" of the model "nobody"`},
		{"logged model", "models:/m-" + strings.Repeat("0", 32), `logged model "m-000`},
		{"run", "runs:/" + strings.Repeat("0", 32) + "/model", `run "000`},
		{"artifact", "runs:/" + r.Run + "/none", `artifact "1/` + r.Run + `/artifacts/none"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := first(t.Context(), r, c.id)
			require.ErrorIs(t, err, release.ErrNotFound)
			require.ErrorContains(t, err, "has no "+c.says)
		})
	}
}

// TestMounted: artifacts lie in a folder that server and hosts share.
func TestMounted(t *testing.T) { elsewhere(t, replay(t, "mounted"), "file:///") }

// TestBucket: artifacts lie in S3.
func TestBucket(t *testing.T) { elsewhere(t, replay(t, "bucket"), "s3://models/") }

func elsewhere(t *testing.T, r *recorded, begins string) {
	require.Contains(t, r.Root, begins)
	files := map[string]string{r.OfModel + "/MLmodel": mlmodel("lightgbm.basic.Booster", "model.lgb"), r.OfPickled + "/MLmodel": mlmodel("lightgbm.sklearn.LGBMRegressor", "model.skops")}
	for _, c := range []struct {
		name, id string
		want     []string
	}{
		{"version", "models:/alpha baseline/1", []string{r.OfModel + "/model.lgb"}},
		{"alias", "models:/alpha baseline@champion", []string{r.OfModel + "/model.lgb"}},
		{"logged model", "models:/" + r.Logged, []string{r.OfModel + "/model.lgb"}},
		{"logged model of the run", "runs:/" + r.Run + "/model", []string{r.OfModel + "/model.lgb"}},
		{"file", "runs:/" + r.Run + "/deep/rule.wasm", []string{r.Root + "/deep/rule.wasm"}},
		{"file beside a logged model", "runs:/" + r.Run + "/model/rule.wasm", []string{r.OfModel + "/rule.wasm", r.Root + "/model/rule.wasm"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := r.client.Locate(t.Context(), c.id, r.fetch(files))
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
	t.Run("pickled", func(t *testing.T) {
		_, err := r.client.Locate(t.Context(), "models:/alpha baseline/2", r.fetch(files))
		require.ErrorContains(t, err, `a pickled "lightgbm.sklearn.LGBMRegressor": a booster is expected`)
	})
	t.Run("no model directory", func(t *testing.T) {
		_, err := r.client.Locate(t.Context(), "models:/alpha baseline/1", r.fetch(map[string]string{}))
		require.ErrorIs(t, err, release.ErrNotFound)
	})
	t.Run("a store out of reach", func(t *testing.T) {
		down := &release.Unavailable{Part: release.PartStore, Err: os.ErrDeadlineExceeded}
		_, err := r.client.Locate(t.Context(), "models:/alpha baseline/1", func(context.Context, string, int64) ([]byte, error) { return nil, down })
		require.ErrorIs(t, err, down)
	})
}

func mlmodel(class, data string) string {
	return "flavors:\n  lightgbm:\n    data: " + data + "\n    model_class: " + class + "\n"
}

func TestPickled(t *testing.T) {
	r := replay(t, "proxied")
	_, err := first(t.Context(), r, "models:/"+r.Pickled)
	require.ErrorContains(t, err, `a pickled "lightgbm.sklearn.LGBMRegressor": a booster is expected`)
	require.NotErrorIs(t, err, release.ErrNotFound)
}

func TestPin(t *testing.T) {
	r := replay(t, "proxied")
	for _, c := range []struct{ name, id, want string }{
		{"alias", "models:/alpha baseline@champion", "models:/alpha baseline/1"},
		{"alias and file", "models:/alpha baseline/champion/model.lgb", "models:/alpha baseline/1/model.lgb"},
		{"version", "models:/alpha baseline/2", "models:/alpha baseline/2"},
		{"logged model", "models:/" + r.Logged, "models:/" + r.Logged},
		{"run", "runs:/" + r.Run + "/model", "runs:/" + r.Run + "/model"},
	} {
		t.Run(c.name, func(t *testing.T) {
			pinned, run, err := r.client.Pin(t.Context(), c.id)
			require.NoError(t, err)
			require.Equal(t, c.want, pinned)
			require.Equal(t, r.Run, run)
		})
	}
	_, _, err := r.client.Pin(t.Context(), "models:/nobody/1")
	require.ErrorIs(t, err, release.ErrNotFound)
	_, _, err = r.client.Pin(t.Context(), "models:/nobody")
	require.ErrorContains(t, err, "names no version")
}
