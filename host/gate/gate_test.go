package gate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/artifacts"
	"edgesignal/guest/rules"
	"edgesignal/host/gate"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/model"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

func TestMain(m *testing.M) {
	gate.ServeIfChild()
	goleak.VerifyTestMain(m)
}

func check(t testing.TB, c gate.Candidate) (*gate.Verdict, error) {
	return gate.InPlace{}.Check(t.Context(), gate.Job{Candidate: c})
}

func steps(r gate.Report) (names []string) {
	for _, s := range r.Steps {
		names = append(names, s.Name)
	}
	return names
}

// good returns v1.0.0 of the demo.
func good(t testing.TB) gate.Candidate {
	r := artifacts.Releases()[0]
	c := gate.Candidate{Files: gate.Files{Model: demotest.File(t, r.Model), Rule: stock(t, rules.TopBottom), Golden: demotest.File(t, r.Golden)}}
	c.Manifest = release.Manifest{
		Strategy: artifacts.Strategy, Version: r.Version, FeatureSet: release.FeatureSetAlpha158,
		RuleParams: json.RawMessage(`{"bottom_n":3,"top_n":3}`), Limits: release.DefaultLimits,
	}
	sign(&c)
	return c
}

func stock(t testing.TB, name string) []byte {
	wasm, ok := rules.Stock(name)
	require.True(t, ok)
	return wasm
}

// params returns a rule's parameters.
func params(t testing.TB, text string) rule.Params {
	p, err := rule.ParseParams([]byte(text))
	require.NoError(t, err)
	return p
}

// sign makes the manifest name the bytes that the candidate has.
func sign(c *gate.Candidate) {
	c.Manifest.RuleSHA256 = release.Sum(c.Rule)
	c.Manifest.ModelSHA256, c.Manifest.GoldenSHA256 = "", ""
	if c.Model != nil {
		c.Manifest.ModelSHA256 = release.Sum(c.Model)
	}
	if c.Golden != nil {
		c.Manifest.GoldenSHA256 = release.Sum(c.Golden)
	}
}

func TestTheDemoPasses(t *testing.T) {
	c := good(t)
	v, err := check(t, c)
	require.NoError(t, err)
	g := v.Report.Golden
	require.Equal(t, &gate.GoldenReport{Predictions: 45, Portfolios: 3, Fuel: g.Fuel}, g, "and not one bit is off")
	require.Len(t, g.Fuel, 3)
	require.Equal(t, []string{"digests", "model", "feature set", "features", "rule", "parameters", "golden file", "golden predictions", "golden portfolios", "golden bars", "purity", "rehearsal"}, steps(v.Report))
	require.Positive(t, v.Report.Probe.Fuel)
	require.Equal(t, "top_bottom", v.Rule.Name)
	require.Equal(t, &model.Evaluator{Name: model.EvaluatorBatch}, v.Report.Evaluator)
}

// What serves evaluates the model as the gate found it right to: the gate has
// tried it on the golden rows too.
func TestLoadedModelsAreEvaluatedAsTheGateSays(t *testing.T) {
	c := good(t)
	v, err := check(t, c)
	require.NoError(t, err)
	for _, want := range []model.Evaluator{{Name: model.EvaluatorBatch}, {Name: model.EvaluatorLeaves, Reason: "golden row 7"}} {
		v.Report.Evaluator = &want
		l, err := gate.Load(t.Context(), c, v, rule.Options{})
		require.NoError(t, err)
		require.Equal(t, want, l.Parts[0].Model.Evaluator())
		require.Equal(t, &want, l.Report.Evaluator)
		require.NoError(t, l.Rule.Close())
	}
}

func TestAReleaseWithoutGoldenFilePasses(t *testing.T) {
	c := good(t)
	c.Golden = nil
	sign(&c)
	v, err := check(t, c)
	require.NoError(t, err)
	require.Nil(t, v.Report.Golden)
}

var firstRow = regexp.MustCompile(`"rows": \[\[[^,]*,`)

func TestEveryRefusalHasItsReason(t *testing.T) {
	edit := func(from, to string) func(*gate.Candidate) {
		return func(c *gate.Candidate) {
			if !bytes.Contains(c.Golden, []byte(from)) {
				panic("the golden file has no " + from)
			}
			c.Golden = bytes.Replace(c.Golden, []byte(from), []byte(to), 1)
		}
	}
	renamed := func(from, to string) func(*gate.Candidate) {
		return func(c *gate.Candidate) { c.Model = bytes.Replace(c.Model, []byte(from), []byte(to), 1) }
	}
	for _, tc := range []struct {
		name     string
		change   func(*gate.Candidate)
		unsigned bool // the manifest names the bytes before the change
		reason   release.Reason
		detail   string
	}{
		{"model bytes changed", func(c *gate.Candidate) { c.Model = append(c.Model, '\n') }, true, release.DigestMismatch, "model: "},
		{"rule bytes changed", func(c *gate.Candidate) { c.Rule = append(c.Rule, 0) }, true, release.DigestMismatch, "rule: "},
		{"golden bytes changed", func(c *gate.Candidate) { c.Golden = append(c.Golden, ' ') }, true, release.DigestMismatch, "golden file: "},
		{"golden file gone", func(c *gate.Candidate) { c.Golden = nil }, true, release.DigestMismatch, "golden file: "},
		{"golden file that the manifest does not name", func(c *gate.Candidate) { c.Manifest.GoldenSHA256 = "" }, true, release.DigestMismatch, "golden file: "},
		{"model is no model", func(c *gate.Candidate) { c.Model = []byte("hello") }, false, release.ModelMalformed, ""},
		{"model of the wrong kind", renamed("num_class=1", "num_class=3"), false, release.ModelUnsupported, ""},
		{"another feature set", func(c *gate.Candidate) { c.Manifest.FeatureSet = "alpha360" }, false, release.FeaturesMismatch, `input 0 of the model is "KMID", which feature set alpha360 does not have`},
		{"features renamed", renamed(" KLEN ", " KLENGTH "), false, release.FeaturesMismatch, `input 1 of the model is "KLENGTH", which feature set alpha158 does not have; is it "KLEN"?`},
		{"rule is no wasm", func(c *gate.Candidate) { c.Rule = []byte("hello") }, false, release.RuleMalformed, ""},
		{"rule of another ABI", func(c *gate.Candidate) { c.Rule = []byte("\x00asm\x01\x00\x00\x00") }, false, release.RuleABI, ""},
		{"parameters against the schema", func(c *gate.Candidate) { c.Manifest.RuleParams = json.RawMessage(`{"top_n":-1}`) }, false, release.RuleABI, "top_n"},
		{"golden file is no JSON", func(c *gate.Candidate) { c.Golden = []byte("{") }, false, release.GoldenMismatch, ""},
		{"golden file checks nothing", func(c *gate.Candidate) { c.Golden = []byte("{}") }, false, release.GoldenMismatch, "checks nothing"},
		{"golden file with an unknown check", edit(`"portfolios"`, `"portfolio"`), false, release.GoldenMismatch, "golden file: unknown field, at byte"},
		{"golden file with a check in another case", edit(`"portfolios"`, `"Portfolios"`), false, release.GoldenMismatch, "golden file: unknown field, at byte"},
		{"golden file with a check twice", edit(`"portfolios"`, `"portfolios": [], "portfolios"`), false, release.GoldenMismatch, "golden file: there twice is the field, at byte"},
		{"golden file of another strategy", edit(`"alpha_baseline"`, `"alpha_other"`), false, release.GoldenMismatch, "of another strategy than alpha_baseline"},
		{"golden file with null for a prediction", edit(`"expected": [`, `"expected": [null, `), false, release.GoldenMismatch, "predictions.expected[0]: null where a number belongs, at byte"},
		{"golden file with null for a tolerance", edit(`"predictions": {`, `"predictions": {"tolerance": null, `), false, release.GoldenMismatch, "predictions.tolerance: null where a number belongs"},
		{"golden file with a feature beyond float32", func(c *gate.Candidate) { c.Golden = firstRow.ReplaceAll(c.Golden, []byte(`"rows": [[1e39,`)) }, false, release.GoldenMismatch, "golden file: predictions.rows[0][0] is beyond a float32"},
		{"golden file with more portfolios than a load may take", func(c *gate.Candidate) {
			one := `{"symbols":["A"],"predictions":[1],"weights":[1]}`
			c.Golden = []byte(`{"portfolios":[` + one + strings.Repeat(","+one, gate.MaxGoldenPortfolios) + `]}`)
		}, false, release.GoldenMismatch, "golden file: 5001 portfolios, at most 5000"},
		{"golden file with text after it", func(c *gate.Candidate) { c.Golden = append(c.Golden, "{}"...) }, false, release.GoldenMismatch, "text after the JSON value"},
		{"golden features exchanged", edit(`"KMID", "KLEN"`, `"KLEN", "KMID"`), false, release.GoldenMismatch, "predictions.rows[0]"},
		{"golden features twice", edit(`"KMID", "KLEN"`, `"KMID", "KMID"`), false, release.GoldenMismatch, "predictions.features[1] is there twice"},
		{"golden features without one", edit(`"KMID", "KLEN"`, `"KMID", "KLENGTH"`), false, release.GoldenMismatch, `predictions.features[1] is no column of feature set alpha158; is it "KLEN"?`},
		{"golden features of another model", func(c *gate.Candidate) {
			c.Golden = []byte(`{"predictions":{"features":["KMID"],"rows":[[1]],"expected":[1]}}`)
		}, false, release.GoldenMismatch, `predictions.features lacks "KLEN", an input of the model`},
		{"one prediction one bit off", edit(`"expected": [`, `"expected": [1e-300, `), false, release.GoldenMismatch, "expected values"},
		{"weights differ", edit(`0.3333333333333333`, `0.3333333333`), false, release.GoldenMismatch, "portfolios[0]: the weight of symbols[0]"},
		{"a portfolio with a symbol twice", edit(`"symbols": ["AAPL", "AMZN"`, `"symbols": ["AAPL", "AAPL"`), false, release.GoldenMismatch, "stands twice"},
		{"limits that its own portfolios break", func(c *gate.Candidate) { c.Manifest.Limits.MaxWeight = 0.1 }, false, release.GoldenMismatch, "max_weight"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := good(t)
			tc.change(&c)
			if !tc.unsigned {
				sign(&c)
			}
			_, err := check(t, c)
			var rejection *release.Rejection
			require.ErrorAs(t, err, &rejection)
			require.Equal(t, tc.reason, rejection.Reason, rejection.Detail)
			require.Contains(t, rejection.Detail, tc.detail)
		})
	}
}

func TestOnePredictionOneBitOffIsRefused(t *testing.T) {
	c := good(t)
	g, err := gate.ParseGolden(c.Golden)
	require.NoError(t, err)
	text, err := json.Marshal(g.Predictions.Expected[7])
	require.NoError(t, err)
	at := strings.Index(string(c.Golden), `"expected"`)
	last := text[len(text)-1]
	other := append(bytes.Clone(text[:len(text)-1]), '0'+(last-'0'+2)%10)
	c.Golden = append(bytes.Clone(c.Golden[:at]), bytes.Replace(c.Golden[at:], text, other, 1)...)
	sign(&c)
	_, err = check(t, c)
	require.ErrorContains(t, err, "predictions.rows[7]")
}

func TestAGoldenPortfolioMayStandInAnyOrder(t *testing.T) {
	c := good(t)
	c.Golden = []byte(`{"portfolios":[{"symbols":["B","C","A"],"predictions":[1,1,2],"params":{"top_n":2,"bottom_n":1},"weights":[0.5,-1,0.5]}]}`)
	sign(&c)
	_, err := check(t, c)
	require.NoError(t, err, "ties go by symbol, not by row")
}

func TestGivingUpIsNoRefusal(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := gate.InPlace{}.Check(ctx, gate.Job{Candidate: good(t)})
	require.ErrorIs(t, err, context.Canceled)
}

func FuzzParseGolden(f *testing.F) {
	f.Add(demotest.File(f, artifacts.Releases()[0].Golden)[:4000])
	f.Add([]byte(`{"predictions":{"features":["a"],"rows":[[null]],"expected":[1]},"portfolios":[{"symbols":["A"],"predictions":[1],"weights":[1]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := gate.ParseGolden(b)
		if err != nil {
			return
		}
		require.Len(t, g.Predictions.Expected, len(g.Predictions.Rows))
		for _, p := range g.Portfolios {
			require.Len(t, p.Weights, len(p.Symbols))
		}
	})
}

func TestAReleaseThatGivesNoBookIsRefused(t *testing.T) {
	for _, tc := range []struct {
		name   string
		module func(*gate.Candidate)
		says   string // "" = it passes
	}{
		{"a gross of 3 where 2 is the limit", func(c *gate.Candidate) {
			c.Rule, c.Manifest.RuleParams = stock(t, "rank_weighted"), json.RawMessage(`{"gross":3}`)
		}, "50 symbols: the rule's weights break max_gross: "},
		{"a limit of the release's own", func(c *gate.Candidate) { c.Manifest.Limits.MaxWeight = 0.1 }, "break max_weight: "},
		{"always status 7", func(c *gate.Candidate) { c.Rule = named(t, "own status 7no weigh").Rule; c.Manifest.RuleParams = nil }, "500 symbols: "},
		{"a net of nothing, which the demo keeps to", func(c *gate.Candidate) { c.Manifest.Limits.MaxAbsNet = 1e-9 }, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := good(t)
			c.Golden, c.Manifest.GoldenSHA256 = nil, ""
			tc.module(&c)
			sign(&c)
			_, err := check(t, c)
			if tc.says == "" {
				require.NoError(t, err)
				return
			}
			requireRejection(t, err, release.RehearsalFailed, tc.says)
		})
	}
}
