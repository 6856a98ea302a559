// Package markettest is what every source of a market must do: the same bytes
// are the same market, to the last bit, wherever they lie.
package markettest

import (
	"bytes"
	"math"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"edgesignal/host/market"
	"edgesignal/host/market/barfile"
)

// Place is where run folders lie, as who writes them sees it. Names are
// relative to the data directory.
type Place interface {
	Put(t testing.TB, name string, content []byte)
	Remove(t testing.TB, name string)
	Source() market.Source
}

// Run is the suite. open makes an empty place.
func Run(t *testing.T, open func(t *testing.T) Place) {
	t.Run("layouts", func(t *testing.T) { layouts(t, open) })
	t.Run("changes", func(t *testing.T) { changes(t, open(t)) })
	t.Run("no run", func(t *testing.T) { noRun(t, open(t)) })
	t.Run("canceled", func(t *testing.T) { canceled(t, open(t)) })
}

// Bars returns a symbol's file with one bar on each of days days from first on, of
// numbers that seed decides.
func Bars(t testing.TB, symbol string, first string, days, seed int) []byte {
	t.Helper()
	d, err := market.ParseDate(first)
	require.NoError(t, err)
	table := &barfile.Table{Symbol: symbol}
	for i := range days {
		price := math.Round(10000*(1+0.3*math.Sin(float64(i*(seed%7+1))/50))) / 100
		table.Days = append(table.Days, int32(d)+int32(i))
		table.Open, table.High = append(table.Open, price-0.11), append(table.High, price+0.93)
		table.Low, table.Close = append(table.Low, price-1.02), append(table.Close, price)
		table.Volume = append(table.Volume, float64(1_000_000+(i*7919+seed*104_729)%9_000_000))
	}
	var out bytes.Buffer
	require.NoError(t, barfile.Write(&out, table))
	return out.Bytes()
}

// Expected returns the market that files make.
func Expected(t testing.TB, files map[string][]byte) *market.Market {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: content, Mode: 0o644}
	}
	m, err := market.Load(t.Context(), fsys)
	require.NoError(t, err)
	return m
}

// Same fails unless both are the same market, revision and numbers.
func Same(t testing.TB, want, got *market.Market) {
	t.Helper()
	require.Equal(t, want.Failures, got.Failures)
	require.Equal(t, want.Revision, got.Revision)
	require.Equal(t, want.RunDate, got.RunDate)
	require.Equal(t, want.Calendar, got.Calendar)
	require.Equal(t, want.Sectors, got.Sectors)
	require.Equal(t, want.Symbols(), got.Symbols())
	for i, w := range want.Series {
		g := got.Series[i]
		require.Equal(t, w.First, g.First)
		require.Equal(t, w.Sector, g.Sector)
		require.Equal(t, bits(w.Columns), bits(g.Columns), w.Symbol)
	}
}

func bits(c market.Columns) (all [][]uint32) {
	for _, column := range [][]float32{c.Open, c.High, c.Low, c.Close, c.Volume, c.VWAP} {
		b := make([]uint32, len(column))
		for i, v := range column {
			b[i] = math.Float32bits(v)
		}
		all = append(all, b)
	}
	return all
}
