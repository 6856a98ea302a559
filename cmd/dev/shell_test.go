package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestShell(t *testing.T) {
	tests := []struct {
		name    string
		command command
		out     string
		err     string
	}{
		{name: "prints the command, then its output", command: goCommand("env", "GOOS").with("GOOS=plan9"), out: "$ GOOS=plan9 go env GOOS\nplan9\n"},
		{name: "names the command that failed", command: goCommand("nothing"), out: "$ go nothing\n", err: "go nothing: exit status 2"},
		{name: "names the directory", command: command{dir: "none", args: []string{"go", "version"}},
			out: "$ cd none && go version\n", err: "cd none && go version: chdir "},
		{name: "no such program", command: command{args: []string{"edgesignal-none"}}, out: "$ edgesignal-none\n", err: "edgesignal-none: exec: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			s := shell{root: t.TempDir(), stdout: &out, stderr: &bytes.Buffer{}}
			err := s.run(t.Context(), tt.command)
			require.Equal(t, tt.out, out.String())
			if tt.err == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.err)
		})
	}
}

func TestCommandWithLeavesTheOriginal(t *testing.T) {
	c := goCommand("build").with("A=1")
	first, second := c.with("B=2"), c.with("C=3")
	require.Equal(t, "A=1 go build", c.String())
	require.Equal(t, "A=1 B=2 go build", first.String())
	require.Equal(t, "A=1 C=3 go build", second.String())
}

func TestMustPrintNothing(t *testing.T) {
	s := shell{root: t.TempDir(), stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}}
	require.NoError(t, s.mustPrintNothing(t.Context(), command{args: []string{"true"}}, "x"))
	require.EqualError(t, s.mustPrintNothing(t.Context(), goCommand("env", "GOOS", "GOARCH"), "not formatted"), "not formatted, see above: 2")
}
