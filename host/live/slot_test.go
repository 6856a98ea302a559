package live

import (
	"log/slog"
	"testing"

	"edgesignal/host/market"
	"edgesignal/host/release"
)

// BenchmarkSwap is what a request may have to wait for: the swap itself,
// everything else of a load having been done.
func BenchmarkSwap(b *testing.B) {
	board := NewBoard(Options{Strategy: "s", Log: slog.New(slog.DiscardHandler)})
	board.market = &market.Market{}
	releases := [2]*Release{{}, {}}
	for _, r := range releases {
		r.users.Store(1 << 40) // nobody closes their rules, for they have none
	}
	s := board.find("s")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		board.replace(s, release.Record{}, releases[i%2])
	}
}
