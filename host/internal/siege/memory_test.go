package siege

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/internal/bartest"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/internal/programtest"
)

// A host's memory is VmHWM of its process, the most that it ever had, beside
// that of a host with nothing to serve, in the same minute on the same machine.
const (
	demoTimes = 3 // the demo takes less than so many idle hosts
	// tenYears is what the bars of 500 symbols and 2,500 days need at least: date,
	// open, high, low, close, volume and price per share in 8 bytes each, and
	// tenYearsTimes how often a host may have that: two markets while one replaces
	// the other, and what is read on the way.
	tenYears      = 500 * 2500 * 7 * 8
	tenYearsTimes = 3
)

// The demo answers readers of every kind, swaps its release and tries rules
// within its memory.
func TestMemoryOfTheDemo(t *testing.T) {
	s := besiege(t)
	nothing := idle(t, s.program).memory("VmHWM")
	started := s.memory("VmHWM")
	s.load([]string{
		"/signals", "/signals?symbols=AAPL,TSLA", "/signals?as_of_date=2023-06-14", "/api/v1/market", "/model/info", "/metrics", "/openapi.yaml", "/docs",
	}, `["AAPL","AMZN","GOOGL","MSFT","TSLA"]`)
	for i := range 4 {
		version := artifacts.Releases()[(i+1)%2].Version
		run(t, s.program, "activate", artifacts.Strategy, version, "--state-dir", s.state)
		require.Equal(t, http.StatusOK, s.post("/model/reload", "application/json", nil).status)
		s.load([]string{"/signals"}, `["AAPL"]`)
	}
	t.Logf("at the start %d MiB, then at most %d MiB, at the end %d MiB", started>>20, s.memory("VmHWM")>>20, s.memory("VmRSS")>>20)
	require.Less(t, s.memory("VmHWM"), demoTimes*nothing, "an idle host has %d MiB", nothing>>20)
}

// Ten years of 500 symbols are loaded, served, and replaced while they are
// served, within their memory.
func TestMemoryOfTenYears(t *testing.T) {
	program, folder := programtest.Program(t), t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	bars, err := os.Create(at("bars.csv"))
	require.NoError(t, err)
	require.NoError(t, bartest.WriteCSV(bars, 500, 2500, 1))
	require.NoError(t, bars.Close())
	run(t, program, "data", "import", at("bars.csv"), "--out", at("data"), "--run-date", "2024-12-30")
	require.NoError(t, os.WriteFile(at("model.txt"), demotest.File(t, artifacts.Releases()[0].Model), 0o600))
	run(t, program, "publish", "--strategy", "ten_years", "--version", "v1", "--model", at("model.txt"), "--activate",
		"--state-dir", at("state"), "--artifact-store", at("store"))

	s := serve(t, program, at("state"), "serve", "--host", "127.0.0.1", "--default-strategy", "ten_years",
		"--data-dir", at("data"), "--artifact-store", at("store"))
	nothing, loaded := idle(t, program).memory("VmHWM"), s.memory("VmHWM")
	symbols := make([]string, 500)
	for i := range symbols {
		symbols[i] = fmt.Sprintf("S%04d", i)
	}
	all, err := json.Marshal(symbols)
	require.NoError(t, err)
	paths := []string{"/signals", "/signals?symbols=S0007", "/signals?as_of_date=2020-03-02", "/api/v1/market"}
	s.load(paths, string(all))
	served := s.memory("VmHWM")

	for _, date := range []string{"2024-12-31", "2025-01-01"} {
		require.NoError(t, os.CopyFS(at("data/writing"), os.DirFS(at("data/2024-12-30"))))
		require.NoError(t, os.Rename(at("data/writing"), at("data/"+date)))
		require.Eventually(t, func() bool {
			_, body, err := s.get("/api/v1/market")
			return err == nil && strings.Contains(string(body), date)
		}, patience, 50*time.Millisecond)
		s.load(paths, string(all))
	}
	t.Logf("loaded: at most %d MiB, served: %d MiB, with two more markets: %d MiB; at the end %d MiB",
		loaded>>20, served>>20, s.memory("VmHWM")>>20, s.memory("VmRSS")>>20)
	require.Less(t, s.memory("VmHWM"), demoTimes*nothing+tenYearsTimes*tenYears, "an idle host has %d MiB", nothing>>20)
}

// load asks from eight clients at once, each path and a book over symbols a few times.
func (s *besieged) load(paths []string, symbols string) {
	s.t.Helper()
	var clients sync.WaitGroup
	failures := make(chan string, 8)
	for range 8 {
		clients.Go(func() {
			for range 3 {
				for _, path := range paths {
					if status, body, err := s.get(path); err != nil || status != http.StatusOK {
						failures <- fmt.Sprintf("%s: %d %.200s %v", path, status, body, err)
						return
					}
				}
				r, err := http.Post(s.url+"/api/v1/signals/generate", "application/json", strings.NewReader(`{"symbols":`+symbols+`}`))
				if err != nil || r.StatusCode != http.StatusOK {
					failures <- fmt.Sprintf("generate: %v %v", r, err)
					return
				}
				r.Body.Close()
			}
		})
	}
	clients.Wait()
	close(failures)
	for f := range failures {
		s.t.Fatal(f)
	}
}

// run returns the program's output, which ended well.
func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	var errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir, cmd.Stderr = t.TempDir(), &errs
	out, err := cmd.Output()
	require.NoError(t, err, "%s", errs.String())
	return string(out)
}
