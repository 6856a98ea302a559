// Package rules holds the stock rules: built wasm modules of rule ABI 1, with
// their sources beside them and their formulas in README.md. `SHA256SUMS`
// names the committed bytes; the recipe that makes them again is
// cmd/dev/internal/rulebuild.
package rules

import (
	"embed"
	"strings"
)

//go:embed *.wasm
var modules embed.FS

// The stock rules by name.
const (
	// TopBottom is the rule of a release that names none.
	TopBottom         = "top_bottom"
	RankWeighted      = "rank_weighted"
	ZScoreWeighted    = "zscore_weighted"
	InverseVolatility = "inverse_volatility"
	SectorNeutral     = "sector_neutral"
	Capped            = "capped"
	NoTradeBand       = "no_trade_band"
	TurnoverLimited   = "turnover_limited"
)

// Stock returns the module of a stock rule; the caller may keep and change it.
func Stock(name string) (wasm []byte, ok bool) {
	wasm, err := modules.ReadFile(name + ".wasm")
	return wasm, err == nil
}

// Names returns the stock rules, sorted.
func Names() []string {
	entries, err := modules.ReadDir(".")
	if err != nil {
		return nil // the root of an embed.FS is always there
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".wasm")
	}
	return names
}
