package memo_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"edgesignal/host/memo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ofLength(_ string, v string) int64 { return int64(len(v)) }

func value(v string) func() (string, error) { return func() (string, error) { return v, nil } }

func TestAValueIsComputedOnce(t *testing.T) {
	c := memo.New(10_000, ofLength)
	for range 3 {
		v, err := c.Do(t.Context(), "1", value("one"))
		require.NoError(t, err)
		require.Equal(t, "one", v)
	}
	_, err := c.Do(t.Context(), "1", func() (string, error) { panic("it is kept") })
	require.NoError(t, err)
	v, ok := memo.Get(c, []byte("1"))
	require.True(t, ok)
	require.Equal(t, "one", v)
	_, ok = memo.Get(c, []byte("2"))
	require.False(t, ok)
	require.Equal(t, memo.Stats{Hits: 4, Misses: 1, Bytes: 256 + 3, Entries: 1}, c.Stats())
}

func TestNothingIsKeptByNoCache(t *testing.T) {
	for _, limit := range []int64{0, -1} {
		c := memo.New(limit, ofLength)
		for _, want := range []string{"one", "two"} {
			v, err := c.Do(t.Context(), "1", value(want))
			require.NoError(t, err)
			require.Equal(t, want, v)
		}
		_, ok := memo.Get(c, []byte("1"))
		require.False(t, ok)
		require.Zero(t, c.Stats())
	}
}

func TestErrorsAreNotKept(t *testing.T) {
	c := memo.New(10_000, ofLength)
	broken := errors.New("broken")
	_, err := c.Do(t.Context(), "1", func() (string, error) { return "", broken })
	require.ErrorIs(t, err, broken)
	v, err := c.Do(t.Context(), "1", value("whole"))
	require.NoError(t, err)
	require.Equal(t, "whole", v)
}

func TestAPanicIsItsCallersAlone(t *testing.T) {
	c := memo.New(10_000, ofLength)
	require.PanicsWithValue(t, "a bug", func() { _, _ = c.Do(t.Context(), "1", func() (string, error) { panic("a bug") }) })
	v, err := c.Do(t.Context(), "1", value("whole"))
	require.NoError(t, err)
	require.Equal(t, "whole", v)
}

// flying has one who computes, and waits within it.
func flying(ctx context.Context, t *testing.T, c *memo.Cache[string, string], end func() (string, error)) {
	t.Helper()
	go func() {
		defer func() { _ = recover() }()
		_, _ = c.Do(ctx, "1", end)
	}()
	synctest.Wait()
}

func TestWhoWaitsForAnother(t *testing.T) {
	for _, tc := range []struct {
		name string
		end  func() (string, error) // of the first
		want string
		err  string
	}{
		{name: "gets what it computes", end: value("first"), want: "first"},
		{name: "gets its error", end: func() (string, error) { return "", errors.New("broken") }, err: "broken"},
		{name: "is told of its panic", end: func() (string, error) { panic("a bug") }, err: "panicked"},
		{name: "begins anew where it gave up", end: func() (string, error) { return "", context.Canceled }, want: "second"},
		{name: "begins anew where it had no time", end: func() (string, error) { return "", context.DeadlineExceeded }, want: "second"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := memo.New(10_000, ofLength)
				letGo := make(chan struct{})
				flying(t.Context(), t, c, func() (string, error) { <-letGo; return tc.end() })
				var v string
				var err error
				var second sync.WaitGroup
				second.Go(func() { v, err = c.Do(t.Context(), "1", value("second")) })
				synctest.Wait()
				close(letGo)
				second.Wait()
				if tc.err != "" {
					require.ErrorContains(t, err, tc.err)
					return
				}
				require.NoError(t, err)
				require.Equal(t, tc.want, v)
			})
		})
	}
}

func TestWhoWaitsMayGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := memo.New(10_000, ofLength)
		letGo := make(chan struct{})
		flying(t.Context(), t, c, func() (string, error) { <-letGo; return "first", nil })
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := c.Do(ctx, "1", value("second"))
		require.ErrorIs(t, err, context.Canceled)
		_, ok := memo.Get(c, []byte("1"))
		require.False(t, ok, "not there yet")
		close(letGo)
		synctest.Wait()
		v, ok := memo.Get(c, []byte("1"))
		require.True(t, ok)
		require.Equal(t, "first", v)
	})
}

func TestTheLeastRecentlyAskedForGoesFirst(t *testing.T) {
	const each = 256 + 100
	c := memo.New(3*each, ofLength)
	put := func(k int) {
		_, err := c.Do(t.Context(), strconv.Itoa(k), value(strings.Repeat("x", 100)))
		require.NoError(t, err)
	}
	kept := func() (keys []int) {
		for k := range 6 {
			// Get itself is a use, so ask in an order that leaves the next eviction as it was.
			if _, ok := memo.Get(c, []byte(strconv.Itoa(k))); ok {
				keys = append(keys, k)
			}
		}
		return keys
	}
	put(1)
	put(2)
	put(3)
	put(1)
	put(4)
	require.Equal(t, []int{1, 3, 4}, kept())
	_, err := c.Do(t.Context(), "5", value(strings.Repeat("x", 3*each)))
	require.NoError(t, err)
	require.Equal(t, []int{1, 3, 4}, kept(), "what is larger than the limit pushes nobody out")
	require.Equal(t, int64(3*each), c.Stats().Bytes)
}

// Whatever is asked for, the bound holds and the answer is the function's.
func TestTheBoundHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.Int64Range(1, 3000).Draw(t, "limit")
		c := memo.New(limit, ofLength)
		for _, k := range rapid.SliceOfN(rapid.IntRange(0, 12), 1, 60).Draw(t, "keys") {
			want := strings.Repeat("x", k*k*10)
			v, err := c.Do(context.Background(), strconv.Itoa(k), value(want))
			require.NoError(t, err)
			require.Equal(t, want, v)
			require.LessOrEqual(t, c.Stats().Bytes, limit)
			if 256+int64(len(want)) <= limit {
				_, ok := memo.Get(c, []byte(strconv.Itoa(k)))
				require.True(t, ok, "the newest stays")
			}
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	c := memo.New(2000, ofLength)
	var computed atomic.Int64
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 200 {
				key := (k + i) % 10
				v, err := c.Do(t.Context(), strconv.Itoa(key), func() (string, error) {
					computed.Add(1)
					return strings.Repeat("x", key), nil
				})
				if err != nil || len(v) != key {
					t.Errorf("%d: %q %v", key, v, err)
				}
				_ = c.Stats()
			}
		})
	}
	wg.Wait()
	s := c.Stats()
	require.Equal(t, computed.Load(), s.Misses)
	require.Equal(t, int64(8*200), s.Hits+s.Misses)
}
