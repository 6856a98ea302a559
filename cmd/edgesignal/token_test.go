package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTokenNew(t *testing.T) {
	t.Chdir(t.TempDir())
	r := edgesignal(t, "token", "new", "desk-1", "--scopes", "signals,reload")
	require.Zero(t, r.code, r.err)
	require.Regexp(t, `^es_[A-Za-z0-9_-]{43}\n$`, r.out)
	line := fmt.Sprintf("desk-1 signals,reload sha256:%x", sha256.Sum256([]byte(strings.TrimSpace(r.out))))
	require.Contains(t, r.err, "\n"+line+"\n")
	require.NotContains(t, r.err, r.out)

	r = edgesignal(t, "token", "new", "ci", "--scopes=reload", "--out", "tokens")
	require.Zero(t, r.code, r.err)
	require.Equal(t, fmt.Sprintf("ci reload sha256:%x\n", sha256.Sum256([]byte(strings.TrimSpace(r.out)))), readFile(t, "tokens"))

	before := readFile(t, "tokens")
	for _, tc := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"a name that is there", []string{"ci", "--scopes", "admin", "--out", "tokens"}, exitError, "line 2: the name is that of line 1"},
		{"a name that cannot be", []string{"c i", "--scopes", "admin", "--out", "tokens"}, exitUsage, "the name is not"},
		{"unknown scope", []string{"x", "--scopes", "root", "--out", "tokens"}, exitUsage, "--scopes: an unknown scope; signals, reload and admin are known"},
		{"no scopes", []string{"x", "--out", "tokens"}, exitUsage, "--scopes"},
		{"empty scopes", []string{"x", "--scopes=", "--out", "tokens"}, exitUsage, "--scopes"},
		{"nowhere", []string{"x", "--scopes", "admin", "--out", "no/where"}, exitError, "no/where: no such file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := edgesignal(t, append([]string{"token", "new"}, tc.args...)...)
			require.Equal(t, tc.code, r.code, r.err)
			require.Contains(t, r.err, tc.says)
			require.Empty(t, r.out, "no token that is in no file")
			require.Equal(t, 1, strings.Count(r.err, "\n"))
		})
	}
	require.Equal(t, before, readFile(t, "tokens"))
	require.NoError(t, os.Remove("tokens"))
}
