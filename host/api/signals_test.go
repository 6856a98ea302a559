package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/gate"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/signal"
)

// TestAnswersAreTheGoldenOnes asks for what the golden files of both releases
// say: LightGBM's own predictions and the weights of the rule.
func TestAnswersAreTheGoldenOnes(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	s := serve(t, b.Board, defaultLimits, nil)
	for _, r := range artifacts.Releases() {
		b.MakeActive(artifacts.Strategy, r.Version)
		require.Equal(t, http.StatusOK, s.post("/model/reload", "").StatusCode)
		golden, err := gate.ParseGolden(demotest.File(t, r.Golden))
		require.NoError(t, err)
		require.NotEmpty(t, golden.Portfolios)
		for i, p := range golden.Portfolios {
			t.Run(fmt.Sprintf("%s portfolio %d", r.Version, i), func(t *testing.T) {
				request, err := json.Marshal(map[string]any{"symbols": p.Symbols, "as_of_date": p.Date, "params": p.Params})
				require.NoError(t, err)
				a := decode[signalsAnswer](t, s.post("/api/v1/signals/generate", string(request)), http.StatusOK)
				require.Equal(t, r.Version, a.Metadata.ModelVersion)
				require.Equal(t, p.Date, a.Metadata.DataAsOf.String())
				require.Len(t, a.Signals, len(p.Symbols))
				lines := bySymbol(a)
				for k, symbol := range p.Symbols {
					require.Equal(t, p.Predictions[k], lines[symbol].PredictedReturn, symbol)
					require.InDelta(t, p.Weights[k], lines[symbol].TargetWeight, gate.DefaultWeightTolerance, symbol)
				}
			})
		}
	}
}

func bySymbol(a signalsAnswer) map[string]signal.Signal {
	lines := map[string]signal.Signal{}
	for _, l := range a.Signals {
		lines[l.Symbol] = l
	}
	return lines
}

func TestAFilterNeverChangesTheBook(t *testing.T) {
	s := serve(t, demotest.NewServingBoard(t, nil).Board, defaultLimits, nil)
	whole := decode[signalsAnswer](t, s.get("/signals"), http.StatusOK)
	require.Len(t, whole.Signals, 30)
	require.Equal(t, 30, whole.Metadata.NumSymbols)
	require.Equal(t, whole.Metadata.DataAsOf, whole.Metadata.AsOfDate)
	lines := bySymbol(whole)
	for _, query := range []string{
		"symbols=AAPL", "symbols=aapl,tsla", "symbols=AAPL&symbols=MSFT", "symbols=%20NVDA%20,JPM&symbols=AMZN",
		"symbols=AAPL,ZZZ&strategy=&as_of_date=", "symbols=AAPL&as_of_date=2024-12-31&strategy=alpha_baseline",
	} {
		t.Run(query, func(t *testing.T) {
			part := decode[signalsAnswer](t, s.get("/api/v1/signals?"+query), http.StatusOK)
			require.Equal(t, len(part.Signals), part.Metadata.NumSymbols)
			for _, l := range part.Signals {
				require.Equal(t, lines[l.Symbol], l)
			}
			require.Equal(t, strings.Contains(query, "ZZZ"), len(part.Metadata.Excluded) == 1)
		})
	}
}

func TestTheAnswerReadsAsPromised(t *testing.T) {
	at := time.Date(2026, 11, 21, 11, 0, 0, 123_456_789, time.FixedZone("", 3600))
	s := serve(t, demotest.NewServingBoard(t, nil).Board, defaultLimits, func(o *Options) { o.Now = func() time.Time { return at } })
	got := s.post("/api/v1/signals/generate", `{"symbols":["tsla","xyz","AAPL","nvda"],"as_of_date":"2025-01-05T23:30:00-05:00","top_n":1,"bottom_n":1}`)
	require.Equal(t, http.StatusOK, got.StatusCode, "%s", got.body)
	require.Equal(t, "application/json", got.Header.Get("Content-Type"))
	line := `\{"symbol":"[A-Z]+","predicted_return":-?[0-9.e-]+,"rank":[123],"target_weight":(0|1|-1)\}`
	require.Regexp(t, `^\{"signals":\[`+line+`,`+line+`,`+line+`\],"metadata":\{"strategy":"alpha_baseline",`+
		`"model_version":"v1.0.0","release":"sha256:[0-9a-f]{64}","generated_at":"2026-11-21T10:00:00.123Z","as_of_date":"2025-01-05",`+
		`"data_as_of":"2024-12-31","num_symbols":3,"market_revision":"[0-9a-f]{64}","excluded":\[\{"symbol":"XYZ","reason":"unknown_symbol"\}\]\}\}`+"\n$", string(got.body))
}

func TestEveryWayToSayTheSameIsTheSame(t *testing.T) {
	s := serve(t, demotest.NewServingBoard(t, nil).Board, defaultLimits, func(o *Options) { o.Now = func() time.Time { return time.Unix(1, 0) } })
	const path = "/api/v1/signals/generate"
	want := s.post(path, `{"symbols":["AAPL","TSLA","NVDA","JPM"],"top_n":2,"bottom_n":1}`)
	require.Equal(t, http.StatusOK, want.StatusCode, "%s", want.body)
	for _, body := range []string{
		`{"symbols":["jpm","nvda","tsla","aapl"],"params":{"top_n":2,"bottom_n":1}}`,
		`{"symbols":["AAPL","TSLA","NVDA","JPM"],"params":{"top_n":2},"bottom_n":1,"strategy":null,"as_of_date":null}`,
		` {"top_n":2,"bottom_n":1,"symbols":["AAPL","TSLA","NVDA","JPM"],"strategy":"","as_of_date":"","params":null,"previous_weights":{"aapl":0.5}}` + "\n",
	} {
		require.Equal(t, string(want.body), string(s.post(path, body).body), body)
	}
	require.Equal(t, string(s.get("/signals").body), string(s.get("/api/v1/signals").body))
	require.Equal(t, string(s.get("/model/info").body), string(s.get("/api/v1/model/info").body))
}
