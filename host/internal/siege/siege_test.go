package siege

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/artifact"
	"edgesignal/host/artifact/dir"
	"edgesignal/host/internal/daemon"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/internal/hostile"
	"edgesignal/host/internal/programtest"
	"edgesignal/host/registry/sqlite"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// besieged is a host in a process of its own, with a reader that asks for its
// book all the time.
type besieged struct {
	t       *testing.T
	program string
	url     string
	state   string
	pid     int
	book    string // the signals of every answer
}

// besiege starts a demo.
func besiege(t *testing.T) *besieged {
	t.Helper()
	return serve(t, programtest.Program(t), filepath.Join(t.TempDir(), "state"), "demo")
}

// patience is how long a test waits for what must come: far longer than it
// takes, for the machine may be busy.
const patience = time.Minute

// serve starts a program and returns when it is ready.
func serve(t *testing.T, program, state string, args ...string) *besieged {
	t.Helper()
	s := launch(t, program, state, args...)
	require.Eventually(t, func() bool {
		status, _, err := s.get("/readyz")
		return err == nil && status == http.StatusOK
	}, patience, 20*time.Millisecond)
	var err error
	s.book, err = s.signals()
	require.NoError(t, err)
	return s
}

// idle starts a host that has no release and no bars: what any host takes.
func idle(t *testing.T, program string) *besieged {
	t.Helper()
	s := launch(t, program, filepath.Join(t.TempDir(), "state"), "serve", "--host", "127.0.0.1")
	require.Eventually(t, func() bool {
		status, _, err := s.get("/livez")
		return err == nil && status == http.StatusOK
	}, patience, 20*time.Millisecond)
	return s
}

// launch starts a program on a free port until the test ends.
func launch(t *testing.T, program, state string, args ...string) *besieged {
	t.Helper()
	port, err := daemon.Port()
	require.NoError(t, err)
	s := &besieged{t: t, program: program, url: fmt.Sprintf("http://127.0.0.1:%d", port), state: state}
	cmd := exec.Command(program, append(args, "--port", strconv.Itoa(port), "--state-dir", s.state)...)
	cmd.Dir = t.TempDir()
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	require.NoError(t, cmd.Start())
	s.pid = cmd.Process.Pid
	t.Cleanup(func() {
		require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
		require.NoError(t, cmd.Wait(), "%s", log.String())
	})
	return s
}

func (s *besieged) get(path string) (status int, body []byte, err error) {
	r, err := http.Get(s.url + path)
	if err != nil {
		return 0, nil, err
	}
	defer r.Body.Close()
	body, err = io.ReadAll(r.Body)
	return r.StatusCode, body, err
}

func (s *besieged) signals() (string, error) {
	status, body, err := s.get("/signals")
	if err != nil {
		return "", err
	}
	if status != http.StatusOK {
		return "", fmt.Errorf("%d: %s", status, body)
	}
	var a struct {
		Signals  json.RawMessage
		Metadata struct{ Release string }
	}
	return string(a.Signals) + a.Metadata.Release, json.Unmarshal(body, &a)
}

// read asks until stop; an answer that fails or differs ends it.
func (s *besieged) read() (stop func() (answers int, err error)) {
	ctx, cancel := context.WithCancel(context.Background())
	answers, failed := 0, error(nil)
	var reader sync.WaitGroup
	reader.Go(func() {
		for ctx.Err() == nil && failed == nil {
			book, err := s.signals()
			if err == nil && book != s.book {
				err = fmt.Errorf("another answer: %s", book)
			}
			failed = err
			answers++
			time.Sleep(5 * time.Millisecond)
		}
	})
	return func() (int, error) {
		cancel()
		reader.Wait()
		return answers, failed
	}
}

// memory returns a line of the process's /proc/status: VmRSS now, VmHWM at most.
func (s *besieged) memory(field string) (bytes int64) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	require.NoError(s.t, err)
	for line := range strings.Lines(string(status)) {
		if _, err := fmt.Sscanf(line, field+": %d kB", &bytes); err == nil {
			return bytes << 10
		}
	}
	s.t.Fatal("no " + field)
	return 0
}

func (s *besieged) resident() (bytes int64) { return s.memory("VmRSS") }

type answered struct {
	status               int
	Code, Reason, Detail string
	ServingVersion       string `json:"serving_version"`
	Signals              []struct {
		TargetWeight float64 `json:"target_weight"`
	}
}

func (s *besieged) post(path, contentType string, body io.Reader) (a answered) {
	r, err := http.Post(s.url+path, contentType, body)
	require.NoError(s.t, err)
	defer r.Body.Close()
	a.status = r.StatusCode
	require.NoError(s.t, json.NewDecoder(r.Body).Decode(&a))
	return a
}

func (s *besieged) try(module []byte, params string) answered {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, err := w.CreateFormFile("module", "rule.wasm")
	require.NoError(s.t, err)
	_, err = f.Write(module)
	require.NoError(s.t, err)
	if params != "" {
		require.NoError(s.t, w.WriteField("params", params))
	}
	require.NoError(s.t, w.Close())
	return s.post("/api/v1/rules/try", w.FormDataContentType(), &b)
}

// Hostile modules sent to a host that serves: it refuses each with its word,
// answers its readers meanwhile, and does not grow.
func TestAServingHostAndHostileModules(t *testing.T) {
	s := besiege(t)
	for range 5 { // what the first tries need stays
		s.try(hostile.Sample(t)[0].Wasm, "")
	}
	stop := s.read()
	before, worst := s.resident(), int64(0)
	for _, c := range hostile.Sample(t) {
		if len(c.Wasm) > 1<<20-4096 || c.Stage == hostile.Compiling {
			continue // few may be that large at once; they are in the gate's own test
		}
		t.Run(c.Name, func(t *testing.T) {
			a := s.try(c.Wasm, string(c.Params))
			switch {
			case len(c.Wasm) == 0, len(c.Params) > rule.MaxParamsBytes: // refused before a child sees them
				require.Equal(t, 422, a.status)
				require.Equal(t, "invalid", a.Code)
			case c.Reason != "":
				require.Equal(t, 422, a.status, a.Detail)
				require.Equal(t, "rule_rejected", a.Code)
				require.Equal(t, string(c.Reason), a.Reason, a.Detail)
				require.Contains(t, a.Detail, c.Detail)
			case c.Call.Fault != "" || c.Call.Breaks != "":
				require.Equal(t, 500, a.status, a.Detail)
				require.Equal(t, "rule_failed", a.Code)
				require.Contains(t, a.Detail, c.Call.Fault+c.Call.Breaks)
			default:
				require.Equal(t, 200, a.status, a.Detail)
				require.Len(t, a.Signals, 30)
			}
			worst = max(worst, s.resident()-before)
		})
	}
	answers, err := stop()
	require.NoError(t, err)
	require.Positive(t, answers)
	t.Logf("%d answers meanwhile; the host grew by at most %d MiB", answers, worst>>20)
	require.Less(t, worst, before, "it had that much when it only answered its readers")
}

// Hostile models published past the gate, as who writes to the registry
// himself could: each reload refuses, names the reason and what serves on, and
// the registry keeps it.
func TestAServingHostAndHostileModels(t *testing.T) {
	s := besiege(t)
	reg, err := sqlite.Open(t.Context(), filepath.Join(s.state, "registry.db"))
	require.NoError(t, err)
	defer func() { require.NoError(t, reg.Close()) }()
	store, err := dir.Open(filepath.Join(s.state, "store"))
	require.NoError(t, err)
	golden := demotest.File(t, artifacts.Releases()[0].Golden)
	goldenPath, err := artifact.PutContent(t.Context(), store, golden)
	require.NoError(t, err)
	stop := s.read()
	before, worst := s.resident(), int64(0)
	for i, m := range hostile.SampleModels(t, demotest.File(t, artifacts.Releases()[0].Model)) {
		t.Run(m.Name, func(t *testing.T) {
			text := m.Text()
			path, err := artifact.PutContent(t.Context(), store, text)
			require.NoError(t, err)
			ref := release.Ref{Strategy: artifacts.Strategy, Version: fmt.Sprintf("hostile-%d", i)}
			_, err = reg.Register(t.Context(), release.Record{
				Strategy: ref.Strategy, Version: ref.Version, ModelPath: path, ModelSHA256: release.Sum(text), FeatureSet: release.FeatureSetAlpha158,
				GoldenPath: goldenPath, GoldenSHA256: release.Sum(golden),
			})
			require.NoError(t, err)
			_, _, err = reg.Activate(t.Context(), ref, "test", "")
			require.NoError(t, err)
			for range 2 { // the second time from the registry's own word
				a := s.post("/model/reload", "application/json", nil)
				require.Equal(t, 500, a.status, a.Detail)
				require.Equal(t, "release_rejected", a.Code)
				require.Equal(t, string(m.Reason), a.Reason, a.Detail)
				require.Contains(t, a.Detail, m.Detail)
				require.Equal(t, "v1.0.0", a.ServingVersion)
			}
			rec, err := reg.Get(t.Context(), ref)
			require.NoError(t, err)
			require.Equal(t, release.Failed, rec.Status)
			said, err := reg.Observations(t.Context(), ref.Strategy)
			require.NoError(t, err)
			require.Len(t, said, 1)
			require.Equal(t, ref.Version, said[0].Desired)
			require.Equal(t, "v1.0.0", said[0].Serving)
			require.Contains(t, said[0].Detail, string(m.Reason))
			require.Nil(t, said[0].Report, "what the gate said of the release that serves is not of this one")
			worst = max(worst, s.resident()-before)
		})
	}
	answers, err := stop()
	require.NoError(t, err)
	require.Positive(t, answers)
	t.Logf("%d answers meanwhile; the host grew by at most %d MiB", answers, worst>>20)
	require.Less(t, worst, before, "it had that much when it only answered its readers")
	_, err = reg.Active(t.Context(), artifacts.Strategy)
	require.ErrorIs(t, err, release.ErrNotFound)
}
