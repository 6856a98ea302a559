package mirror

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/market"
	"edgesignal/host/market/markettest"
	"edgesignal/host/release"
)

// served returns a place whose first run of n symbols is kept.
func served(t *testing.T, n int) (p *place, older *market.Market) {
	p = open(t)
	p.run(t, "2024-12-30", n)
	older = p.take(t)
	p.bucket.took()
	return p, older
}

// stillKept fails unless the disk has what was kept and nothing unfinished.
func stillKept(t *testing.T, p *place, older *market.Market) {
	t.Helper()
	kept, err := p.Kept(t.Context())
	require.NoError(t, err)
	markettest.Same(t, older, kept)
	for _, name := range p.onDisk(t) {
		require.NotContains(t, name, "~")
	}
}

func TestABucketThatGoesAwayInMidSync(t *testing.T) {
	p, older := served(t, 30)
	newer := p.run(t, "2024-12-31", 60)
	var given atomic.Int64
	p.bucket.failing(func(_ context.Context, key string) error {
		if key != "" && given.Add(1) > 25 || given.Load() > 25 {
			return errDown
		}
		return nil
	})
	_, err := market.LoadFrom(t.Context(), p)
	require.ErrorIs(t, err, errDown)
	stillKept(t, p, older)
	came, _ := p.bucket.took()
	require.Len(t, came, 25)

	p.bucket.failing(nil)
	markettest.Same(t, markettest.Expected(t, newer), p.take(t))
	went, _ := p.bucket.took()
	require.Len(t, went, 60-25, "what came before is not fetched again")
}

// Listing works, reading does not: no symbol is lost for that.
func TestABucketThatOnlyLists(t *testing.T) {
	for _, changed := range []int{1, 7, 8, 40} {
		t.Run(fmt.Sprint(changed), func(t *testing.T) {
			p, older := served(t, 40)
			for i := range changed {
				symbol := fmt.Sprintf("S%03d", i)
				p.Put(t, "2024-12-30/"+symbol+".parquet", markettest.Bars(t, symbol, "2024-01-02", 30, i))
			}
			var asked atomic.Int64
			p.bucket.failing(func(_ context.Context, key string) error {
				if key == "" {
					return nil
				}
				asked.Add(1)
				return errDown
			})
			_, err := market.LoadFrom(t.Context(), p)
			require.ErrorIs(t, err, errDown)
			require.LessOrEqual(t, asked.Load(), int64(3*8+2), "it does not try them all")
			stillKept(t, p, older)
		})
	}
}

// One object fails for ever: it hides nothing else.
func TestAnObjectThatCannotBeHad(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
	}{
		{"forbidden", errors.New("Access Denied")},
		{"broken in the bucket", &release.Unavailable{Part: release.PartStore, Err: errors.New("500 Internal Error")}},
		{"listed and not there", fmt.Errorf("S007: %w", release.ErrNotFound)},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := open(t)
			files := p.run(t, "2024-12-31", 20)
			var asked atomic.Int64
			p.bucket.failing(func(_ context.Context, key string) error {
				if strings.HasSuffix(key, "S007.parquet") {
					asked.Add(1)
					return c.err
				}
				return nil
			})
			m := p.take(t)
			require.Equal(t, int64(passes), asked.Load(), "it was tried more than once")
			require.Len(t, m.Failures, 1)
			require.Equal(t, market.Failure{Symbol: "S007", File: "2024-12-31/S007.parquet", Kind: market.Unreadable, Reason: "fetch 2024-12-31/S007.parquet: " + c.err.Error()}, m.Failures[0])
			require.Len(t, m.Series, 19)
			whole := markettest.Expected(t, files)
			require.NotEqual(t, whole.Revision, m.Revision, "it says so")

			kept, err := p.Kept(t.Context())
			require.NoError(t, err)
			require.Equal(t, m.Revision, kept.Revision)
			p.bucket.failing(nil)
			markettest.Same(t, whole, p.take(t))
		})
	}
}

func TestAFaultThatPassesIsNoFailure(t *testing.T) {
	p := open(t)
	files := p.run(t, "2024-12-31", 20)
	var asked atomic.Int64
	p.bucket.failing(func(_ context.Context, key string) error {
		if key != "" && asked.Add(1)%5 == 0 {
			return errDown
		}
		return nil
	})
	markettest.Same(t, markettest.Expected(t, files), p.take(t))
}

// An object is replaced after it was listed: before it is opened, or while it
// is read.
func TestAnObjectThatChangesMeanwhile(t *testing.T) {
	next := markettest.Bars(t, "S003", "2024-01-02", 40, 41)
	for _, c := range []struct {
		name  string
		hook  func(p *place, replace func())
		whole bool // what was read is what was listed
	}{
		{"before it is opened", func(p *place, replace func()) {
			p.bucket.failing(func(_ context.Context, key string) error {
				if strings.HasSuffix(key, "S003.parquet") {
					replace()
				}
				return nil
			})
		}, false},
		{"while it is read", func(p *place, replace func()) {
			p.bucket.onRead = func(key string) {
				if strings.HasSuffix(key, "S003.parquet") {
					replace()
				}
			}
		}, true},
		{"before it is opened, by as many bytes", func(p *place, _ func()) {
			p.Put(t, "2024-12-31/S003.parquet", []byte("first!"))
			p.bucket.failing(func(_ context.Context, key string) error {
				if strings.HasSuffix(key, "S003.parquet") {
					p.Put(t, "2024-12-31/S003.parquet", []byte("second"))
				}
				return nil
			})
		}, false},
		{"removed before it is opened", func(p *place, _ func()) {
			p.bucket.failing(func(_ context.Context, key string) error {
				if strings.HasSuffix(key, "S003.parquet") {
					p.Remove(t, "2024-12-31/S003.parquet")
				}
				return nil
			})
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, older := served(t, 8)
			files := p.run(t, "2024-12-31", 8)
			c.hook(p, func() { p.Put(t, "2024-12-31/S003.parquet", next) })
			m, err := market.LoadFrom(t.Context(), p)
			if c.whole {
				require.NoError(t, err)
				markettest.Same(t, markettest.Expected(t, files), m)
			} else {
				require.ErrorContains(t, err, "run 2024-12-31 changed while it was fetched")
				stillKept(t, p, older)
			}
		})
	}
}

// The disk is full in the middle of a new run: what was kept stays, what came
// makes room for others, and the next attempt with room succeeds.
func TestAFullDisk(t *testing.T) {
	full := &os.PathError{Op: "write", Path: "~1", Err: syscall.ENOSPC}
	for _, c := range []struct {
		name string
		fail func(p *place, f draft) (draft, error)
	}{
		{"no file can be made", func(*place, draft) (draft, error) { return nil, full }},
		{"in the middle of a write", func(_ *place, f draft) (draft, error) { return &short{draft: f, room: 100, err: full}, nil }},
		{"when it is synced", func(_ *place, f draft) (draft, error) {
			return &short{draft: f, room: 1 << 30, err: full}, nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, older := served(t, 30)
			newer := p.run(t, "2024-12-31", 30)
			create := p.disk.create
			var made atomic.Int64
			p.disk.create = func(dir string) (draft, error) {
				if made.Add(1) <= 10 {
					return create(dir)
				}
				f, err := create(dir)
				if err != nil {
					return nil, err
				}
				bad, err := c.fail(p, f)
				if err != nil {
					_ = f.Discard()
				}
				return bad, err
			}
			_, err := market.LoadFrom(t.Context(), p)
			require.ErrorIs(t, err, syscall.ENOSPC)
			stillKept(t, p, older)
			require.Len(t, p.onDisk(t), 30, "the new run gave its room back")
			p.disk.create = create
			markettest.Same(t, markettest.Expected(t, newer), p.take(t))
		})
	}
}

// short is a file on a disk with little room.
type short struct {
	draft
	room int
	err  error
}

func (s *short) Write(b []byte) (int, error) {
	if s.room -= len(b); s.room < 0 {
		return 0, s.err
	}
	return s.draft.Write(b)
}

func (s *short) Commit(string) error { return errors.Join(s.err, s.Discard()) }

// The manifest cannot be written: the older one is what a start finds.
func TestAFullDiskWhenTheMarketIsKept(t *testing.T) {
	p, older := served(t, 8)
	p.run(t, "2024-12-31", 8)
	m, err := market.LoadFrom(t.Context(), p)
	require.NoError(t, err)
	create := p.disk.create
	p.disk.create = func(string) (draft, error) { return nil, syscall.ENOSPC }
	require.ErrorIs(t, p.Keep(m), syscall.ENOSPC)
	stillKept(t, p, older)
	p.disk.create = create
	require.NoError(t, p.Keep(m))
	stillKept(t, p, m)
}

// What a process that was killed leaves is not read, and goes.
func TestWhatAKilledProcessLeaves(t *testing.T) {
	p, older := served(t, 8)
	files := p.run(t, "2024-12-31", 8)
	l, err := p.List(t.Context(), market.AnyDay)
	require.NoError(t, err)
	_, err = p.Fetch(t.Context(), l) // and no Keep
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(p.dir, "sha256", "~1"), []byte("half"), 0o600))
	p.start(t)
	kept, err := p.Kept(t.Context())
	require.NoError(t, err)
	markettest.Same(t, older, kept)
	markettest.Same(t, markettest.Expected(t, files), p.take(t))
	require.Equal(t, contents(files), p.onDisk(t))
}

func TestABucketThatHangs(t *testing.T) {
	hang := func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() }
	t.Run("when it is listed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t)
			p.run(t, "2024-12-31", 2)
			p.bucket.failing(hang)
			begun := time.Now()
			_, err := market.LoadFrom(t.Context(), p)
			require.ErrorContains(t, err, "the listing brought nothing for 10s")
			require.Equal(t, 10*time.Second, time.Since(begun))
		})
	})
	t.Run("when it is read", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t)
			files := p.run(t, "2024-12-31", 20)
			p.bucket.failing(func(ctx context.Context, key string) error {
				if strings.HasSuffix(key, "S013.parquet") {
					return hang(ctx, key)
				}
				return nil
			})
			_, err := market.LoadFrom(t.Context(), p)
			require.ErrorContains(t, err, "not all of 20 objects came within 2m0s; the next attempt goes on")
			p.bucket.failing(nil)
			p.bucket.took()
			markettest.Same(t, markettest.Expected(t, files), p.take(t))
			keys, _ := p.bucket.took()
			require.Len(t, keys, 1)
		})
	})
	t.Run("and who asked goes away", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t)
			p.run(t, "2024-12-31", 20)
			p.bucket.failing(func(ctx context.Context, key string) error {
				if key != "" {
					return hang(ctx, key)
				}
				return nil
			})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := market.LoadFrom(ctx, p)
			require.ErrorIs(t, err, context.DeadlineExceeded)
		})
	})
}

// A body that is not what it was said to be is no content.
func TestABodyOfAnotherLength(t *testing.T) {
	p := open(t)
	for _, c := range []struct {
		name, body string
		size       int64
		says       string
	}{
		{"short", "abc", 4, "3 of 4 bytes"}, {"long", "abcde", 4, "more than 4 bytes"},
		{"nothing", "", 4, "0 of 4 bytes"}, {"something", "a", 0, "more than 0 bytes"},
	} {
		_, err := p.disk.put(strings.NewReader(c.body), c.size)
		require.ErrorContains(t, err, c.says, c.name)
	}
	_, err := p.disk.put(io.MultiReader(strings.NewReader("ab"), strings.NewReader("cd")), 4)
	require.NoError(t, err)
	require.Equal(t, []string{release.Sum([]byte("abcd"))}, p.onDisk(t))
}
