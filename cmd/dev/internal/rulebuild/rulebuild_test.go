package rulebuild

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
	"edgesignal/host/rule"
)

const stockRules = "../../../../guest/rules"

// Without the toolchain a build must say what is missing; with it the
// committed bytes must come out again. Either way something is checked.
func TestVerifyStockRules(t *testing.T) {
	err := Verify(stockRules)
	if missing := Toolchain(); missing != nil {
		require.EqualError(t, err, missing.Error())
		return
	}
	require.NoError(t, err)
}

func TestToolchainNamesWhatIsMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	const want = "building the stock rules needs clang-19 and wasm-ld-19 (Debian: apt-get install clang-19 lld-19)"
	require.EqualError(t, Toolchain(), want)
	require.EqualError(t, Build(stockRules), want)
	require.EqualError(t, Verify(stockRules), want)
}

func TestStockRulesAreAdmissible(t *testing.T) {
	names, err := sources(stockRules)
	require.NoError(t, err)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			wasm, err := os.ReadFile(filepath.Join(stockRules, name+".wasm"))
			require.NoError(t, err)
			m, err := rule.Compile(t.Context(), wasm, rule.Options{})
			require.NoError(t, err)
			require.Equal(t, name, m.Meta().Name)
			meta, err := compactMeta(filepath.Join(stockRules, name, "meta.json"), name)
			require.NoError(t, err)
			same, err := rule.WithMeta(wasm, meta)
			require.NoError(t, err)
			require.Equal(t, wasm, same, "the module's metadata is not that of meta.json")
			require.NoError(t, m.Close())
			sums, err := os.ReadFile(filepath.Join(stockRules, sumsFile))
			require.NoError(t, err)
			require.Contains(t, string(sums), release.Sum(wasm)+"  "+name+".wasm\n")
		})
	}
}

func TestCompare(t *testing.T) {
	tests := []struct {
		name             string
		committed, fresh map[string]string
		want             []string
	}{
		{"same", map[string]string{"a.wasm": "1", sumsFile: "s", "notes.txt": "x"}, map[string]string{"a.wasm": "1", sumsFile: "s"}, nil},
		{"differs", map[string]string{"a.wasm": "12"}, map[string]string{"a.wasm": "1"}, []string{"a.wasm differs (2 bytes, built 1)"}},
		{"missing", nil, map[string]string{"a.wasm": "1"}, []string{"a.wasm is missing"}},
		{"no source", map[string]string{"b.wasm": "1"}, nil, []string{"b.wasm has no source"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := compare(folder(t, tt.committed), folder(t, tt.fresh))
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

func TestCompactMeta(t *testing.T) {
	tests := []struct {
		name, text, want, err string
	}{
		{name: "compact", text: "{\n  \"name\": \"r\",\n  \"columns\": [ ]\n}\n", want: `{"name":"r","columns":[]}`},
		{name: "other name", text: `{"name":"q"}`, err: `name is "q", want "r" as the folder`},
		{name: "not json", text: `{`, err: "unexpected end"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := folder(t, map[string]string{"meta.json": tt.text})
			got, err := compactMeta(filepath.Join(dir, "meta.json"), "r")
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, string(got))
		})
	}
}

func TestNoRules(t *testing.T) {
	_, err := sources(t.TempDir())
	require.ErrorContains(t, err, "has no rule")
}
