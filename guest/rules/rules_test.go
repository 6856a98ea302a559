package rules_test

import (
	"os"
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
		{"another rule", "rank_weighted", true},
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
		"capped", "inverse_volatility", "no_trade_band", "rank_weighted", "sector_neutral",
		"top_bottom", "turnover_limited", "zscore_weighted",
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
