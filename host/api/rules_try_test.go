package api

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/guest/rules"
	"edgesignal/host/gate"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/rule"
)

// part is one field of a form; symbols may come several times.
type part struct{ name, value string }

func form(t testing.TB, parts ...part) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		if p.name == "module" {
			f, err := w.CreateFormFile("module", "rule.wasm")
			require.NoError(t, err)
			_, err = f.Write([]byte(p.value))
			require.NoError(t, err)
			continue
		}
		require.NoError(t, w.WriteField(p.name, p.value))
	}
	require.NoError(t, w.Close())
	return b.String(), w.FormDataContentType()
}

func stockRule(t testing.TB, name string) string {
	t.Helper()
	wasm, ok := rules.Stock(name)
	require.True(t, ok)
	return string(wasm)
}

func trySite(t testing.TB) *site {
	return serve(t, demotest.NewServingBoard(t, nil).Board, defaultLimits, func(o *Options) { o.Gate = gate.InPlace{} })
}

func (s *site) try(parts ...part) reply {
	body, contentType := form(s.t, parts...)
	return s.do(http.MethodPost, pathTry, body, "Content-Type", contentType)
}

func TestTryAnswersAsTheReleaseWould(t *testing.T) {
	s := trySite(t)
	r := s.try(part{"module", stockRule(t, rules.TopBottom)}, part{"params", `{"top_n":2,"bottom_n":1}`}, part{"as_of_date", "2024-06-16"},
		part{"symbols", "aapl, MSFT"}, part{"symbols", "TSLA"}, part{"strategy", "alpha_baseline"})
	got := decode[tryAnswer](t, r, http.StatusOK)
	want := decode[signalsAnswer](t, s.do(http.MethodPost, "/api/v1/signals/generate",
		`{"symbols":["AAPL","MSFT","TSLA"],"as_of_date":"2024-06-16","top_n":2,"bottom_n":1}`), http.StatusOK)
	require.Equal(t, want.Signals, got.Signals)
	want.Metadata.GeneratedAt = got.Metadata.GeneratedAt
	require.Equal(t, want.Metadata, got.Metadata)
	require.Equal(t, "top_bottom", got.Rule.Name)
	require.JSONEq(t, `{"top_n":2,"bottom_n":1}`, string(got.Rule.Params))
	require.Positive(t, got.Fuel)
	require.NotEmpty(t, got.Gate.Steps)
}

func TestTryFeedsTheColumns(t *testing.T) {
	s := trySite(t)
	r := s.try(part{"module", stockRule(t, "no_trade_band")}, part{"params", `{"band":2}`}, part{"previous_weights", `{"AAPL":0.5,"msft":-0.5}`})
	for _, l := range decode[tryAnswer](t, r, http.StatusOK).Signals {
		require.InDelta(t, map[string]float64{"AAPL": 0.5, "MSFT": -0.5}[l.Symbol], l.TargetWeight, 0, l.Symbol)
	}
	for _, name := range rules.Names() {
		require.Equal(t, http.StatusOK, s.try(part{"module", stockRule(t, name)}).StatusCode, name)
	}
}

func TestTryRefuses(t *testing.T) {
	s := trySite(t)
	module := part{"module", stockRule(t, rules.TopBottom)}
	for _, tc := range []struct {
		name   string
		parts  []part
		status int
		code   code
		says   string
	}{
		{"no module", []part{{"params", "{}"}}, 422, invalid, "module: a wasm module is required"},
		{"an empty module", []part{{"module", ""}}, 422, invalid, "module: a wasm module is required"},
		{"not wasm", []part{{"module", "hello"}}, 422, ruleRejected, "rule_malformed"},
		{"a rule of another ABI", []part{{"module", "\x00asm\x01\x00\x00\x00"}}, 422, ruleRejected, "rule_abi"},
		{"parameters that its schema refuses", []part{module, {"params", `{"top_n":-1}`}}, 422, ruleRejected, "top_n"},
		{"parameters that are no JSON", []part{module, {"params", `{`}}, 400, badRequest, "field params is not JSON"},
		{"parameters that are no object", []part{module, {"params", `[]`}}, 400, badRequest, "field params: an object expected"},
		{"a parameter twice", []part{module, {"params", `{"top_n":1,"top_n":2}`}}, 400, badRequest, "twice"},
		{"unknown field", []part{module, {"topn", "1"}}, 400, badRequest, `unknown field "topn"`},
		{"a field twice", []part{module, module}, 400, badRequest, `field "module" is there twice`},
		{"unknown strategy", []part{module, {"strategy", "nope"}}, 404, unknownStrategy, "nope"},
		{"malformed day", []part{module, {"as_of_date", "yesterday"}}, 400, badRequest, "as_of_date"},
		{"a symbol twice", []part{module, {"symbols", "AAPL,aapl"}}, 422, invalid, "symbols[1]"},
		{"no data", []part{module, {"symbols", "NOPE"}}, 422, noData, "NOPE"},
		{"weights over a limit", []part{{"module", stockRule(t, "rank_weighted")}, {"params", `{"gross":5}`}}, 500, ruleFailed, "max_gross"},
		{"more symbols than there may be", []part{module, {"symbols", strings.Repeat("A,", maxSymbols+1)}}, 422, invalid, "the limit is"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := decode[problem](t, s.try(tc.parts...), tc.status)
			require.Equal(t, tc.code, p.Code)
			require.Contains(t, p.Detail, tc.says)
			require.Equal(t, tc.code == ruleRejected, p.Reason != "")
		})
	}
	r := s.do(http.MethodPost, pathTry, "--x\r\nrubbish", "Content-Type", "multipart/form-data; boundary=x")
	require.Equal(t, badRequest, decode[problem](t, r, http.StatusBadRequest).Code)
}

// A module may be larger than every other body, and only so many at once.
func TestTryTakesLargeModules(t *testing.T) {
	s := trySite(t)
	large, err := rule.WithMeta([]byte(stockRule(t, rules.TopBottom)), []byte(`{}`))
	require.NoError(t, err)
	large = append(large, 0, 0x80, 0x80, 0x80, 1, 3, 'p', 'a', 'd') // a custom section of 2 MiB
	large = append(large, make([]byte, 2<<20-4)...)
	for i := range maxUploads {
		require.Equal(t, http.StatusUnprocessableEntity, s.try(part{"module", string(large)}).StatusCode, i)
	}
	require.Equal(t, http.StatusRequestEntityTooLarge, s.try(part{"module", string(large)}).StatusCode, "one too many in a moment")
	require.Equal(t, http.StatusOK, s.try(part{"module", stockRule(t, rules.TopBottom)}).StatusCode, "a small one is no such upload")
	r := s.do(http.MethodPost, "/api/v1/signals/generate", strings.Repeat(" ", defaultLimits.body+1))
	require.Equal(t, http.StatusRequestEntityTooLarge, r.StatusCode)
}
