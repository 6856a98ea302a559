package host

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/artifact"
	"edgesignal/host/gate"
	"edgesignal/host/operate"
	"edgesignal/host/release"
	"edgesignal/host/settings"
)

// A host that cannot start a process says so at its start, answers, and loads
// nothing rather than checking it in its own.
func TestAHostWithoutTheRightToStartAChild(t *testing.T) {
	var log bytes.Buffer
	dir := t.TempDir()
	set := settings.Defaults()
	set.StateDir, set.ArtifactStore, set.DataDir = filepath.Join(dir, "state"), settings.Place(filepath.Join(dir, "store")), settings.Place(dir)
	h, err := Open(t.Context(), set, Identity{Version: "test"}, slog.New(slog.NewTextHandler(&log, nil)))
	require.NoError(t, err)
	h.shelf.Gate.Program = "/nonexistent/edgesignal"
	model, err := artifacts.FS.ReadFile(artifacts.Releases()[0].Model)
	require.NoError(t, err)

	_, _, err = operate.Register(t.Context(), h.shelf, operate.Publication{Ref: release.Ref{Strategy: artifacts.Strategy, Version: "v1"}, Files: gate.Files{Model: model}, Status: release.Inactive})
	require.ErrorContains(t, err, "gate unavailable: a process that checks releases cannot be started")
	path, err := artifact.PutContent(t.Context(), h.shelf.Store, model)
	require.NoError(t, err)
	_, err = h.shelf.Registry.Register(t.Context(), release.Record{
		Strategy: artifacts.Strategy, Version: "v1", Status: release.Active, ModelPath: path, FeatureSet: release.FeatureSetAlpha158,
	})
	require.NoError(t, err)

	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	started, ended := make(chan Start, 1), make(chan error, 1)
	go func() { ended <- h.Run(ctx, ln, func(s Start) error { started <- s; return nil }) }()
	require.Error(t, (<-started).Err)
	answer, err := http.Post("http://"+ln.Addr().String()+"/model/reload", "", nil)
	require.NoError(t, err)
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusServiceUnavailable, answer.StatusCode)
	require.Contains(t, string(body), `"code":"gate_unavailable"`)
	rec, err := h.shelf.Registry.Get(t.Context(), release.Ref{Strategy: artifacts.Strategy, Version: "v1"})
	require.NoError(t, err)
	require.Equal(t, release.Active, rec.Status, "it is not the release's fault")
	http.DefaultClient.CloseIdleConnections()
	cancel()
	require.NoError(t, <-ended)
	require.Contains(t, log.String(), "no release can be checked here, so none will be loaded")
}
