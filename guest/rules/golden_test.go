package rules_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/guest/rules"
	"edgesignal/host/gate"
)

var update = flag.Bool("update", false, "write the golden files again")

func goldens() []golden { return slices.Concat(scoreGoldens, legGoldens) }

func goldensOf(rule string) []golden {
	return slices.DeleteFunc(goldens(), func(g golden) bool { return g.rule != rule })
}

// What was worked out by hand, the plain Go and the module agree.
func TestGoldenPortfolios(t *testing.T) {
	for _, name := range rules.Names() {
		m := module(t, name)
		cases := goldensOf(name)
		require.NotEmpty(t, cases, name)
		for _, g := range cases {
			t.Run(name+"/"+g.name, func(t *testing.T) {
				requireWeights(t, g.want, reference(name, g.input))
				got, err := construct(m, g.input)
				require.NoError(t, err)
				requireWeights(t, g.want, got)
			})
		}
	}
}

// goldenFile is what testdata/golden/NAME.json holds, a golden file as the
// gate reads it.
type goldenFile struct {
	Source     string            `json:"source"`
	Portfolios []goldenPortfolio `json:"portfolios"`
}

type goldenPortfolio struct {
	Symbols     []string              `json:"symbols"`
	Predictions []float64             `json:"predictions"`
	Columns     map[string][]*float64 `json:"columns"` // nil = missing
	Params      json.RawMessage       `json:"params"`
	Weights     []float64             `json:"weights"`
	Tolerance   float64               `json:"tolerance"`
}

// The golden files hold what the plain Go says: -update writes them.
func TestGoldenFiles(t *testing.T) {
	for _, name := range rules.Names() {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", "golden", name+".json")
			want := goldenText(t, name)
			if *update {
				require.NoError(t, os.WriteFile(path, want, 0o644))
			}
			got, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got))
			parsed, err := gate.ParseGolden(got)
			require.NoError(t, err)
			require.Len(t, parsed.Portfolios, len(goldensOf(name)))
		})
	}
}

func goldenText(t *testing.T, rule string) []byte {
	t.Helper()
	file := goldenFile{Source: "the formulas of guest/rules/README.md in plain Go"}
	for _, g := range goldensOf(rule) {
		p := goldenPortfolio{
			Symbols: goldenSymbols[:len(g.want)], Predictions: g.input.predictions, Columns: map[string][]*float64{},
			Params: json.RawMessage("{}"), Weights: reference(rule, g.input), Tolerance: tolerance,
		}
		if g.input.params != "" {
			p.Params = json.RawMessage(g.input.params)
		}
		for name, values := range g.input.columns {
			for _, v := range values {
				var value *float64
				if !math.IsNaN(v) {
					value = &v
				}
				p.Columns[name] = append(p.Columns[name], value)
			}
		}
		file.Portfolios = append(file.Portfolios, p)
	}
	return onePerLine(t, file)
}

// onePerLine returns JSON with a portfolio on each line, so that a change shows
// which one it is.
func onePerLine(t *testing.T, file goldenFile) []byte {
	t.Helper()
	var b bytes.Buffer
	source, err := json.Marshal(file.Source)
	require.NoError(t, err)
	b.WriteString(`{"source": ` + string(source) + ", \"portfolios\": [\n")
	for i, p := range file.Portfolios {
		line, err := json.Marshal(p)
		require.NoError(t, err)
		b.Write(line)
		if i < len(file.Portfolios)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("]}\n")
	return b.Bytes()
}
