package qlib

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var write = flag.Bool("write", false, "write testdata/verdicts.txt instead of comparing it")

// setups are the shapes of workflow files that people have published, with
// names, paths and dates replaced.
func setups(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/setups/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	files := map[string][]byte{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		files[filepath.Base(name)] = b
	}
	return files
}

// Each part of each setup has the verdict that was found right by reading it.
func TestSetups(t *testing.T) {
	files := setups(t)
	var got strings.Builder
	for i := range 1000 {
		name := fmt.Sprintf("%03d.yaml", i)
		if files[name] == nil {
			continue
		}
		r, err := Check(files[name])
		require.NoError(t, err, name)
		fmt.Fprintf(&got, "%s %s\n", name, r.Servable)
		for _, l := range r.Lines {
			require.NotEmpty(t, l.Why, name)
			fmt.Fprintf(&got, "  %d %s: %s: %s\n", l.Line, l.Part, l.What, l.Verdict)
		}
	}
	if *write {
		require.NoError(t, os.WriteFile("testdata/verdicts.txt", []byte(got.String()), 0o644))
	}
	want, err := os.ReadFile("testdata/verdicts.txt")
	require.NoError(t, err)
	require.Equal(t, string(want), got.String())
}

// Nine in ten of the setups with a handler of Qlib's own, or a list of fields,
// can be served but for the strategy.
func TestMostSetupsCanBeServed(t *testing.T) {
	own, servable := 0, 0
	for name, file := range setups(t) {
		r, err := Check(file)
		require.NoError(t, err, name)
		parts := map[string]bool{}
		qlibs := false
		for _, l := range r.Lines {
			parts[l.Part] = true
			qlibs = qlibs || l.Part == partHandler && !l.OwnCode && l.What != "freq" && l.What != "inst_processors"
		}
		for _, part := range []string{partModel, partDataset, partHandler, partStrategy} {
			require.True(t, parts[part], "%s: no verdict on the %s", name, part)
		}
		if qlibs {
			own++
			if r.Servable == Yes || r.Servable == AfterExport {
				servable++
			}
		}
	}
	require.Greater(t, own, 15)
	require.GreaterOrEqual(t, float64(servable), 0.9*float64(own))
}
