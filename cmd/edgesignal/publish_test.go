package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What could not answer is not published, and says what is wrong with it.
func TestPublishRehearses(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("short.csv", []byte("symbol,date,open,high,low,close,volume\nA,2024-01-02,1,1,1,1,1\n"), 0o600))
	ok(t, "data", "import", "short.csv", "--out", "short", "--run-date", "2024-01-02")
	bars := filepath.Join(demoFiles, "bars")
	args := func(more ...string) []string {
		return append([]string{
			"publish", "--strategy", "s", "--version", "v", "--model", demoFiles + "/models/alpha_baseline-v1.0.0.txt",
		}, more...)
	}
	for _, tc := range []struct {
		name string
		more []string
		says string
	}{
		{"a gross of 3 where 2 is the limit", []string{"--rule", "builtin:rank_weighted", "--params", `{"gross":3}`}, "rehearsal_failed: the rule gives no book on any probe: 5 symbols: the rule's weights break max_gross"},
		{"a limit that five symbols keep and thirty do not", []string{"--config", `{"limits":{"max_gross":1.5}}`, "--data", bars}, "rehearsal_failed: the book of 2024-12-31 on this market: the rule's weights break max_gross: 1.999"},
		{"no bars", []string{"--data", "none"}, "none: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := edgesignal(t, args(tc.more...)...)
			require.Equal(t, exitError, r.code)
			require.Contains(t, r.err, tc.says)
			require.NoDirExists(t, "artifacts/sha256")
		})
	}
	ok(t, args("--data", "short")...) // too few bars for any symbol say nothing of the release
	ok(t, args("--version", "w", "--data", bars)...)
}
