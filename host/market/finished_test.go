package market

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// F = a run with _SUCCESS, u = one without, e = a folder without bars but with
// _SUCCESS; oldest first, a day each.
func TestWhichRunIsTaken(t *testing.T) {
	for _, c := range []struct {
		name, runs string
		want       int // index of the run; -1 = none
		waiting    []int
	}{
		{"nobody writes it", "uuu", 2, nil},
		{"everybody writes it", "FFF", 2, nil},
		{"the newest is not finished", "FFu", 1, []int{2}},
		{"two are not finished", "Fuu", 0, []int{2, 1}},
		{"the first run of all", "u", 0, nil},
		{"a writer that begins to write it", "uuF", 2, nil},
		{"and the next", "uuFu", 2, []int{3}},
		{"the one before is not finished, the newest is", "FuF", 2, nil},
		{"a folder without bars", "FFe", 1, nil},
		{"so many without it that the habit is over", "Fuuuuuuuu", 8, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			first := dates(t, "2024-12-01")[0]
			fsys := fstest.MapFS{}
			for i, kind := range c.runs {
				folder := (first + Date(i)).String()
				if kind != 'e' {
					fsys[folder+"/AAA.parquet"] = &fstest.MapFile{}
				}
				if kind != 'u' {
					fsys[folder+"/"+FinishedFile] = &fstest.MapFile{}
				}
			}
			l, err := Directory(fsys).List(t.Context(), AnyDay)
			require.NoError(t, err)
			require.Equal(t, first+Date(c.want), l.Run)
			var waiting []Date
			for _, i := range c.waiting {
				waiting = append(waiting, first+Date(i))
			}
			require.Equal(t, waiting, l.Waiting)
		})
	}
	t.Run("nothing but a run that waits", func(t *testing.T) {
		_, err := Directory(fstest.MapFS{"2024-12-30/_SUCCESS": {}, "2024-12-31/AAA.parquet": {}}).List(t.Context(), AnyDay)
		require.ErrorIs(t, err, ErrNoRun)
		require.ErrorContains(t, err, "run 2024-12-31 waits for its _SUCCESS file")
	})
	t.Run("before a day", func(t *testing.T) {
		fsys := fstest.MapFS{"2024-12-29/AAA.parquet": {}, "2024-12-30/AAA.parquet": {}, "2024-12-31/AAA.parquet": {}}
		l, err := Directory(fsys).List(t.Context(), dates(t, "2024-12-30")[0])
		require.NoError(t, err)
		require.Equal(t, "2024-12-29", l.Run.String())
		_, err = Directory(fsys).List(t.Context(), l.Run)
		require.ErrorIs(t, err, ErrNoRun)
	})
}
