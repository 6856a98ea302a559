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
	"edgesignal/host/release"
)

// A host that cannot start a process says so at its start, answers, and loads
// nothing rather than checking it in its own.
func TestAHostWithoutTheRightToStartAChild(t *testing.T) {
	var log bytes.Buffer
	dir := t.TempDir()
	cfg := Config{
		Storage: Storage{StateDir: filepath.Join(dir, "state"), ArtifactStore: filepath.Join(dir, "store")}, LogLevel: "INFO",
		DataDir: dir, DefaultStrategy: artifacts.Strategy, TopN: 3, BottomN: 3, ReloadIntervalSeconds: 300, MaxStaleness: "0",
	}
	h, err := Open(t.Context(), cfg, Identity{Version: "test"}, slog.New(slog.NewTextHandler(&log, nil)))
	require.NoError(t, err)
	h.shelf.gate.Program = "/nonexistent/edgesignal"
	model, err := artifacts.FS.ReadFile(artifacts.Releases()[0].Model)
	require.NoError(t, err)

	_, _, err = h.shelf.Publish(t.Context(), Publication{Ref: release.Ref{Strategy: artifacts.Strategy, Version: "v1"}, Model: model, Status: release.Inactive})
	require.ErrorContains(t, err, "gate unavailable: a process that checks releases cannot be started")
	path, err := artifact.PutContent(t.Context(), h.shelf.store, model)
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
