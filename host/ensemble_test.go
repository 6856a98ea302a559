package host_test

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/internal/programtest"
	"edgesignal/host/operate"
	"edgesignal/host/release"
	"edgesignal/host/settings"
)

// combined returns what a release of both of the demo's models must predict, from
// LightGBM's own predictions, by date, then symbol.
func combined(t testing.TB, w0, w1 float64) map[string]map[string]float64 {
	first, second := demotest.Predictions(t, "v1.0.0"), demotest.Predictions(t, "v1.1.0")
	for date, day := range first {
		for symbol, p := range day {
			day[symbol] = float64(w0*p) + float64(w1*second[date][symbol])
		}
	}
	return first
}

// combinedGolden returns a golden file with the rows of the demo's and what both
// models together predict for them.
func combinedGolden(t testing.TB, want map[string]map[string]float64) []byte {
	var demo struct {
		Predictions map[string]json.RawMessage `json:"predictions"`
	}
	require.NoError(t, json.Unmarshal(demotest.File(t, artifacts.Releases()[0].Golden), &demo))
	var keys [][2]string
	require.NoError(t, json.Unmarshal(demo.Predictions["keys"], &keys))
	expected := make([]float64, len(keys))
	for i, k := range keys {
		expected[i] = want[k[1]][k[0]]
		require.NotZero(t, expected[i])
	}
	var err error
	demo.Predictions["expected"], err = json.Marshal(expected)
	require.NoError(t, err)
	file, err := json.Marshal(demo)
	require.NoError(t, err)
	return file
}

// Two models in one release: every prediction of every day is the weighted sum of
// what LightGBM predicts with each, to the bit.
func TestSeveralModelsServe(t *testing.T) {
	dir := t.TempDir()
	bars, err := fs.Sub(artifacts.FS, artifacts.Bars)
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(filepath.Join(dir, "bars"), bars))
	cfg := settings.Defaults()
	cfg.StateDir, cfg.ArtifactStore = filepath.Join(dir, "state"), settings.Place("file://"+filepath.Join(dir, "store"))
	cfg.DataDir, cfg.GateProgram = settings.Place(filepath.Join(dir, "bars")), programtest.Program(t)
	var models []string
	for i, r := range artifacts.Releases() {
		models = append(models, filepath.Join(dir, r.Version))
		require.NoError(t, os.WriteFile(models[i], demotest.File(t, r.Model), 0o600))
	}
	golden := filepath.Join(dir, "golden.json")
	publish := operate.PublishRequest{
		Strategy: artifacts.Strategy, Version: "both", Models: models, Weights: []float64{0.3, -1.7}, GoldenFile: golden,
		Status: string(release.Inactive), CreatedBy: "ci", Activate: true, Legs: cfg.Legs,
	}
	require.NoError(t, os.WriteFile(golden, combinedGolden(t, combined(t, -1.7, 0.3)), 0o600))
	_, err = operate.Publish(t.Context(), cfg.Shelf, publish)
	var refused *release.Rejection
	require.ErrorAs(t, err, &refused)
	require.Equal(t, release.GoldenMismatch, refused.Reason)
	want := combined(t, 0.3, -1.7)
	require.NoError(t, os.WriteFile(golden, combinedGolden(t, want), 0o600))
	done, err := operate.Publish(t.Context(), cfg.Shelf, publish)
	require.NoError(t, err)
	require.Equal(t, 45, done.Report.Golden.Predictions)
	require.Zero(t, done.Report.Golden.WorstPrediction)

	r := start(t, cfg)
	get := func(path string, into any) {
		res, err := http.Get(r.url + path)
		require.NoError(t, err)
		defer res.Body.Close()
		require.Equal(t, http.StatusOK, res.StatusCode, r.log)
		require.NoError(t, json.NewDecoder(res.Body).Decode(into))
	}
	var info struct {
		Gate struct {
			Evaluator struct {
				Name  string
				Parts []struct{ Name string }
			}
		}
	}
	get("/model/info", &info)
	require.Equal(t, "ensemble", info.Gate.Evaluator.Name)
	require.Len(t, info.Gate.Evaluator.Parts, 2)
	compared := 0
	for date, day := range want {
		var answer struct {
			Signals []struct {
				Symbol    string
				Predicted float64 `json:"predicted_return"`
			}
		}
		get("/signals?as_of_date="+date, &answer)
		for _, s := range answer.Signals {
			require.Equal(t, day[s.Symbol], s.Predicted, "%s on %s", s.Symbol, date)
			compared++
		}
		require.Len(t, answer.Signals, len(day))
	}
	require.Greater(t, compared, 5000)
}
