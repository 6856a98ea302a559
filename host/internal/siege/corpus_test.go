package siege

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/hostile"
	"edgesignal/host/internal/programtest"
	"edgesignal/host/portfolio"
)

// program gives a function that runs the command as users have it in dir.
func program(t *testing.T, dir string) func(args ...string) (code int, out, errs string) {
	t.Helper()
	binary := programtest.Program(t)
	return func(args ...string) (int, string, string) {
		var out, errs bytes.Buffer
		cmd := exec.CommandContext(t.Context(), binary, args...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errs
		err := cmd.Run()
		var exit *exec.ExitError
		if err != nil {
			require.ErrorAs(t, err, &exit)
		}
		return cmd.ProcessState.ExitCode(), out.String(), errs.String()
	}
}

// A module of each kind by an author's own commands: the table that is
// printed has each exit status and reason.
func TestTheCorpusByRuleCheckAndRuleRun(t *testing.T) {
	const symbols = 100 // more than the gate's probe has
	dir := t.TempDir()
	run := program(t, dir)
	var scores strings.Builder
	scores.WriteString("symbol,prediction," + strings.Join(portfolio.ColumnNames(), ",") + "\n")
	for i := range symbols {
		fmt.Fprintf(&scores, "S%03d,%d%s\n", i, i, strings.Repeat(",0", len(portfolio.Columns)))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "scores.csv"), []byte(scores.String()), 0o600))
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "MODULE\trule check\trule run")
	for _, c := range hostile.Sample(t) {
		if c.Stage == hostile.Compiling {
			continue // a matter of processor time: see the gate's own test
		}
		t.Run(c.Name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "rule.wasm"), c.Wasm, 0o600))
			params := "--params=" + string(c.Params)
			checked, _, said := run("rule", "check", "rule.wasm", params)
			ran, out, saidToo := run("rule", "run", "rule.wasm", "--scores", "scores.csv", params)
			word := string(c.Reason)
			require.Equal(t, status(word), checked, said)
			then := word
			switch {
			case word != "":
				require.Contains(t, said, word+": ")
			case c.Beyond.Fault != "":
				then = c.Beyond.Fault
			default:
				then = c.Beyond.Breaks
			}
			require.Equal(t, status(then), ran, saidToo)
			require.Contains(t, saidToo, then)
			require.Equal(t, then == "", out != "")
			fmt.Fprintf(w, "%s\t%d %s\t%d %s\n", c.Name, checked, word, ran, then)
		})
	}
	require.NoError(t, w.Flush())
	t.Log("\n" + table.String())
}

func status(word string) int {
	if word == "" {
		return 0
	}
	return 1
}
