package docs

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/guest/rules"
	"edgesignal/host/gate"
	"edgesignal/host/model"
	"edgesignal/host/release"
)

var jsonBlock = regexp.MustCompile("(?ms)^```json\n(.*?)^```$")

// The complete example of GOLDEN.md says what its model predicts and what its
// rule answers.
func TestTheGoldenExampleHolds(t *testing.T) {
	text, err := os.ReadFile("GOLDEN.md")
	require.NoError(t, err)
	block := jsonBlock.FindSubmatch(text)
	require.NotNil(t, block)
	example := block[1]
	golden, err := gate.ParseGolden(example)
	require.NoError(t, err)
	require.NotEmpty(t, golden.Predictions.Rows)
	require.NotEmpty(t, golden.Portfolios)

	file, err := os.ReadFile("testdata/golden-model.txt")
	require.NoError(t, err)
	m, err := model.Load(file)
	require.NoError(t, err)
	require.Equal(t, golden.Predictions.Features, m.FeatureNames())
	var rows []float64
	for _, row := range golden.Predictions.Rows {
		for _, v := range row {
			rows = append(rows, real(v))
		}
	}
	predictions := make([]float64, len(golden.Predictions.Rows))
	require.NoError(t, m.Predict(predictions, rows))
	require.Equal(t, golden.Predictions.Expected, predictions)
	require.Equal(t, golden.Predictions.Expected, golden.Portfolios[0].Predictions)

	rule, ok := rules.Stock(rules.TopBottom)
	require.True(t, ok)
	verdict, err := gate.InPlace{}.Check(t.Context(), gate.Job{Candidate: gate.Candidate{
		Files: gate.Files{Rule: rule, Golden: example},
		Manifest: release.Manifest{
			Strategy: golden.Strategy, Version: golden.Version, RuleParams: json.RawMessage(`{"bottom_n":3,"top_n":3}`),
			Limits: release.DefaultLimits, RuleSHA256: release.Sum(rule), GoldenSHA256: release.Sum(example),
		},
	}})
	require.NoError(t, err)
	require.Equal(t, len(golden.Portfolios), verdict.Report.Golden.Portfolios)
}

// The example of bars is read by the gate's own reader.
func TestTheExampleOfBarsIsRead(t *testing.T) {
	text, err := os.ReadFile("GOLDEN.md")
	require.NoError(t, err)
	blocks := jsonBlock.FindAllSubmatch(text, -1)
	require.Len(t, blocks, 2)
	golden, err := gate.ParseGolden(blocks[1][1])
	require.NoError(t, err)
	require.Len(t, golden.Bars.Symbols, 2)
	require.Len(t, golden.Bars.Expected, 1)
}
