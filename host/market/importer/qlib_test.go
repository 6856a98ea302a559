package importer_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/market"
	"edgesignal/host/market/importer"
)

const provider = "../qlibfile/testdata/provider"

func load(t *testing.T, dir string) *market.Market {
	t.Helper()
	m, err := market.Load(t.Context(), os.DirFS(dir))
	require.NoError(t, err)
	require.Empty(t, m.Failures)
	return m
}

// The real Qlib's directory comes back byte for byte, but for its list of all symbols' fields
// that nobody named.
func TestToQlibGivesTheSameFiles(t *testing.T) {
	out := filepath.Join(t.TempDir(), "qlib_data")
	require.NoError(t, importer.ToQlib(t.Context(), load(t, provider), out, []string{"factor"}))
	files := 0
	require.NoError(t, filepath.WalkDir(provider, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files++
		rel, err := filepath.Rel(provider, name)
		require.NoError(t, err)
		want, err := os.ReadFile(name)
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(out, rel))
		require.NoError(t, err)
		require.Equal(t, want, got, rel)
		return nil
	}))
	require.Greater(t, files, 40)
	require.ErrorIs(t, importer.ToQlib(t.Context(), load(t, provider), out, nil), fs.ErrExist)
}

// There and back: the same calendar, symbols, universes and bits of every bar.
func TestFromQlibAndBack(t *testing.T) {
	was := load(t, provider)
	dir := filepath.Join(t.TempDir(), "adjusted")
	s, err := importer.FromQlib(t.Context(), was, provider, dir, was.Last())
	require.NoError(t, err)
	require.Equal(t, len(was.Series), s.Symbols)
	is := load(t, dir)
	requireSameBars(t, was, is)
	again := filepath.Join(t.TempDir(), "again")
	require.NoError(t, importer.ToQlib(t.Context(), is, again, nil))
	requireSameBars(t, was, load(t, again))

	require.NoError(t, os.RemoveAll(filepath.Join(dir, was.Last().String())))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "calendar.txt"), []byte("2024-01-02\n"), 0o600))
	_, err = importer.FromQlib(t.Context(), was, provider, dir, was.Last())
	require.ErrorContains(t, err, "other content")
}

func requireSameBars(t *testing.T, was, is *market.Market) {
	t.Helper()
	require.Equal(t, was.Symbols(), is.Symbols())
	require.Equal(t, was.UniverseNames(), is.UniverseNames())
	for _, name := range was.UniverseNames() {
		require.Equal(t, string(was.Instruments(name).Append(nil)), string(is.Instruments(name).Append(nil)))
	}
	require.Equal(t, was.Last(), is.Last())
	for i, s := range was.Series {
		o := is.Series[i]
		rows := 0
		for row := range s.Len() {
			if !s.HasBar(row) {
				continue
			}
			rows++
			day, ok := is.DayIndex(was.Calendar[s.First+row])
			require.True(t, ok)
			at, ok := o.Row(day)
			require.True(t, ok, "%s %s", s.Symbol, was.Calendar[s.First+row])
			for k, c := range [][]float32{s.Open, s.High, s.Low, s.Close, s.Volume, s.VWAP} {
				d := [][]float32{o.Open, o.High, o.Low, o.Close, o.Volume, o.VWAP}[k]
				require.Equal(t, c == nil, d == nil, "%s column %d", s.Symbol, k)
				if c != nil {
					require.True(t, c[row] == d[at] || c[row] != c[row] && d[at] != d[at], "%s %s column %d", s.Symbol, was.Calendar[s.First+row], k)
				}
			}
		}
		require.Positive(t, rows)
	}
}
