package operate

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/live"
	"edgesignal/host/registry"
	"edgesignal/host/release"
	"edgesignal/host/settings"
	"edgesignal/host/shelf"
)

// tracking is a tracking server with the demo's models as versions 1 and 2 of
// the model "alpha", in a folder; answers as in host/mlflow/testdata.
type tracking struct {
	*httptest.Server
	dir      string // of the models
	champion atomic.Int64
	status   atomic.Int64 // of every answer, where not 0
}

func newTracking(t *testing.T) *tracking {
	dir := t.TempDir()
	for i, r := range artifacts.Releases() {
		model, err := artifacts.FS.ReadFile(r.Model)
		require.NoError(t, err)
		at := filepath.Join(dir, fmt.Sprint(i+1))
		require.NoError(t, os.Mkdir(at, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(at, "model.lgb"), model, 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(at, "MLmodel"), []byte("flavors: {lightgbm: {data: model.lgb, model_class: lightgbm.basic.Booster}}\n"), 0o600))
	}
	s := &tracking{dir: dir}
	s.champion.Store(1)
	version := func(w http.ResponseWriter, v string) {
		_, _ = fmt.Fprintf(w, `{"model_version":{"version":%q,"run_id":"run-of-%s","status":"READY"}}`, v, v)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/2.0/mlflow/registered-models/alias", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("alias") != "champion" {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(w, `{"error_code":"INVALID_PARAMETER_VALUE","message":"Registered model alias %s not found."}`, r.FormValue("alias"))
			return
		}
		version(w, fmt.Sprint(s.champion.Load()))
	})
	mux.HandleFunc("GET /api/2.0/mlflow/model-versions/get", func(w http.ResponseWriter, r *http.Request) { version(w, r.FormValue("version")) })
	mux.HandleFunc("GET /api/2.0/mlflow/model-versions/get-download-uri", func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `{"artifact_uri":"file://%s/%s"}`, dir, r.FormValue("version"))
	})
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status := int(s.status.Load()); status != 0 {
			w.WriteHeader(status)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func modelSum(t *testing.T, version int) string {
	model, err := artifacts.FS.ReadFile(artifacts.Releases()[version-1].Model)
	require.NoError(t, err)
	return release.Sum(model)
}

func mlflowShelf(t *testing.T, s *tracking) settings.Shelf {
	set := embedded(t)
	set.TrackingURI, set.ArtifactFiles = settings.Endpoint(s.URL), s.dir
	return set
}

// loadOnce returns what a host that starts comes to.
func loadOnce(t *testing.T, s *shelf.Shelf) error {
	b := live.NewBoard(live.Options{
		Registry: s.Registry, Fetcher: s.Fetcher, Host: "test:1", Strategy: "s", Defaults: s.Defaults,
		Gate: s.Gate, Rule: s.Gate.Rule, Log: slog.New(slog.DiscardHandler),
	})
	defer b.Close()
	_, err := b.Reload(t.Context(), "s")
	return err
}

func active(t *testing.T, reg registry.Registry) release.Record {
	rec, err := reg.Active(context.Background(), "s")
	require.NoError(t, err, "a release must not fail for what its path names")
	return rec
}

// TestAnAliasIsPinnedByItsDigest: a row names an alias; the first load records
// what it was, and what it becomes is refused without failing the release.
func TestAnAliasIsPinnedByItsDigest(t *testing.T) {
	server := newTracking(t)
	s, err := shelf.Open(t.Context(), mlflowShelf(t, server), legs, 0)
	require.NoError(t, err)
	defer s.Close()
	rec := release.Record{Strategy: "s", Version: "v1", Status: release.Inactive, ModelPath: "models:/alpha@champion", FeatureSet: release.FeatureSetAlpha158}
	_, err = s.Registry.Register(t.Context(), rec)
	require.NoError(t, err)
	_, _, err = s.Registry.Activate(t.Context(), rec.Ref(), "test", "")
	require.NoError(t, err)

	server.status.Store(http.StatusServiceUnavailable)
	require.ErrorContains(t, loadOnce(t, s), "store unavailable")
	require.Empty(t, active(t, s.Registry).ModelSHA256)

	server.status.Store(0)
	require.NoError(t, loadOnce(t, s))
	require.Equal(t, modelSum(t, 1), active(t, s.Registry).ModelSHA256)
	require.Equal(t, rec.ModelPath, active(t, s.Registry).ModelPath)

	server.champion.Store(2)
	require.ErrorContains(t, loadOnce(t, s), "digest_mismatch: model: models:/alpha@champion: want SHA-256 "+modelSum(t, 1)+", found "+modelSum(t, 2))
	require.Equal(t, modelSum(t, 1), active(t, s.Registry).ModelSHA256)

	server.champion.Store(1)
	require.NoError(t, loadOnce(t, s))
}

func TestAnIDThatNamesNothingFailsNoRelease(t *testing.T) {
	server := newTracking(t)
	st := mlflowShelf(t, server)
	for _, c := range []struct{ name, path, uri, says string }{
		{"alias", "models:/alpha/nobody", server.URL, `has no alias "nobody" of the model "alpha": not found`},
		{"malformed", "models:/alpha", server.URL, "names no version and no alias"},
		{"no server", "models:/alpha/1", "", "MLFLOW_TRACKING_URI is not set"},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := st
			st.StateDir, st.TrackingURI = t.TempDir(), settings.Endpoint(c.uri)
			s, err := shelf.Open(t.Context(), st, legs, 0)
			require.NoError(t, err)
			defer s.Close()
			rec := release.Record{Strategy: "s", Version: "v1", Status: release.Inactive, ModelPath: c.path, FeatureSet: release.FeatureSetAlpha158}
			_, err = s.Registry.Register(t.Context(), rec)
			require.NoError(t, err)
			_, _, err = s.Registry.Activate(t.Context(), rec.Ref(), "test", "")
			require.NoError(t, err)
			require.ErrorContains(t, loadOnce(t, s), c.says)
			active(t, s.Registry)
		})
	}
}

// TestPublishByID: the bytes go into the store, and the run into the row.
func TestPublishByID(t *testing.T) {
	server := newTracking(t)
	st := mlflowShelf(t, server)
	server.champion.Store(2)
	for _, c := range []struct{ name, model, run, wantRun string }{
		{"v1", "models:/alpha/1", "", "run-of-1"},
		{"v2", "models:/alpha@champion", "", "run-of-2"},
		{"v3", "models:/alpha@champion", "mine", "mine"},
	} {
		t.Run(c.name, func(t *testing.T) {
			version := 2
			if c.name == "v1" {
				version = 1
			}
			done, err := Publish(t.Context(), st, PublishRequest{Strategy: "s", Version: c.name, Models: []string{c.model}, MLflowRunID: c.run, Status: "inactive", Legs: legs})
			require.NoError(t, err)
			require.Equal(t, modelSum(t, version), done.ModelSHA256)
			require.NoError(t, withRegistry(t.Context(), st, func(reg registry.Registry) error {
				rec, err := reg.Get(t.Context(), release.Ref{Strategy: "s", Version: c.name})
				require.Equal(t, c.wantRun, rec.MLflowRunID)
				require.Equal(t, "sha256/"+done.ModelSHA256, rec.ModelPath)
				return err
			}))
		})
	}
	_, err := Publish(t.Context(), st, PublishRequest{Strategy: "s", Version: "v4", Models: []string{"models:/alpha@nobody"}, Status: "inactive"})
	require.ErrorIs(t, err, release.ErrNotFound)
	st.TrackingURI = ""
	_, err = Publish(t.Context(), st, PublishRequest{Strategy: "s", Version: "v4", Models: []string{"models:/alpha/1"}, Status: "inactive"})
	require.ErrorContains(t, err, "MLFLOW_TRACKING_URI is not set")
}
