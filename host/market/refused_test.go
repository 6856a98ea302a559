package market

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// atLeast refuses markets of fewer symbols.
func atLeast(n int) func(context.Context, *Market) error {
	return func(_ context.Context, m *Market) error {
		if len(m.Series) < n {
			return fmt.Errorf("%w: %d symbols", ErrRefused, len(m.Series))
		}
		return nil
	}
}

func TestRefresherKeepsWhatServesWhenTheNewestIsRefused(t *testing.T) {
	bubble(t, func(t *testing.T, d *disk, first *Market) {
		checks := 0
		w := watchingWith(t, d, first, RefresherOptions{Check: func(ctx context.Context, m *Market) error {
			checks++
			return atLeast(2)(ctx, m)
		}})
		defer w.end()
		w.quiet(3, "nothing changed")
		d.put("2024-12-31/AAA.parquet", barsOn(t, "AAA", "2024-01-02"), 1)
		markets, errs := w.looks(300)
		require.Empty(t, markets)
		require.Len(t, errs, 1)
		require.ErrorIs(t, errs[0], ErrRefused)
		require.Equal(t, 1, checks, "what is the same is not read again")
		d.put("2024-12-31/BBB.parquet", barsOn(t, "BBB", "2024-01-02"), 1)
		markets, errs = w.looks(2)
		require.Empty(t, errs)
		require.Len(t, markets, 1, "now it is whole")
	})
}

// Nothing serves yet: of the runs that are there the newest that passes is
// taken, and the refusal of the newest stays what is said.
func TestRefresherFallsBackToAnEarlierRun(t *testing.T) {
	for _, c := range []struct {
		name   string
		newest map[string][]byte
		serves bool
		want   string // run
	}{
		{"the newest is refused", map[string][]byte{"2024-12-31/AAA.parquet": barsOn(t, "AAA", "2024-01-02")}, false, "2024-12-29"},
		{"the newest cannot be read", map[string][]byte{"2024-12-31/AAA.parquet": []byte("damaged")}, false, "2024-12-29"},
		{"something else serves", map[string][]byte{"2024-12-31/AAA.parquet": barsOn(t, "AAA", "2024-01-02")}, true, ""},
		{"the newest passes", map[string][]byte{
			"2024-12-31/AAA.parquet": barsOn(t, "AAA", "2024-01-02"), "2024-12-31/BBB.parquet": barsOn(t, "BBB", "2024-01-02"),
		}, false, "2024-12-31"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c.newest["2024-12-30/AAA.parquet"] = barsOn(t, "AAA", "2024-01-02")
				for _, symbol := range []string{"AAA", "BBB"} {
					c.newest["2024-12-29/"+symbol+".parquet"] = barsOn(t, symbol, "2024-01-02")
				}
				d := &disk{faults: map[string]bool{}, files: folder(c.newest)}
				var passed atomic.Int64
				w := watchingWith(t, d, nil, RefresherOptions{Eager: true, Check: atLeast(2), Serves: func() bool { return c.serves }, Passed: func() { passed.Add(1) }})
				defer w.end()
				synctest.Wait()
				markets, errs := w.looks(0)
				require.EqualValues(t, 1, passed.Load(), "the first look comes at once")
				if c.want == "" {
					require.Empty(t, markets)
				} else {
					require.Len(t, markets, 1)
					require.Equal(t, c.want, markets[0].RunDate.String())
				}
				require.Equal(t, c.want != "2024-12-31", len(errs) == 1)
				w.quiet(100, "and it stays so")
			})
		})
	}
}

// What cannot serve for a reason of the moment is tried again, though nothing
// in the source changed.
func TestRefresherOffersAgainWhatWasNotTaken(t *testing.T) {
	bubble(t, func(t *testing.T, d *disk, first *Market) {
		var mended atomic.Bool
		var offered atomic.Int64
		w := watchingWith(t, d, first, RefresherOptions{Take: func(*Market) error {
			offered.Add(1)
			if !mended.Load() {
				return errors.New("the rule fails on it")
			}
			return nil
		}})
		defer w.end()
		d.put("2024-12-31/AAA.parquet", barsOn(t, "AAA", "2024-01-02"), 1)
		_, errs := w.looks(3)
		require.Len(t, errs, 1)
		require.EqualValues(t, 1, offered.Load())
		mended.Store(true)
		w.looks(int(maxPause/interval) + 1)
		require.EqualValues(t, 2, offered.Load())
		w.looks(300)
		require.EqualValues(t, 2, offered.Load(), "taken once")
	})
}

// What may serve and seems to lack something waits longer, and is read once.
func TestRefresherHoldsBackWhatSeemsUnfinished(t *testing.T) {
	bubble(t, func(t *testing.T, d *disk, first *Market) {
		reads := 0
		w := watchingWith(t, d, first, RefresherOptions{
			Check:  func(context.Context, *Market) error { reads++; return nil },
			Doubts: func(m *Market) bool { return len(m.Series) < 2 },
		})
		defer w.end()
		d.put("2024-12-31/AAA.parquet", barsOn(t, "AAA", "2024-01-02"), 1)
		w.quiet(4, "something is missing")
		d.put("2024-12-31/BBB.parquet", barsOn(t, "BBB", "2024-01-02"), 1)
		w.quiet(1, "it came")
		markets, _ := w.looks(1)
		require.Len(t, markets, 1, "and need not wait longer than others")
		require.Equal(t, []string{"AAA", "BBB"}, markets[0].Symbols())
		require.Equal(t, 2, reads)

		d.remove("2024-12-31/BBB.parquet")
		w.quiet(4, "something is missing")
		markets, errs := w.looks(1)
		require.Empty(t, errs)
		require.Len(t, markets, 1, "it was left alone for long enough")
		require.Equal(t, 3, reads)
		w.quiet(100, "taken once")
	})
}

func TestRefresherSaysWhichRunsWait(t *testing.T) {
	bubble(t, func(t *testing.T, d *disk, first *Market) {
		var told [][]Date
		w := watchingWith(t, d, first, RefresherOptions{Waits: func(runs []Date) { told = append(told, runs) }})
		defer w.end()
		d.put("2024-12-30/_SUCCESS", nil, 1)
		w.quiet(5, "the same bars")
		d.put("2024-12-31/AAA.parquet", barsOn(t, "AAA", "2024-01-02"), 1)
		w.quiet(100, "it waits")
		d.put("2024-12-31/_SUCCESS", nil, 1)
		markets, _ := w.looks(2)
		require.Len(t, markets, 1)
		require.Equal(t, [][]Date{dates(t, "2024-12-31"), nil}, told)
	})
}

// hanging is a file system that answers nothing until it is let go, as a
// network's that lost its server.
type hanging struct {
	fs.FS
	hang chan struct{}
	name string
}

func (h *hanging) Open(name string) (fs.File, error) {
	if name == h.name {
		<-h.hang
	}
	return h.FS.Open(name)
}

// A look that hangs is said once its deadline is over, no other begins
// meanwhile, and it is taken up again when the file system answers. Run ends
// with its context all the same.
func TestRefresherBesideAFileSystemThatHangs(t *testing.T) {
	for _, name := range []string{".", "2024-12-31", "2024-12-31/AAA.parquet"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fsys := folder(map[string][]byte{"2024-12-31/AAA.parquet": barsOn(t, "AAA", "2024-01-02")})
				h := &hanging{fsys, make(chan struct{}), name}
				passed := 0
				w := watchingWith(t, h, nil, RefresherOptions{Eager: true, Deadline: 20 * time.Second, Passed: func() { passed++ }})
				markets, errs := w.looks(19)
				require.Empty(t, markets)
				require.Empty(t, errs)
				_, errs = w.looks(100)
				require.Len(t, errs, 1)
				require.ErrorContains(t, errs[0], "no look at it ended within 20s")
				require.Zero(t, passed)
				close(h.hang)
				markets, errs = w.looks(4)
				require.Empty(t, errs)
				require.Len(t, markets, 1)
				require.Equal(t, 4, passed)
				w.end()
			})
		})
	}
	t.Run("and the host stops", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := &hanging{folder(map[string][]byte{"2024-12-31/AAA.parquet": nil}), make(chan struct{}), "."}
			w := watchingWith(t, h, nil, RefresherOptions{Eager: true})
			synctest.Wait()
			w.end()
			close(h.hang)
		})
	})
}

// A FIFO, a device and a socket among the bars are failed files, whoever
// writes into them or does not.
func TestWhatIsNoRegularFile(t *testing.T) {
	dir := t.TempDir()
	run := filepath.Join(dir, "2024-12-31")
	require.NoError(t, os.Mkdir(run, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(run, "AAA.parquet"), barsOn(t, "AAA", "2024-01-02"), 0o644))
	require.NoError(t, syscall.Mkfifo(filepath.Join(run, "FIFO.parquet"), 0o644))
	require.NoError(t, os.Symlink("/dev/zero", filepath.Join(run, "ZERO.parquet")))
	require.NoError(t, os.Symlink("LOOP.parquet", filepath.Join(run, "LOOP.parquet")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, SectorsFile), 0o644))
	m, err := Load(t.Context(), Dir(dir))
	require.NoError(t, err)
	require.Equal(t, []string{"AAA"}, m.Symbols())
	reasons := map[string]string{}
	for _, f := range m.Failures {
		require.Equal(t, Unreadable, f.Kind)
		reasons[f.File] = f.Reason
		require.NotContains(t, f.Reason, dir)
	}
	require.Equal(t, map[string]string{
		"2024-12-31/FIFO.parquet": "it is not a regular file", "2024-12-31/ZERO.parquet": "it is not a regular file",
		"2024-12-31/LOOP.parquet": "open 2024-12-31/LOOP.parquet: too many levels of symbolic links", SectorsFile: "it is not a regular file",
	}, reasons)

	require.NoError(t, os.Remove(filepath.Join(dir, SectorsFile)))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, CalendarFile), 0o644))
	_, err = Load(t.Context(), Dir(dir))
	require.ErrorContains(t, err, "calendar.txt: it is not a regular file")
}

// A link's own size and time say nothing of what it leads to.
func TestALinkThatLeadsToOtherBytes(t *testing.T) {
	dir, other := t.TempDir(), filepath.Join(t.TempDir(), "bars")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "2024-12-31"), 0o755))
	require.NoError(t, os.WriteFile(other, barsOn(t, "AAA", "2024-01-02"), 0o644))
	require.NoError(t, os.Symlink(other, filepath.Join(dir, "2024-12-31", "AAA.parquet")))
	before, err := Directory(Dir(dir)).List(t.Context(), AnyDay)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(other, barsOn(t, "AAA", "2024-01-02", "2024-01-03"), 0o644))
	after, err := Directory(Dir(dir)).List(t.Context(), AnyDay)
	require.NoError(t, err)
	require.NotEqual(t, before.String(), after.String())
}
