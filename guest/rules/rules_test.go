package rules

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
)

func TestStock(t *testing.T) {
	tests := []struct {
		name, rule string
		ok         bool
	}{
		{"the default rule", TopBottom, true},
		{"unknown", "bottom_top", false},
		{"empty", "", false},
		{"a path", "../rules/top_bottom", false},
		{"another file", "SHA256SUMS", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wasm, ok := Stock(tt.rule)
			require.Equal(t, tt.ok, ok)
			require.Equal(t, tt.ok, len(wasm) > 0)
		})
	}
}

func TestStockIsTheCallersOwn(t *testing.T) {
	wasm, ok := Stock(TopBottom)
	require.True(t, ok)
	wasm[0] = 0xff
	again, ok := Stock(TopBottom)
	require.True(t, ok)
	require.Equal(t, byte(0), again[0])
}

func TestSums(t *testing.T) {
	var want strings.Builder
	for _, name := range Names() {
		wasm, ok := Stock(name)
		require.True(t, ok)
		want.WriteString(release.Sum(wasm) + "  " + name + ".wasm\n")
	}
	got, err := os.ReadFile("SHA256SUMS")
	require.NoError(t, err)
	require.Equal(t, want.String(), string(got))
	require.Equal(t, []string{TopBottom}, Names())
}

func TestTopBottomIsSmall(t *testing.T) {
	wasm, _ := Stock(TopBottom)
	require.Less(t, len(wasm), 4<<10)
}
