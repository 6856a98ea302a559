package api

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/artifacts"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/live"
	"edgesignal/host/market"
	"edgesignal/host/release"
	"edgesignal/host/rule"
	"edgesignal/host/score"
	"edgesignal/host/signal"
)

// caching has everything kept that can be.
func caching(o *Options) {
	o.Engine = &signal.Engine{Scores: score.New(64 << 20), Columns: signal.NewColumnCache(1 << 20)}
	o.AnswerCacheBytes = 1 << 20
}

// standing is a clock that does not go on, so that bytes can be compared.
func standing(o *Options) { o.Now = func() time.Time { return time.Unix(1_764_000_000, 0) } }

// TestKeptAnswersAreThoseOfNoCache asks the same of a server that keeps
// everything and of one that keeps nothing, while releases and markets swap.
func TestKeptAnswersAreThoseOfNoCache(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	kept := serve(t, b.Board, defaultLimits, func(o *Options) { caching(o); standing(o) })
	plain := serve(t, b.Board, defaultLimits, standing)
	whole := demotest.Market(t)
	fewer := *whole
	fewer.Series, fewer.Revision = whole.Series[3:], strings.Repeat("f", 64)
	random := rand.New(rand.NewPCG(5, 2))
	symbols := append(whole.Symbols(), "ZZZ")
	days := []string{"", "2024-12-31", "2024-06-16", "2031-01-01", "2021-02-01"}
	some := func() string {
		random.Shuffle(len(symbols), func(i, j int) { symbols[i], symbols[j] = symbols[j], symbols[i] })
		return strings.Join(symbols[:1+random.IntN(4)], `,`)
	}
	for range 300 {
		switch random.IntN(8) {
		case 0:
			b.MakeActive(artifacts.Strategy, []string{"v1.0.0", "v1.1.0"}[random.IntN(2)])
			_, err := b.Reload(t.Context(), "")
			require.NoError(t, err)
		case 1:
			require.NoError(t, b.SetMarket([]*market.Market{whole, &fewer}[random.IntN(2)]))
		}
		day := days[random.IntN(len(days))]
		get := "/signals?as_of_date=" + day
		if random.IntN(2) == 0 {
			get += "&symbols=" + some()
		}
		post, err := json.Marshal(map[string]any{
			"symbols": strings.Split(some(), ","), "as_of_date": day, "top_n": random.IntN(3), "params": map[string]int{"bottom_n": random.IntN(2)},
		})
		require.NoError(t, err)
		for range 3 {
			for _, r := range []struct {
				method, path string
				body         []byte
			}{{http.MethodGet, get, nil}, {http.MethodPost, generatePath, post}} {
				want := ask(plain, r.method, r.path, "application/json", r.body)
				got := ask(kept, r.method, r.path, "application/json", r.body)
				require.Equal(t, want.StatusCode, got.StatusCode)
				require.Equal(t, string(want.body), string(got.body), "%s %s", r.path, r.body)
			}
		}
	}
	require.Greater(t, kept.pages.Stats().Hits, int64(200))
	require.Zero(t, plain.pages.Stats())
}

// TestOneChangeIsAnotherPage changes one thing at a time of all that a key
// must hold.
func TestOneChangeIsAnotherPage(t *testing.T) {
	day := market.Date(20_000)
	base := func() (*live.Snapshot, *signal.Query) {
		return &live.Snapshot{Release: &live.Release{Digest: "sha256:a"}, Market: &market.Market{Revision: "m"}},
			&signal.Query{Symbols: []string{"A", "B"}, Params: params(t, `{"a":1}`), Previous: map[string]float64{"A": 0.5}}
	}
	keys := map[string]string{}
	for name, change := range map[string]func(*live.Snapshot, *signal.Query){
		"nothing":                 func(*live.Snapshot, *signal.Query) {},
		"release":                 func(s *live.Snapshot, _ *signal.Query) { s.Release = &live.Release{Digest: "sha256:b"} },
		"market":                  func(s *live.Snapshot, _ *signal.Query) { s.Market = &market.Market{Revision: "n"} },
		"no market":               func(s *live.Snapshot, _ *signal.Query) { s.Market = nil },
		"day":                     func(_ *live.Snapshot, q *signal.Query) { q.AsOf = &day },
		"the oldest day":          func(_ *live.Snapshot, q *signal.Query) { q.MinDataAsOf = &day },
		"symbols":                 func(_ *live.Snapshot, q *signal.Query) { q.Symbols = []string{"A", "C"} },
		"symbols run together":    func(_ *live.Snapshot, q *signal.Query) { q.Symbols = []string{"AB"} },
		"a filter instead":        func(_ *live.Snapshot, q *signal.Query) { q.Symbols, q.Only = nil, q.Symbols },
		"a filter and one symbol": func(_ *live.Snapshot, q *signal.Query) { q.Symbols, q.Only = []string{"A"}, []string{"B"} },
		"parameters":              func(_ *live.Snapshot, q *signal.Query) { q.Params = params(t, `{"a":2}`) },
		"no parameters":           func(_ *live.Snapshot, q *signal.Query) { q.Params = rule.Params{} },
		"a weight":                func(_ *live.Snapshot, q *signal.Query) { q.Previous = map[string]float64{"A": 0.25} },
		"another's weight":        func(_ *live.Snapshot, q *signal.Query) { q.Previous = map[string]float64{"B": 0.5} },
		"a weight of 0":           func(_ *live.Snapshot, q *signal.Query) { q.Previous = map[string]float64{"A": 0} },
		"no weights":              func(_ *live.Snapshot, q *signal.Query) { q.Previous = nil },
		"parameters like a weight": func(_ *live.Snapshot, q *signal.Query) {
			q.Params, q.Previous = params(t, `{"a":"\nA 3fe0000000000000"}`), nil
		},
		"symbols like a parameter": func(_ *live.Snapshot, q *signal.Query) {
			q.Symbols, q.Params = []string{"A", "B", "0", "7"}, rule.Params{}
		},
		"symbols, and a filter too": func(_ *live.Snapshot, q *signal.Query) { q.Only = []string{"A"} },
	} {
		snap, q := base()
		change(snap, q)
		key := string(appendKey(nil, snap, q, false))
		require.Empty(t, keys[key], "%s", name)
		keys[key] = name
		require.Equal(t, key, string(appendKey(nil, snap, q, false)))
	}
}

func TestGeneratedAtIsWhenTheBookWasComputed(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	var now atomic.Int64
	s := serve(t, b.Board, defaultLimits, func(o *Options) {
		caching(o)
		o.Now = func() time.Time { return time.Unix(now.Add(1), 0) }
	})
	first := s.get("/signals")
	require.Equal(t, string(first.body), string(s.get("/api/v1/signals").body))
	require.Contains(t, string(first.body), `"generated_at":"1970-01-01T00:00:01Z"`)
	require.Contains(t, string(s.get("/signals?symbols=AAPL").body), `"generated_at":"1970-01-01T00:00:02Z"`)
}

func TestWhoHasTheBookIsToldSo(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	s := serve(t, b.Board, defaultLimits, caching)
	first := s.get("/signals")
	etag := first.Header.Get("ETag")
	require.Regexp(t, `^"[0-9a-f]{32}"$`, etag)
	require.Equal(t, "no-cache", first.Header.Get("Cache-Control"))
	for _, tc := range []struct {
		header string
		status int
	}{
		{etag, 304}, {"W/" + etag, 304}, {`"x", ` + etag, 304}, {`"x",W/` + etag + ` , "y"`, 304}, {"*", 304},
		{`"x"`, 200}, {"", 200}, {strings.Trim(etag, `"`), 200},
	} {
		t.Run(tc.header, func(t *testing.T) {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				r := s.do(method, "/signals", "", "If-None-Match", tc.header)
				require.Equal(t, tc.status, r.StatusCode)
				require.Equal(t, etag, r.Header.Get("ETag"))
				if tc.status == 304 || method == http.MethodHead {
					require.Empty(t, r.body)
				}
			}
		})
	}
	require.NotEqual(t, etag, s.get("/signals?symbols=AAPL").Header.Get("ETag"))
	b.MakeActive(artifacts.Strategy, "v1.1.0")
	_, err := b.Reload(t.Context(), "")
	require.NoError(t, err)
	changed := s.do(http.MethodGet, "/signals", "", "If-None-Match", etag)
	require.Equal(t, http.StatusOK, changed.StatusCode)
	require.NotEqual(t, etag, changed.Header.Get("ETag"))
	require.Empty(t, s.post(generatePath, `{"symbols":["AAPL"]}`).Header.Get("ETag"))
}

// TestBooksAreEncodedAsTheirStructIs holds the encoder against encoding/json.
func TestBooksAreEncodedAsTheirStructIs(t *testing.T) {
	symbol := rapid.StringMatching(`[A-Z0-9_^=&+-][A-Z0-9._^=&+-]{0,31}`)
	names := rapid.OneOf(symbol, rapid.String(), rapid.SampledFrom([]string{"\"", "\\", "\x7f", "<&>", "\u2028", "\xff", "ä"}))
	rapid.Check(t, func(t *rapid.T) {
		snap := &live.Snapshot{
			Release: &live.Release{Digest: names.Draw(t, "digest"), Manifest: release.Manifest{Strategy: names.Draw(t, "strategy"), Version: names.Draw(t, "version")}},
			Market:  &market.Market{Revision: names.Draw(t, "revision")},
		}
		in := &signal.Inputs{AsOf: market.Date(rapid.IntRange(-20_000, 80_000).Draw(t, "as of")), DataAsOf: 20_000}
		book := &signal.Answer{Inputs: in}
		for i := range rapid.IntRange(0, 4).Draw(t, "signals") {
			p := rapid.Float64().Draw(t, "prediction")
			text, err := json.Marshal(p + 0) // -0 is 0
			require.NoError(t, err)
			in.Symbols, in.Predictions = append(in.Symbols, symbol.Draw(t, "symbol")), append(in.Predictions, p)
			in.Decimals, in.Ranks = append(in.Decimals, string(text)), append(in.Ranks, i)
			book.Weights, book.Order = append(book.Weights, rapid.Float64().Draw(t, "weight")), append(book.Order, int32(i))
		}
		for range rapid.IntRange(0, 3).Draw(t, "excluded") {
			book.Excluded = append(book.Excluded, signal.Excluded{Symbol: symbol.Draw(t, "left out"), Reason: signal.NoBar})
		}
		now := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "now"), rapid.Int64Range(0, 1e9-1).Draw(t, "ns"))
		stale := rapid.Bool().Draw(t, "stale")
		want, err := encoded(newSignalsAnswer(snap, book, now, stale))
		require.NoError(t, err)
		require.Equal(t, string(want), string(appendBook(nil, snap, book, now, stale)))
	})
}

func TestTheAnswersKeptAreBounded(t *testing.T) {
	const limit = 50_000
	s := serve(t, demotest.NewServingBoard(t, nil).Board, defaultLimits, func(o *Options) { o.AnswerCacheBytes = limit })
	for i := range 100 {
		for range 2 { // what comes once is not kept
			r := s.post(generatePath, fmt.Sprintf(`{"symbols":["AAPL","MSFT","X%d"]}`, i))
			require.Equal(t, http.StatusOK, r.StatusCode, "%s", r.body)
		}
		require.LessOrEqual(t, s.pages.Stats().Bytes, int64(limit))
	}
	require.Greater(t, s.pages.Stats().Entries, 10)
	metrics := string(s.get("/metrics").body)
	require.Contains(t, metrics, `edgesignal_cache_misses_total{cache="answers"} 100`)
	require.Contains(t, metrics, `edgesignal_cache_bytes{cache="scores"} 0`)
}
