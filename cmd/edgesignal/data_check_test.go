package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/market/check"
)

// dataDir returns the demo's bars as a data directory.
func dataDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	bars := filepath.Join("..", "..", "artifacts", artifacts.Bars)
	require.NoError(t, os.CopyFS(dir, os.DirFS(bars)))
	return dir
}

func TestDataCheck(t *testing.T) {
	damage := func(n int) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			files, err := filepath.Glob(filepath.Join(dir, "2024-12-31", "*.parquet"))
			require.NoError(t, err)
			for _, f := range files[:n] {
				require.NoError(t, os.WriteFile(f, []byte("damaged"), 0o644))
			}
		}
	}
	// shrunk is a newer run with a few of the files.
	shrunk := func(n int) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			files, err := filepath.Glob(filepath.Join(dir, "2024-12-31", "*.parquet"))
			require.NoError(t, err)
			newer := filepath.Join(dir, "2025-01-02")
			require.NoError(t, os.Mkdir(newer, 0o755))
			for _, f := range files[:n] {
				require.NoError(t, os.Link(f, filepath.Join(newer, filepath.Base(f))))
			}
		}
	}
	for _, c := range []struct {
		name   string
		change func(t *testing.T, dir string)
		below  string // of the data directory
		args   []string
		code   int
		says   []string // on standard output
		fails  string   // on standard error
	}{
		{name: "whole", says: []string{"run", "2024-12-31", "30 of 30 files", "30 of 30 symbols have a bar (100 %)", "the gate", "taken"}},
		{name: "one run folder", below: "2024-12-31", says: []string{"30 of 30 files", "taken"}},
		{name: "1 of 30", change: shrunk(1), code: exitError, says: []string{"30 symbols, 29 of them missing", "refused"}, fails: "it has 1 of the 30 symbols that served before"},
		{name: "the run before it is still whole", change: shrunk(1), below: "2024-12-31", says: []string{"taken"}},
		{name: "1 of 30, meant", change: shrunk(1), args: []string{"--market-min-symbols-percent=0"}, says: []string{"taken"}},
		{name: "a damaged file", change: damage(1), code: exitError, says: []string{"2024-12-31/AAPL.parquet: malformed: 7 bytes are too few", "taken"}, fails: "1 of 30 files cannot be used"},
		{name: "a damaged file, allowed", change: damage(1), args: []string{"--allow-failures"}, says: []string{"29 of 30 files"}},
		{name: "too many damaged files", change: damage(4), args: []string{"--allow-failures"}, code: exitError, says: []string{"refused"}, fails: "4 of its 30 files cannot be used (malformed 4)"},
		{name: "nothing", below: "none", code: exitError, fails: "no such file"},
		{name: "a limit that is none", args: []string{"--thin-day-percent=101"}, code: exitUsage, fails: "a percentage from 0 to 100"},
		{name: "a word that is none", args: []string{"--bad-bars=maybe"}, code: exitUsage, fails: "warn, drop or refuse"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := dataDir(t)
			if c.change != nil {
				c.change(t, dir)
			}
			var out, errs bytes.Buffer
			code := run(t.Context(), append([]string{"data", "check", filepath.Join(dir, c.below)}, c.args...), streams{&out, &errs})
			require.Equal(t, c.code, code, errs.String())
			for _, text := range c.says {
				require.Contains(t, out.String(), text)
			}
			require.Contains(t, errs.String(), c.fails)
		})
	}
	t.Run("as JSON", func(t *testing.T) {
		dir := dataDir(t)
		shrunk(2)(t, dir)
		var out, errs bytes.Buffer
		require.Equal(t, exitError, run(t.Context(), []string{"data", "check", dir, "--json"}, streams{&out, &errs}))
		var r check.Report
		require.NoError(t, json.Unmarshal(out.Bytes(), &r))
		require.Equal(t, []int{2, 30, 28}, []int{r.Symbols, r.Before, r.Missing})
		require.Len(t, r.Refused, 1)
	})
}

// A file that cannot be used is a failure of features, unless that is allowed.
func TestFeaturesOfARunWithADamagedFile(t *testing.T) {
	dir := dataDir(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "2024-12-31", "MSFT.parquet"), []byte("damaged"), 0o644))
	out := filepath.Join(t.TempDir(), "features.csv")
	args := []string{"features", "--data", dir, "--symbols", "AAPL", "--from", "2024-12-30", "--out", out}
	var errs bytes.Buffer
	require.Equal(t, exitError, run(t.Context(), args, streams{&errs, &errs}))
	require.Contains(t, errs.String(), "2024-12-31/MSFT.parquet not used")
	require.Contains(t, errs.String(), "1 files of run 2024-12-31 cannot be used, and nothing was written")
	require.NoFileExists(t, out)
	require.Zero(t, run(t.Context(), append(args, "--allow-failures"), streams{&errs, &errs}))
	require.FileExists(t, out)
}

func TestImportOfBarsThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "bars.csv")
	require.NoError(t, os.WriteFile(file, []byte("symbol,date,open,high,low,close,volume\nA,2024-12-30,1,2,1,1,5\nA,2024-12-31,1,0.5,1,1,5\n"), 0o644))
	for _, c := range []struct {
		word, says string
		code       int
	}{
		{"warn", "2 bars of 1 symbols", 0}, {"drop", "1 bars of 1 symbols", 0}, {"refuse", "", exitError},
	} {
		t.Run(c.word, func(t *testing.T) {
			var out, errs bytes.Buffer
			require.Equal(t, c.code, run(t.Context(), []string{"data", "import", file, "--out", filepath.Join(dir, c.word), "--run-date", "2024-12-31", "--bad-bars", c.word}, streams{&out, &errs}))
			require.Contains(t, out.String(), c.says)
			require.Contains(t, errs.String(), "A: 1 bars that cannot be; the first, 2024-12-31 (high_below_low 1)")
		})
	}
}
