package main

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/guest"
	"edgesignal/guest/conformance"
	"edgesignal/host/gate"
	"edgesignal/host/rule"
)

// asProgram makes the test binary the program itself, for the build scripts
// that call it.
const asProgram = "EDGESIGNAL_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	gate.ServeIfChild()
	if os.Getenv(asProgram) != "" {
		os.Exit(run(context.Background(), os.Args[1:], streams{os.Stdout, os.Stderr}))
	}
	os.Exit(m.Run())
}

// tree returns every file below dir, with its text.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = readFile(t, path)
		return err
	}))
	return files
}

func TestRuleNewWritesTheProject(t *testing.T) {
	for _, language := range []string{guest.Go, guest.AssemblyScript, guest.C} {
		t.Run(language, func(t *testing.T) {
			t.Chdir(t.TempDir())
			out := ok(t, "rule", "new", "a/b", "--lang", language)
			want, _ := guest.Project(language)
			got := tree(t, "a/b")
			require.Len(t, got, len(want))
			for _, f := range want {
				require.Equal(t, f.Text, got[f.Path], f.Path)
				require.Contains(t, out, filepath.Join("a", "b", f.Path)+"\n")
				info, err := os.Stat(filepath.Join("a/b", f.Path))
				require.NoError(t, err)
				require.Equal(t, f.Executable, info.Mode()&0o100 != 0, f.Path)
			}
		})
	}
}

func TestRuleNewTakesAnEmptyFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("empty", 0o700))
	ok(t, "rule", "new", "empty", "--lang", "c")
	require.FileExists(t, "empty/risk_tilt.c")
}

func TestRuleNewRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.MkdirAll("full/rule", 0o700))
	require.NoError(t, os.WriteFile("file", []byte("text"), 0o600))
	for _, tc := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"a folder with something in it", []string{"full", "--lang", "go"}, exitError, "full is not empty: it has rule"},
		{"a file", []string{"file", "--lang", "go"}, exitError, "file"},
		{"below a file", []string{"file/rule", "--lang", "go"}, exitError, "file"},
		{"another language", []string{"dir", "--lang", "rust"}, exitUsage, `--lang must be one of "go","assemblyscript","c" but got "rust"`},
		{"no language", []string{"dir"}, exitUsage, "--lang"},
		{"no folder", []string{"--lang", "c"}, exitUsage, "<dir>"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := edgesignal(t, append([]string{"rule", "new"}, tc.args...)...)
			require.Equal(t, tc.code, r.code, r.err)
			require.Contains(t, r.err, tc.says)
			require.Empty(t, r.out)
			require.Equal(t, map[string]string{"file": "text"}, tree(t, "."))
			require.NoDirExists(t, "dir")
		})
	}
}

// What was written before a failure is taken back, and no more than that.
func TestWriteProjectTakesBack(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("a", 0o700))
	files := []guest.File{{Path: "one"}, {Path: "deep/er/two"}, {Path: "one/three"}}
	require.Error(t, writeProject("a/b/c", files))
	require.DirExists(t, "a")
	require.NoDirExists(t, "a/b")
}

// The projects build from what is in them, and what comes out is a rule that
// answers like the repository's own. AssemblyScript's compiler may be missing
// here: package conformance holds its module against these same files.
func TestRuleProjectsBuildWithoutANetwork(t *testing.T) {
	vectors, err := conformance.RiskTilt()
	require.NoError(t, err)
	program, err := os.Executable()
	require.NoError(t, err)
	for _, tc := range []struct {
		language string
		tools    []string
	}{
		{guest.Go, []string{"go"}},
		{guest.C, []string{"clang-19", "wasm-ld-19"}},
	} {
		t.Run(tc.language, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "project")
			ok(t, "rule", "new", dir, "--lang", tc.language)
			cmd := exec.CommandContext(t.Context(), "sh", filepath.Join(dir, "build.sh"))
			cmd.Env = append(os.Environ(), "EDGESIGNAL="+program, asProgram+"=1", "GOFLAGS=-mod=mod", "GOPROXY=off", "GOTOOLCHAIN=local")
			text, err := cmd.CombinedOutput()
			for _, tool := range tc.tools {
				if _, missing := exec.LookPath(tool); missing != nil {
					require.Error(t, err)
					require.Contains(t, string(text), tool)
					return
				}
			}
			require.NoError(t, err, "%s", text)
			require.Contains(t, string(text), "rule.wasm: risk_tilt 1.0.0")
			m, err := rule.Compile(t.Context(), []byte(readFile(t, filepath.Join(dir, "rule.wasm"))), rule.Options{})
			require.NoError(t, err)
			defer m.Close()
			for _, c := range vectors.Cases {
				require.NoError(t, c.Run(vectors.Columns, func(in rule.Input) ([]float64, error) {
					out, err := m.Construct(t.Context(), in)
					return out.Weights, err
				}))
			}
		})
	}
}

func TestRuleMeta(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("rule.wasm", []byte("\x00asm\x01\x00\x00\x00"), 0o600))
	require.NoError(t, os.WriteFile("meta.json", []byte("{\n  \"name\": \"r\",\n  \"version\": \"1\"\n}\n"), 0o600))
	const want = "\x00asm\x01\x00\x00\x00" + "\x00\x24" + "\x09rule.meta" + `{"name":"r","version":"1"}`
	for range 2 { // the second time it takes the place of the first
		require.Equal(t, "rule.wasm: r 1, 46 bytes\n", ok(t, "rule", "meta", "rule.wasm", "meta.json"))
		require.Equal(t, want, readFile(t, "rule.wasm"))
	}
	for _, tc := range []struct{ name, meta, module, says string }{
		{"an unknown key", `{"name":"r","version":"1","colums":[]}`, want, `colums`},
		{"not JSON", `{`, want, "meta.json: not JSON: it ends too early"},
		{"text behind it", `{"name":"r","version":"1"}}`, want, "meta.json: text after the JSON value"},
		{"no version", `{"name":"r"}`, want, "name and version are required"},
		{"not a module", `{"name":"r","version":"1"}`, "MZ", "rule.wasm: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.NoError(t, os.WriteFile("meta.json", []byte(tc.meta), 0o600))
			require.NoError(t, os.WriteFile("rule.wasm", []byte(tc.module), 0o600))
			r := edgesignal(t, "rule", "meta", "rule.wasm", "meta.json")
			require.Equal(t, exitError, r.code)
			require.Contains(t, r.err, tc.says)
			require.Len(t, strings.Split(strings.TrimSpace(r.err), "\n"), 1)
			require.Equal(t, tc.module, readFile(t, "rule.wasm"), "a failure changes nothing")
		})
	}
	require.Equal(t, exitError, edgesignal(t, "rule", "meta", "none.wasm", "meta.json").code)
	require.Equal(t, exitUsage, edgesignal(t, "rule", "meta", "rule.wasm").code)
}
