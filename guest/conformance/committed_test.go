package conformance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/guest"
	"edgesignal/host/release"
)

// The compiler of AssemblyScript comes over a network that a machine for tests
// may not have. So its module is committed with the sums of what it was made
// from: a source that changed without the module shows here. README.md has the
// commands that make it again.
func TestAssemblyScriptModuleIsThatOfItsSources(t *testing.T) {
	text, err := os.ReadFile("../assemblyscript/SHA256SUMS")
	require.NoError(t, err)
	sums := map[string]string{}
	for line := range strings.Lines(string(text)) {
		sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		require.True(t, ok, line)
		sums[name] = sum
	}
	want := map[string]string{}
	for _, name := range []string{
		"risk_tilt.ts", "edgesignal_rule.ts", "package.json", "package-lock.json", "build.sh", "../example/meta.json", "risk_tilt.wasm",
	} {
		content, err := os.ReadFile(filepath.Join("../assemblyscript", name))
		require.NoError(t, err)
		want[name] = release.Sum(content)
	}
	require.Equal(t, want, sums, "guest/assemblyscript has changed since its risk_tilt.wasm was built: see README.md")
}

// Where a compiler is there, the committed bytes must come out of it again;
// where it is not, the build must say so. Either way something is checked.
func TestCommittedModulesAreWhatTheirSourcesGive(t *testing.T) {
	tests := []struct {
		name  string
		tools []string
		build func(t *testing.T, out string) error
		want  string // the committed module
		meta  string
	}{
		{"c", []string{"clang-19", "wasm-ld-19"}, buildProject(guest.C), "../c/risk_tilt.wasm", "../example/meta.json"},
		{"assemblyscript", []string{"asc"}, buildProject(guest.AssemblyScript), "../assemblyscript/risk_tilt.wasm", "../example/meta.json"},
		{"wat", []string{"wat2wasm"}, func(t *testing.T, out string) error {
			return run(t, ".", "wat2wasm", "testdata/equal_weight.wat", "-o", out)
		}, "testdata/equal_weight.wasm", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "rule.wasm")
			err := tt.build(t, out)
			for _, tool := range tt.tools {
				if _, missing := exec.LookPath(tool); missing != nil {
					require.ErrorContains(t, err, tool)
					return
				}
			}
			require.NoError(t, err)
			got, err := os.ReadFile(out)
			require.NoError(t, err)
			want, err := os.ReadFile(tt.want)
			require.NoError(t, err)
			if tt.meta != "" { // the committed one has it compacted: put the same in both
				got, want = withMeta(t, got, tt.meta), withMeta(t, want, tt.meta)
			}
			require.Equal(t, release.Sum(want), release.Sum(got), "%s is not what its sources give; README.md has the commands", tt.want)
		})
	}
}

// buildProject runs a project's build script, without the step that needs
// edgesignal, and copies the module to out.
func buildProject(language string) func(t *testing.T, out string) error {
	return func(t *testing.T, out string) error {
		dir := t.TempDir()
		files, ok := guest.Project(language)
		require.True(t, ok)
		for _, f := range files {
			path := filepath.Join(dir, filepath.FromSlash(f.Path))
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, []byte(f.Text), 0o600))
		}
		t.Setenv("EDGESIGNAL", "true")
		t.Setenv("ASC", "asc")
		if err := run(t, dir, "sh", "build.sh"); err != nil {
			return err
		}
		return os.Rename(filepath.Join(dir, "rule.wasm"), out)
	}
}

func run(t *testing.T, dir, tool string, args ...string) error {
	cmd := exec.CommandContext(t.Context(), tool, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", tool, err, out)
	}
	return nil
}
