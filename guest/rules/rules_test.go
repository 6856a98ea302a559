package rules_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/guest/rules"
	"edgesignal/host/release"
)

func TestStock(t *testing.T) {
	tests := []struct {
		name, rule string
		ok         bool
	}{
		{"the default rule", rules.TopBottom, true},
		{"another rule", rules.RankWeighted, true},
		{"unknown", "bottom_top", false},
		{"empty", "", false},
		{"a path", "../rules/top_bottom", false},
		{"another file", "SHA256SUMS", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wasm, ok := rules.Stock(tt.rule)
			require.Equal(t, tt.ok, ok)
			require.Equal(t, tt.ok, len(wasm) > 0)
		})
	}
}

func TestStockIsTheCallersOwn(t *testing.T) {
	wasm, ok := rules.Stock(rules.TopBottom)
	require.True(t, ok)
	wasm[0] = 0xff
	again, ok := rules.Stock(rules.TopBottom)
	require.True(t, ok)
	require.Equal(t, byte(0), again[0])
}

func TestNames(t *testing.T) {
	require.Equal(t, []string{
		rules.Capped, rules.InverseVolatility, rules.NoTradeBand, rules.RankWeighted, rules.SectorNeutral,
		rules.TopBottom, rules.TurnoverLimited, rules.ZScoreWeighted,
	}, rules.Names())
}

func TestSums(t *testing.T) {
	var want strings.Builder
	for _, name := range rules.Names() {
		wasm, ok := rules.Stock(name)
		require.True(t, ok)
		want.WriteString(release.Sum(wasm) + "  " + name + ".wasm\n")
	}
	got, err := os.ReadFile("SHA256SUMS")
	require.NoError(t, err)
	require.Equal(t, want.String(), string(got))
	// Releases name these bytes by their digest.
	require.Contains(t, string(got), "13346e0983e54e96ecadbec31f5f76418195f2b53351c35d19fca768c4c066e9  top_bottom.wasm\n")
}

// The README has a section for each rule, and a line in its tables for each
// rule's columns and parameters.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	lines := strings.Split(string(text), "\n")
	for _, name := range rules.Names() {
		require.Contains(t, lines, "## "+name)
		row := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "| ["+name+"]") })
		require.Positive(t, row, name)
		for _, column := range module(t, name).Meta().Columns {
			require.Contains(t, lines[row], "| `"+column+"` |")
		}
		require.Contains(t, lines[row], "| `"+strings.Join(parameterNames[name], "` `")+"` |")
	}
}
