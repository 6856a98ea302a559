package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestModuleRoot(t *testing.T) {
	root := t.TempDir()
	for name, content := range map[string]string{
		"ours/go.mod":           "// The module.\nmodule edgesignal\n\ngo 1.26.0\n",
		"ours/cmd/tools/go.mod": "module edgesignal/cmd/tools\n",
		"ours/host/a.go":        "package host\n",
		"theirs/go.mod":         "module edgesignalling\n",
	} {
		file := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(content), 0o644))
	}

	tests := []struct {
		name, from, want, err string
	}{
		{name: "the root itself", from: "ours", want: "ours"},
		{name: "a package", from: "ours/host", want: "ours"},
		{name: "a module inside the module", from: "ours/cmd/tools", want: "ours"},
		{name: "another module", from: "theirs", err: "no go.mod of module edgesignal"},
		{name: "no module", from: ".", err: "no go.mod of module edgesignal"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := moduleRoot(filepath.Join(root, tt.from))
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, filepath.Join(root, tt.want), got)
		})
	}
}

func TestListedPackages(t *testing.T) {
	wd, err := os.Getwd()
	require.NoError(t, err)
	root, err := moduleRoot(wd)
	require.NoError(t, err)
	tests := []struct {
		name     string
		packages []string
		holds    string // in a test file
	}{
		{name: "numeric packages hold tests", packages: numericPackages, holds: "\nfunc Test"},
		{name: "bench packages hold benchmarks", packages: benchPackages, holds: "\nfunc Benchmark"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, pkg := range tt.packages {
				files, err := filepath.Glob(filepath.Join(root, pkg, "*_test.go"))
				require.NoError(t, err)
				found := false
				for _, file := range files {
					content, err := os.ReadFile(file)
					require.NoError(t, err)
					found = found || bytes.Contains(content, []byte(tt.holds))
				}
				require.True(t, found, pkg)
			}
		})
	}
}
