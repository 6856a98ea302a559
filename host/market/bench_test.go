package market

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/market/barfile"
)

// history returns bars of one symbol as data import writes them.
func history(seed, days int) *barfile.Table {
	t := &barfile.Table{Symbol: fmt.Sprintf("S%03d", seed)}
	for i := range days {
		price := math.Round(10000*(1+0.3*math.Sin(float64(i*(seed%7+1))/50))) / 100
		t.Days = append(t.Days, int32(16_000+i*7/5))
		t.Open, t.High = append(t.Open, price-0.11), append(t.High, price+0.93)
		t.Low, t.Close = append(t.Low, price-1.02), append(t.Close, price)
		t.Volume = append(t.Volume, float64(1_000_000+(i*7919+seed*104_729)%9_000_000))
	}
	return t
}

// BenchmarkLoad reads a run of 500 symbols with 2,500 days each from disk.
func BenchmarkLoad(b *testing.B) {
	const symbols, days = 500, 2500
	dir := b.TempDir()
	folder := filepath.Join(dir, "2024-12-31")
	require.NoError(b, os.Mkdir(folder, 0o755))
	size := int64(0)
	for i := range symbols {
		content := encode(b, history(i, days))
		require.NoError(b, os.WriteFile(filepath.Join(folder, fmt.Sprintf("S%03d.parquet", i)), content, 0o644))
		size += int64(len(content))
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		m, err := Load(b.Context(), os.DirFS(dir))
		require.NoError(b, err)
		require.Len(b, m.Series, symbols)
		require.Len(b, m.Calendar, days)
	}
}

// BenchmarkLook is what the refresher does every two seconds: listing a run of
// 500 files.
func BenchmarkLook(b *testing.B) {
	dir := b.TempDir()
	folder := filepath.Join(dir, "2024-12-31")
	require.NoError(b, os.Mkdir(folder, 0o755))
	for i := range 500 {
		require.NoError(b, os.WriteFile(filepath.Join(folder, fmt.Sprintf("S%03d.parquet", i)), nil, 0o644))
	}
	b.ReportAllocs()
	for b.Loop() {
		l, err := Directory(os.DirFS(dir)).List(b.Context(), AnyDay)
		require.NoError(b, err)
		require.NotEmpty(b, l.String())
	}
}
