package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTablesAreAppended(t *testing.T) {
	path := filepath.Join(t.TempDir(), "BENCHMARKS.md")
	c := &benchServingCmd{Rounds: 5, Turn: time.Second, Conns: 16}
	require.NoError(t, appendTo(path, "# Benchmarks\n"))
	require.NoError(t, appendTo(path, c.heading("abc1234")+"| table |\n"))
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Regexp(t, "^# Benchmarks\n\n## [0-9-]{10}, go1.*, linux/.* cores: the service, commit abc1234\n\n"+
		"`go run ./cmd/dev bench serving`: 5 rounds in turns, loads of 1s over 16 connections, medians.\n\n\\| table \\|\n$", string(got))
	require.Error(t, appendTo(t.TempDir(), "a directory"))
}
