package fleettest

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/daemon"
	"edgesignal/host/internal/faultproxy"
)

// Host is one process of a fleet, with its own network.
type Host struct {
	Name         string            // as the registry knows it
	State        string            // its STATE_DIR
	Postgres, S3 *faultproxy.Proxy // its way there

	f    *Fleet
	url  string
	env  []string // beside the fleet's
	wrap []string // runs the program where not nil

	asked sync.RWMutex    // read-locked while the reader asks
	proc  *daemon.Process // nil = it does not run
	open  bool            // the reader may ask
}

// Option alters a host before it starts.
type Option func(*Host)

// Env sets an environment variable of the host: "NAME=value".
func Env(setting string) Option { return func(h *Host) { h.env = append(h.env, setting) } }

// BarsInS3 gives a host the bars of the fleet's bucket instead of those of a
// directory.
func BarsInS3(h *Host) { h.env = append(h.env, "DATA_DIR=s3://"+h.f.S3.Bucket+"/bars") }

func (f *Fleet) newHost(options ...Option) *Host {
	f.t.Helper()
	port, err := daemon.Port()
	require.NoError(f.t, err)
	name, err := os.Hostname()
	require.NoError(f.t, err)
	h := &Host{
		f: f, Name: net.JoinHostPort(name, strconv.Itoa(port)), url: fmt.Sprintf("http://127.0.0.1:%d", port),
		State: filepath.Join(f.dir, fmt.Sprintf("host-%d", port)), Postgres: faultproxy.New(f.t, f.Postgres.Addr()), S3: faultproxy.New(f.t, f.S3.Addr()),
	}
	h.env = []string{"HOST=127.0.0.1", "PORT=" + strconv.Itoa(port), "STATE_DIR=" + h.State}
	for _, o := range options {
		o(h)
	}
	require.NoError(f.t, os.Mkdir(h.State, 0o700))
	f.t.Cleanup(func() {
		if h.proc != nil {
			h.end(syscall.SIGKILL)
		}
		if f.t.Failed() {
			log, err := os.ReadFile(h.log())
			f.t.Logf("host %s (%v):\n%s", h.Name, err, log)
		}
	})
	return h
}

func (h *Host) log() string { return h.State + ".log" }

// Launch starts it and does not wait for it.
func (h *Host) Launch() {
	h.f.t.Helper()
	require.Nil(h.f.t, h.proc, "host %s runs", h.Name)
	args := append(append([]string{}, h.wrap...), h.f.program, "serve")
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env = h.f.dir, append(h.f.env(h.Postgres.Addr(), h.S3.Addr()), h.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	proc, err := daemon.Start(cmd, h.log())
	require.NoError(h.f.t, err)
	h.asked.Lock()
	defer h.asked.Unlock()
	h.proc = proc
}

// Start launches it and waits until it is ready.
func (h *Host) Start() {
	h.f.t.Helper()
	h.Launch()
	h.f.await("host "+h.Name+" is ready", func() bool { return h.Ready() == http.StatusOK })
	h.Open()
}

// Open lets readers ask it, until it ends.
func (h *Host) Open() {
	h.asked.Lock()
	defer h.asked.Unlock()
	h.open = true
}

// Kill ends it as a power cut would. No answer is cut off by that.
func (h *Host) Kill() { h.end(syscall.SIGKILL) }

// Stop ends it in order.
func (h *Host) Stop() {
	h.f.t.Helper()
	require.Zero(h.f.t, h.end(syscall.SIGTERM), "host %s ended with an error", h.Name)
}

func (h *Host) end(s syscall.Signal) (status int) {
	h.asked.Lock() // what it was asked is answered
	defer h.asked.Unlock()
	proc := h.proc
	h.proc, h.open = nil, false
	return proc.End(s)
}

// Exit waits until it has ended by itself, and returns its status.
func (h *Host) Exit() (status int) {
	h.f.t.Helper()
	select {
	case <-h.proc.Ended():
	case <-time.After(Patience):
		require.FailNow(h.f.t, "host "+h.Name+" runs on")
	}
	return h.end(syscall.SIGKILL)
}

// LastLine returns what it last said in its log.
func (h *Host) LastLine() string {
	h.f.t.Helper()
	log, err := os.ReadFile(h.log())
	require.NoError(h.f.t, err)
	lines := strings.Split(strings.TrimSpace(string(log)), "\n")
	return lines[len(lines)-1]
}

// Logged fails the test when its log does not have the words.
func (h *Host) Logged(words string) {
	h.f.t.Helper()
	log, err := os.ReadFile(h.log())
	require.NoError(h.f.t, err)
	require.Contains(h.f.t, string(log), words, "the log of host %s", h.Name)
}

// Health is what GET /health says.
type Health struct {
	Status   string   // "healthy", "degraded"; "" = no answer
	Version  string   `json:"model_version"`
	Problems []string // none = healthy
}

// Health asks it.
func (h *Host) Health() (s Health) {
	r, err := h.f.client.Get(h.url + "/health")
	if err != nil {
		return s
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		return Health{}
	}
	return s
}

// Ready returns the status of GET /readyz; 0 = no answer.
func (h *Host) Ready() int {
	r, err := h.f.client.Get(h.url + "/readyz")
	if err != nil {
		return 0
	}
	defer r.Body.Close()
	return r.StatusCode
}

// Await waits until what a host says of itself is as it should be. A host that
// does not run is not asked.
func (h *Host) Await(what string, is func(Health) bool) {
	h.f.t.Helper()
	if h.proc == nil {
		return
	}
	var last Health
	h.f.await("host "+h.Name+" is "+what, func() bool {
		last = h.Health()
		return is(last)
	}, &last)
}

// await asks until the answer is yes, for at most Patience.
func (f *Fleet) await(what string, is func() bool, said ...any) {
	f.t.Helper()
	for end := time.Now().Add(Patience); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			require.FailNow(f.t, "not seen within "+Patience.String()+": "+what, "%+v", said)
		}
	}
}
