package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/guest/rules"
)

func TestRuleCheckSaysWhatARuleDeclares(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range rules.Names() {
		out := ok(t, "rule", "check", "builtin:"+name)
		require.Contains(t, out, name+" 1.0.0: admissible, ")
		var line ruleLine
		require.NoError(t, json.Unmarshal([]byte(ok(t, "rule", "check", "builtin:"+name, "--json")), &line))
		require.Equal(t, name, line.Name)
		require.Positive(t, line.Gate.Probe.Fuel)
		require.Positive(t, line.Bytes)
		require.Len(t, line.SHA256, 64)
		require.NotEmpty(t, line.Params)
	}
	left, err := os.ReadDir(".")
	require.NoError(t, err)
	require.Empty(t, left, "an author's folder stays as it is")
}

func TestRuleRun(t *testing.T) {
	t.Chdir(t.TempDir())
	file := func(name, text string) {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	}
	file("scores.csv", "symbol,prediction,previous_weight\nmsft,0.2,0.1\nAAPL,0.1,\nTSLA,-0.3,nan\n")
	r := edgesignal(t, "rule", "run", "builtin:top_bottom", "--scores", "scores.csv", "--params", `{"top_n":1,"bottom_n":2}`)
	require.Zero(t, r.code, r.err)
	require.Equal(t, "symbol,weight\nMSFT,1\nAAPL,-0.5\nTSLA,-0.5\n", r.out)
	require.Regexp(t, `^fuel: \d+ of 50060000 units for 3 symbols\n$`, r.err)
	require.Equal(t, "symbol,weight\nMSFT,0.1\nAAPL,0\nTSLA,0\n",
		ok(t, "rule", "run", "builtin:no_trade_band", "--scores", "scores.csv", "--params", `{"band":2}`))

	file("twice.csv", "symbol,prediction\nA,1\nB,2\na,3\n")
	file("nan.csv", "symbol,prediction\nA,nan\n")
	file("text.csv", "symbol,prediction,close\nA,1,x\n")
	file("short.csv", "symbol,prediction\nA\n")
	file("header.csv", "prediction,symbol\n1,A\n")
	file("names.csv", "symbol,prediction,close,close\nA,1,1,1\n")
	file("none.csv", "symbol,prediction\n")
	file("empty.csv", "")
	file("plain.csv", "symbol,prediction\nA,1\nB,-1\n")
	for _, tc := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"no scores", []string{"builtin:top_bottom"}, exitUsage, "--scores"},
		{"no module", []string{"nothing.wasm", "--scores", "plain.csv"}, exitError, "nothing.wasm"},
		{"no such stock rule", []string{"builtin:none", "--scores", "plain.csv"}, exitError, "builtin:none: no such stock rule; there are capped, "},
		{"a symbol twice", []string{"builtin:top_bottom", "--scores", "twice.csv"}, exitError, "twice.csv: line 4: the symbol is there already, on line 2"},
		{"no prediction", []string{"builtin:top_bottom", "--scores", "nan.csv"}, exitError, "nan.csv: line 2: column 2 is no finite prediction"},
		{"text in a column", []string{"builtin:top_bottom", "--scores", "text.csv"}, exitError, "text.csv: line 2: column 3 is not a number"},
		{"a cell too few", []string{"builtin:top_bottom", "--scores", "short.csv"}, exitError, "short.csv: record on line 2: wrong number of fields"},
		{"another header", []string{"builtin:top_bottom", "--scores", "header.csv"}, exitError, "the header is not symbol,prediction"},
		{"a column twice", []string{"builtin:top_bottom", "--scores", "names.csv"}, exitError, "column 4"},
		{"no symbols", []string{"builtin:top_bottom", "--scores", "none.csv"}, exitError, "none.csv: no symbols after the header"},
		{"an empty file", []string{"builtin:top_bottom", "--scores", "empty.csv"}, exitError, "empty.csv: the file is empty"},
		{"a column that is not there", []string{"builtin:sector_neutral", "--scores", "plain.csv"}, exitError, `the rule wants column "sector", which the input does not have`},
		{"parameters that are no object", []string{"builtin:top_bottom", "--scores", "plain.csv", "--params", "[]"}, exitError, "parameters: not a JSON object"},
		{"parameters that the rule refuses", []string{"builtin:top_bottom", "--scores", "plain.csv", "--params", `{"top_n":-1}`}, exitError, "top_n"},
		{"weights over a limit", []string{"builtin:top_bottom", "--scores", "plain.csv", "--params", `{"bottom_n":0}`, "--config", `{"limits":{"max_weight":0.1}}`}, exitError, "max_weight"},
		{"a limit nobody knows", []string{"builtin:top_bottom", "--scores", "plain.csv", "--config", `{"limits":{"max":1}}`}, exitError, "unknown limit"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := edgesignal(t, append([]string{"rule", "run"}, tc.args...)...)
			require.Equal(t, tc.code, r.code, r.err)
			require.Contains(t, r.err, tc.says)
			require.Empty(t, r.out)
			if tc.code == exitError {
				require.Equal(t, 1, strings.Count(r.err, "\n"), "one line: %s", r.err)
			}
		})
	}
}
