package host_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/artifacts"
	"edgesignal/host"
	"edgesignal/host/gate"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/internal/programtest"
	"edgesignal/host/operate"
	"edgesignal/host/registry/sqlite"
	"edgesignal/host/release"
	"edgesignal/host/settings"
)

func TestMain(m *testing.M) {
	gate.ServeIfChild()
	// The process's one clock for Date headers, which fasthttp never stops.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
}

// demo is a whole host in this process, as `edgesignal demo` runs it.
type demo struct {
	url   string
	state string
	stop  func() error // as a signal would, once
}

func startDemo(t testing.TB, log io.Writer) *demo {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "state")
	state, err := operate.NewDemoState(dir)
	require.NoError(t, err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	set := state.Settings()
	set.Port, set.GateProgram = 0, programtest.Program(t)
	require.NoError(t, operate.PrepareDemo(t.Context(), set))
	h, err := host.Open(t.Context(), set, host.Identity{Version: "test", Demo: true}, slog.New(slog.NewJSONHandler(log, nil)))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan host.Start, 1), make(chan error, 1)
	go func() {
		ended <- h.Run(ctx, ln, func(s host.Start) error { ready <- s; return s.Err })
	}()
	require.NoError(t, (<-ready).Err)
	d := &demo{url: "http://" + ln.Addr().String(), state: dir, stop: sync.OnceValue(func() error {
		cancel()
		http.DefaultClient.CloseIdleConnections()
		return <-ended
	})}
	t.Cleanup(func() {
		require.NoError(t, d.stop())
		require.NoError(t, state.Close())
	})
	return d
}

type answer struct {
	Signals []struct {
		Symbol          string
		PredictedReturn float64 `json:"predicted_return"`
		TargetWeight    float64 `json:"target_weight"`
		Rank            int
	}
	Metadata struct {
		ModelVersion string `json:"model_version"`
		Release      string
		DataAsOf     string `json:"data_as_of"`
	}
}

// exactly fails unless an answer over symbols is, bit for bit, what the
// release that it names says: LightGBM's own predictions, and the stock rule
// in plain Go on them.
func exactly(a answer, symbols []string, predictions map[string]map[string]map[string]float64) error {
	p, ok := predictions[a.Metadata.ModelVersion]
	if !ok {
		return fmt.Errorf("version %q", a.Metadata.ModelVersion)
	}
	weights := demotest.TopBottom(symbols, p[a.Metadata.DataAsOf], 3, 3)
	for _, s := range a.Signals {
		if s.PredictedReturn != p[a.Metadata.DataAsOf][s.Symbol] || s.TargetWeight != weights[s.Symbol] {
			return fmt.Errorf("%s of %s: %+v, expected %v and %v", s.Symbol, a.Metadata.ModelVersion, s, p[a.Metadata.DataAsOf][s.Symbol], weights[s.Symbol])
		}
	}
	return nil
}

func get[T any](url string) (v T, status int, err error) {
	res, err := http.Get(url)
	if err != nil {
		return v, 0, err
	}
	defer res.Body.Close()
	err = read(res.Body, &v)
	return v, res.StatusCode, err
}

func post[T any](url, body string) (v T, status int, err error) {
	res, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		return v, 0, err
	}
	defer res.Body.Close()
	err = read(res.Body, &v)
	return v, res.StatusCode, err
}

func read(body io.Reader, v any) error {
	b, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

func bothPredictions(t testing.TB) map[string]map[string]map[string]float64 {
	return map[string]map[string]map[string]float64{
		"v1.0.0": demotest.Predictions(t, "v1.0.0"), "v1.1.0": demotest.Predictions(t, "v1.1.0"),
	}
}

func TestTheDemoAnswersWhatResearchSays(t *testing.T) {
	d := startDemo(t, io.Discard)
	predictions := bothPredictions(t)
	all := demotest.Market(t).Symbols()
	five := []string{"AAPL", "AMZN", "GOOGL", "MSFT", "TSLA"}
	for _, tc := range []struct {
		name    string
		ask     func() (answer, int, error)
		over    []string // the book's universe
		signals int
	}{
		{"GET, all 30", func() (answer, int, error) { return get[answer](d.url + "/signals") }, all, 30},
		{"GET, 5 of 30", func() (answer, int, error) {
			return get[answer](d.url + "/api/v1/signals?symbols=" + strings.Join(five, ","))
		}, all, 5},
		{"POST, over 5", func() (answer, int, error) {
			return post[answer](d.url+"/api/v1/signals/generate", `{"symbols":["AAPL","AMZN","GOOGL","MSFT","TSLA"],"as_of_date":"2024-12-31"}`)
		}, five, 5},
		{"POST, over all 30", func() (answer, int, error) {
			body, err := json.Marshal(map[string]any{"symbols": all, "as_of_date": "2024-12-31"})
			require.NoError(t, err)
			return post[answer](d.url+"/api/v1/signals/generate", string(body))
		}, all, 30},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, status, err := tc.ask()
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, status)
			require.Len(t, a.Signals, tc.signals)
			require.Equal(t, "v1.0.0", a.Metadata.ModelVersion)
			require.Equal(t, "2024-12-31", a.Metadata.DataAsOf)
			require.NoError(t, exactly(a, tc.over, predictions))
		})
	}
}

func TestTheREADMEShowsWhatTheDemoAnswers(t *testing.T) {
	d := startDemo(t, io.Discard)
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	text := strings.Join(strings.Fields(string(readme)), "")
	for _, ask := range []func() (*http.Response, error){
		func() (*http.Response, error) { return http.Get(d.url + "/signals?symbols=AAPL,TSLA") },
		func() (*http.Response, error) {
			return http.Post(d.url+"/api/v1/signals/generate", "application/json",
				strings.NewReader(`{"symbols":["AAPL","AMZN","GOOGL","MSFT","TSLA"],"as_of_date":"2024-12-31","top_n":2,"bottom_n":1}`))
		},
	} {
		res, err := ask()
		require.NoError(t, err)
		body, err := io.ReadAll(res.Body)
		require.NoError(t, errors.Join(err, res.Body.Close()))
		// Up to the time of the answer, which differs each time.
		signals, metadata, _ := strings.Cut(string(body), `"metadata"`)
		require.Contains(t, text, signals)
		release, _, _ := strings.Cut(metadata, `"generated_at"`)
		if strings.Contains(string(body), `"rank":30`) {
			require.Contains(t, text, `"metadata"`+release)
		}
	}
}

// Eight readers while releases swap 200 times: every answer is recomputed from
// the release that it names and must match to the last bit.
func TestSwapsUnderLoadGiveNoErrorAndNoMixedAnswer(t *testing.T) {
	d := startDemo(t, io.Discard)
	predictions := bothPredictions(t)
	all := demotest.Market(t).Symbols()
	five := []string{"AAPL", "AMZN", "GOOGL", "MSFT", "TSLA"}
	var stop atomic.Bool
	var digests sync.Map // version -> the one digest it may have
	seen := map[string]*atomic.Int64{"v1.0.0": {}, "v1.1.0": {}}
	var readers sync.WaitGroup
	for i := range 8 {
		readers.Go(func() {
			for ; !stop.Load(); time.Sleep(50 * time.Millisecond) {
				over, ask := all, func() (answer, int, error) { return get[answer](d.url + "/signals?symbols=AAPL,GE") }
				if i%2 == 0 {
					over, ask = five, func() (answer, int, error) {
						return post[answer](d.url+"/api/v1/signals/generate", `{"symbols":["AAPL","AMZN","GOOGL","MSFT","TSLA"]}`)
					}
				}
				a, status, err := ask()
				if err == nil && status != http.StatusOK {
					err = fmt.Errorf("status %d", status)
				}
				if err == nil {
					err = exactly(a, over, predictions)
				}
				if err == nil {
					if first, _ := digests.LoadOrStore(a.Metadata.ModelVersion, a.Metadata.Release); first != a.Metadata.Release {
						err = fmt.Errorf("version %s answers as %v and as %s", a.Metadata.ModelVersion, first, a.Metadata.Release)
					}
				}
				if err != nil {
					t.Error(err)
					return
				}
				seen[a.Metadata.ModelVersion].Add(1)
			}
		})
	}
	type outcome struct {
		Reloaded                          bool
		Outcome, Version, PreviousVersion string
	}
	reg, err := sqlite.Open(t.Context(), filepath.Join(d.state, "registry.db"))
	require.NoError(t, err)
	defer reg.Close()
	for i := range 200 {
		version := []string{"v1.1.0", "v1.0.0"}[i%2]
		_, _, err := reg.Activate(t.Context(), release.Ref{Strategy: artifacts.Strategy, Version: version}, "test", "swap")
		require.NoError(t, err)
		out, status, err := post[outcome](d.url+"/model/reload", "")
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status)
		// The watcher may have been first; the answer is true all the same.
		require.Equal(t, version, out.Version)
		a, _, err := get[answer](d.url + "/signals")
		require.NoError(t, err)
		require.Equal(t, version, a.Metadata.ModelVersion, "after the answer of a reload nothing else is served")
	}
	stop.Store(true)
	readers.Wait()
	for version, n := range seen {
		require.Positive(t, n.Load(), "no reader saw %s", version)
	}
}

func TestActivateFromAnotherProcessReachesTheDemoWithinASecond(t *testing.T) {
	d := startDemo(t, io.Discard)
	before, err := operate.Activate(t.Context(), settings.Shelf{StateDir: d.state}, artifacts.Strategy, "v1.1.0", "test", "")
	require.NoError(t, err)
	require.Equal(t, "v1.0.0", before.Before)
	require.Eventually(t, func() bool {
		a, _, err := get[answer](d.url + "/signals?symbols=AAPL")
		return err == nil && a.Metadata.ModelVersion == "v1.1.0"
	}, 20*time.Second, 5*time.Millisecond)
}

func TestANewRunIsPickedUp(t *testing.T) {
	d := startDemo(t, io.Discard)
	// The same bars again under a later run: other revision, equal answers.
	next := filepath.Join(d.state, "data", "adjusted", "2025-01-02")
	require.NoError(t, os.CopyFS(next+".partial", os.DirFS(filepath.Join(d.state, "data", "adjusted", "2024-12-31"))))
	require.NoError(t, os.Rename(next+".partial", next))
	type market struct {
		RunDate string `json:"run_date"`
	}
	require.Eventually(t, func() bool {
		m, _, err := get[market](d.url + "/api/v1/market")
		return err == nil && m.RunDate == "2025-01-02"
	}, 30*time.Second, 20*time.Millisecond)
	a, _, err := get[answer](d.url + "/signals")
	require.NoError(t, err)
	require.NoError(t, exactly(a, demotest.Market(t).Symbols(), bothPredictions(t)))
}

func TestStopFinishesWhatIsInFlight(t *testing.T) {
	var log bytes.Buffer
	d := startDemo(t, &log)
	var wg sync.WaitGroup
	var ok, refused atomic.Int64
	for range 4 {
		wg.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for {
				res, err := client.Get(d.url + "/signals")
				if err != nil {
					refused.Add(1)
					return
				}
				b, err := io.ReadAll(res.Body)
				res.Body.Close()
				var a answer
				if err != nil || res.StatusCode != http.StatusOK || json.Unmarshal(b, &a) != nil || len(a.Signals) != 30 {
					t.Errorf("a request in flight was cut: %d %v", res.StatusCode, err)
					return
				}
				ok.Add(1)
			}
		})
	}
	require.Eventually(t, func() bool { return ok.Load() > 8 }, 20*time.Second, time.Millisecond)
	require.NoError(t, d.stop())
	wg.Wait()
	require.Equal(t, int64(4), refused.Load(), "each client ends at a refused connection, none at a broken answer")
}
