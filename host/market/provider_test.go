package market_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/market"
	"edgesignal/host/market/qlibfile"
)

const provider = "qlibfile/testdata/provider"

// copied returns a copy of the real Qlib's directory that a test may change.
func copied(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(provider)))
	return dir
}

func loadDir(t *testing.T, dir string) *market.Market {
	t.Helper()
	m, err := market.Load(t.Context(), os.DirFS(dir))
	require.NoError(t, err)
	return m
}

func bitsOf(values []float32) []uint32 {
	bits := make([]uint32, len(values))
	for i, v := range values {
		bits[i] = math.Float32bits(v)
	}
	return bits
}

// Every file of the real Qlib's directory is in the market as it lies.
func TestQlibsDirectory(t *testing.T) {
	m := loadDir(t, provider)
	require.Empty(t, m.Failures)
	require.Equal(t, []string{"AAA", "BBB", "CCC", "CON", "DDD", "EEE", "FFF"}, m.Symbols())
	require.Equal(t, []string{"all", "part"}, m.UniverseNames())
	require.Equal(t, m.Last(), m.RunDate)
	require.True(t, m.CalendarGiven)
	require.NoError(t, m.LoadFields(t.Context(), []string{"factor", "close", "nobody_has_it"}))
	require.False(t, m.HasField("nobody_has_it"))
	require.True(t, m.HasField("factor"))
	for i, s := range m.Series {
		for _, field := range []string{"open", "high", "low", "close", "volume", "vwap", "factor"} {
			content, err := os.ReadFile(filepath.Join(provider, "features", qlibfile.Folder(s.Symbol), field+qlibfile.BinExt))
			if os.IsNotExist(err) {
				require.Empty(t, m.Column(i, field).Values)
				continue
			}
			require.NoError(t, err)
			first, values, err := qlibfile.ReadBin(content, len(m.Calendar))
			require.NoError(t, err)
			c := m.Column(i, field)
			require.Equal(t, first, c.First, "%s %s", s.Symbol, field)
			require.Equal(t, bitsOf(values), bitsOf(c.Values), "%s %s", s.Symbol, field)
		}
	}
}

func TestPointInTimeUniverse(t *testing.T) {
	m := loadDir(t, provider)
	part := m.Instruments("PART")
	require.NotNil(t, part)
	require.Nil(t, m.Instruments("csi300"))
	for _, c := range []struct {
		name, symbol, day string
		belongs           bool
	}{
		{"before its first range", "BBB", "2024-02-13", false},
		{"first day", "BBB", "2024-02-14", true},
		{"last day", "BBB", "2024-03-07", true},
		{"between its ranges", "BBB", "2024-04-01", false},
		{"second range", "BBB", "2024-05-24", true},
		{"a range that began before the calendar", "CCC", "2024-01-17", true},
		{"not in the file", "FFF", "2024-02-14", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			day, err := market.ParseDate(c.day)
			require.NoError(t, err)
			require.Equal(t, c.belongs, part.Has(c.symbol, day))
		})
	}
}

// What is not in memory is part of the revision, and is held against it when it is read.
func TestTheRevisionCoversEveryField(t *testing.T) {
	dir := copied(t)
	m := loadDir(t, dir)
	require.Equal(t, loadDir(t, provider).Revision, m.Revision, "equal bytes are equal revisions")
	name := filepath.Join(dir, "features", "aaa", "factor.day.bin")
	content, err := os.ReadFile(name)
	require.NoError(t, err)
	content[len(content)-1] ^= 1
	require.NoError(t, os.WriteFile(name, content, 0o600))
	require.ErrorIs(t, m.LoadFields(t.Context(), []string{"factor"}), market.ErrChanged)
	require.False(t, m.HasField("factor"))
	require.NotEqual(t, m.Revision, loadDir(t, dir).Revision)
	for _, file := range []string{"instruments/part.txt", "calendars/day.txt"} {
		dir := copied(t)
		f, err := os.OpenFile(filepath.Join(dir, file), os.O_APPEND|os.O_WRONLY, 0)
		require.NoError(t, err)
		_, err = f.WriteString("\n")
		require.NoError(t, err)
		require.NoError(t, f.Close())
		require.NotEqual(t, m.Revision, loadDir(t, dir).Revision, file)
	}
}

func TestADamagedFieldFailsItsSymbolAlone(t *testing.T) {
	for _, c := range []struct {
		name, file string
		content    []byte
		fails      string
		says       string
	}{
		{"cut", "features/bbb/close.day.bin", []byte{0, 0, 0}, "BBB", "close.day.bin: it has 3 bytes"},
		{"row without end", "features/bbb/open.day.bin", []byte{0, 0, 128, 127, 0, 0, 0, 0}, "BBB", "open.day.bin: its first value"},
		{"universe", "instruments/part.txt", []byte("AAA,2024-01-01"), "", "line 1 has 1 columns"},
		{"symbol", "features/a a/close.day.bin", []byte{0, 0, 0, 0, 0, 0, 128, 63}, "a a", "letters, digits"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := copied(t)
			require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, c.file)), 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(dir, c.file), c.content, 0o600))
			m := loadDir(t, dir)
			require.Len(t, m.Failures, 1)
			require.Contains(t, m.Failures[0].Reason, c.says)
			require.NotNil(t, m.Find("AAA"))
			if c.fails == "BBB" {
				require.Nil(t, m.Find("BBB"))
				require.Equal(t, "BBB", m.Failures[0].Symbol)
			}
		})
	}
	dir := copied(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "calendars", "day.txt"), []byte("yesterday\n"), 0o600))
	_, err := market.Load(t.Context(), os.DirFS(dir))
	require.ErrorContains(t, err, "line 1 is not a day")
	require.NotContains(t, err.Error(), "yesterday")
}

// A column of a Parquet file that is no bar is there when somebody needs it.
func TestAColumnOfAParquetFile(t *testing.T) {
	dir := t.TempDir()
	run := filepath.Join(dir, "2024-12-31")
	require.NoError(t, os.CopyFS(run, os.DirFS("testdata/fields")))
	m := loadDir(t, dir)
	i, ok := m.Index("AAA")
	require.True(t, ok)
	require.Empty(t, m.Column(i, "factor").Values, "nobody asked for it")
	require.NoError(t, m.LoadFields(t.Context(), []string{"factor", "change"}))
	c := m.Column(i, "factor")
	require.Equal(t, m.Series[i].First, c.First)
	require.Equal(t, bitsOf([]float32{0.5, 0.25, float32(math.NaN()), 2}), bitsOf(c.Values))
	require.False(t, m.HasField("change"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, m.LoadFields(ctx, []string{"amount"}), context.Canceled)
}
