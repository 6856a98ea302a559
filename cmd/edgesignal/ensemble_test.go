package main

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A release of several models is the same bytes, whichever way they are named, and
// score takes them too.
func TestSeveralModels(t *testing.T) {
	t.Chdir(t.TempDir())
	first, second := demoFiles+"/models/alpha_baseline-v1.0.0.txt", demoFiles+"/models/alpha_baseline-v1.1.0.txt"
	publish := func(more ...string) string {
		return ok(t, append([]string{"publish", "--strategy", "alpha_baseline", "--version", "both"}, more...)...)
	}
	out := publish("--model", first, "--model", second, "--weights", "0.3,-1.7")
	sha, _, _ := strings.Cut(strings.SplitAfter(out, "model sha256:")[1], "\n")
	file := "artifacts/sha256/" + sha
	require.FileExists(t, file)
	require.NoError(t, os.Mkdir("models", 0o700))
	require.NoError(t, os.WriteFile("models/a.txt", []byte(readFile(t, first)), 0o600))
	list := `{"parts":[{"model":"a.txt","weight":0.3},{"weight":-1.7,"model":"` + second + `"}]}`
	require.NoError(t, os.WriteFile("models/list.json", []byte(list), 0o600))
	require.Contains(t, publish("--model", "models/list.json"), sha)
	require.Contains(t, publish("--model", file), sha)

	ok(t, "features", "--data", demoFiles+"/bars", "--symbols", "AAPL,MSFT", "--out", "rows.csv")
	numbers := func(model string) (list []float64) {
		for line := range strings.Lines(ok(t, "score", "--model", model, "--rows", "rows.csv")) {
			x, err := strconv.ParseFloat(strings.TrimSpace(line), 64)
			require.NoError(t, err)
			list = append(list, x)
		}
		return list
	}
	p0, p1, both := numbers(first), numbers(second), numbers(file)
	require.Greater(t, len(both), 500)
	for i, p := range both {
		require.Equal(t, float64(0.3*p0[i])+float64(-1.7*p1[i]), p, "row %d", i)
	}
	r := edgesignal(t, "score", "--model", file, "--rows", "rows.csv", "--raw")
	require.Equal(t, exitError, r.code)
	require.Contains(t, r.err, "several models have no raw score together")
}

func TestModelsThatCannotBePublishedTogether(t *testing.T) {
	t.Chdir(t.TempDir())
	model := lightgbm + "/models/reg_100x31.txt"
	for name, text := range map[string]string{
		"mixed.json": `{"parts":[{"model":"` + model + `","weight":1},{"model":"` + model + `"}]}`,
		"empty.json": `{"parts":[]}`,
		"names.json": `{"parts":[{"secret":1}]}`,
		"none.json":  `{"parts":[{"weight":1}]}`,
		"away.json":  `{"parts":[{"model":"away.txt"}]}`,
	} {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	}
	for _, tc := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"a weight too few", []string{"--model", model, "--model", model, "--weights", "1"}, exitUsage, "--weights has 1 numbers for 2 models"},
		{"a weight that is none", []string{"--model", model, "--weights", "much"}, exitUsage, `--weights: "much" is not a number`},
		{"an infinite weight", []string{"--model", model, "--model", model, "--weights", "1,inf"}, exitError, "weight 1 is not finite"},
		{"an id of MLflow among files", []string{"--model", model, "--model", "models:/a/1"}, exitError, "models:/a/1: only a single model may be named by an id of MLflow"},
		{"one that is no model", []string{"--model", model, "--model", demoFiles + "/golden-v1.0.0.json"}, exitError, "model_malformed: parts[1]: it is JSON"},
		{"one that is not there", []string{"--model", model, "--model", "none.txt"}, exitError, "none.txt"},
		{"weights for some", []string{"--model", "mixed.json"}, exitError, "mixed.json: parts[1]: either all parts have a weight, or none has one"},
		{"a list of none", []string{"--model", "empty.json"}, exitError, "empty.json: parts names no model"},
		{"an unknown key", []string{"--model", "names.json"}, exitError, "names.json: parts[0]: unknown field, at byte"},
		{"a part without a file", []string{"--model", "none.json"}, exitError, "none.json: parts[0] names no model"},
		{"a file that is not there", []string{"--model", "away.json"}, exitError, "away.txt"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := edgesignal(t, append([]string{"publish", "--strategy", "s", "--version", "v"}, tc.args...)...)
			require.Equal(t, tc.code, r.code, r.err)
			require.Contains(t, r.err, tc.says)
			require.Equal(t, 1, strings.Count(strings.TrimSpace(r.err), "\n")+1)
			require.NotContains(t, r.err, "secret")
		})
	}
}
