package rule

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// together runs f(0..n-1) at once and returns what went wrong.
func together(n int, f func(k int) error) error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for k := range n {
		wg.Go(func() { errs[k] = f(k) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// Two calls in one instance would mix up its memory: see tally.wat.
func TestNoInstanceServesTwoCallsAtOnce(t *testing.T) {
	m := admitted(t, wat(t, "tally", plainMeta), Options{Instances: 3})
	require.NoError(t, together(9, func(k int) error {
		for round := range 30 {
			mine := float64(1000*k + round)
			weights, err := run(t, m, over(mine, 0, 0, 0, 0))
			if err != nil {
				return err
			}
			for _, w := range weights {
				if w != mine {
					return fmt.Errorf("caller %d, round %d: weight %v, want %v", k, round, w, mine)
				}
			}
		}
		return nil
	}))
	require.LessOrEqual(t, len(m.pool.idle), 3)
}

// Parameters belong to an instance too: callers with different ones must not
// see each other's.
func TestParamsDoNotLeakBetweenCalls(t *testing.T) {
	m := admitted(t, stock(t, "top_bottom"), Options{Instances: 2})
	require.NoError(t, together(6, func(k int) error {
		in := over(5, 4, 3, 2, 1, 0)
		in.Params = parsed(t, fmt.Sprintf(`{"top_n":%d,"bottom_n":0}`, k))
		want := topBottomReference(in.Predictions, k, 0)
		for range 30 {
			got, err := run(t, m, in)
			if err != nil {
				return err
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				return fmt.Errorf("top_n %d: %v, want %v", k, got, want)
			}
		}
		return nil
	}))
}

func TestFaultsUnderLoad(t *testing.T) {
	m := admitted(t, wat(t, "odd", plainMeta), Options{Instances: 2})
	require.NoError(t, together(6, func(k int) error {
		for range 20 {
			bad := k%2 == 0
			in := over(0, 7)
			if bad {
				in = over(2, 7) // traps
			}
			weights, err := run(t, m, in)
			if bad != (err != nil) || (!bad && weights[1] != 7) {
				return fmt.Errorf("caller %d: %v, %w", k, weights, err)
			}
		}
		return nil
	}))
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	m := admitted(t, wat(t, "echo", plainMeta), Options{Instances: 1})
	held, err := m.pool.get(t.Context())
	require.NoError(t, err)

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err = m.Construct(ctx, over(1))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "waiting for one of 1 rule instances")

	m.pool.put(held, true)
	_, err = m.Construct(ctx, over(1))
	require.ErrorIs(t, err, context.DeadlineExceeded, "nothing begins for a caller that is gone")
	_, err = run(t, m, over(1))
	require.NoError(t, err)
}

func TestTheWarmestInstanceIsTaken(t *testing.T) {
	m := admitted(t, wat(t, "echo", plainMeta), Options{Instances: 4})
	a, err := m.pool.get(t.Context())
	require.NoError(t, err)
	b, err := m.pool.get(t.Context())
	require.NoError(t, err)
	require.NotSame(t, a, b)
	m.pool.put(a, true)
	m.pool.put(b, true)
	again, err := m.pool.get(t.Context())
	require.NoError(t, err)
	require.Same(t, b, again)
	m.pool.put(again, false)
	require.True(t, again.mod.IsClosed(), "an instance that is not sound is closed")
	again, err = m.pool.get(t.Context())
	require.NoError(t, err)
	require.Same(t, a, again)
	m.pool.put(again, true)
}

func TestClose(t *testing.T) {
	m, err := Compile(t.Context(), wat(t, "echo", plainMeta), Options{Instances: 2})
	require.NoError(t, err)
	held, err := m.pool.get(t.Context())
	require.NoError(t, err)

	closed := make(chan error, 2)
	for range 2 { // twice, at once
		go func() { closed <- m.Close() }()
	}
	require.Eventually(t, func() bool {
		_, err := run(t, m, over(1))
		return errors.Is(err, ErrClosed)
	}, time.Minute, time.Millisecond, "nobody gets in any more")
	require.Empty(t, closed, "Close waits for the call in flight")
	require.False(t, held.mod.IsClosed())
	m.pool.put(held, true)
	require.NoError(t, <-closed)
	require.NoError(t, <-closed)
	require.True(t, held.mod.IsClosed())
	require.NoError(t, m.Close())
	_, err = run(t, m, over(1))
	require.ErrorIs(t, err, ErrClosed)
}

func TestCloseWhileCalling(t *testing.T) {
	m, err := Compile(t.Context(), wat(t, "tally", plainMeta), Options{Instances: 2})
	require.NoError(t, err)
	require.NoError(t, together(5, func(k int) error {
		if k == 4 {
			return m.Close()
		}
		for {
			weights, err := run(t, m, over(float64(k)))
			if errors.Is(err, ErrClosed) {
				return nil
			}
			if err != nil || weights[0] != float64(k) {
				return fmt.Errorf("caller %d: %v, %w", k, weights, err)
			}
		}
	}))
}

func TestPoolSurvivesAFailureToCreate(t *testing.T) {
	fail := errors.New("no more")
	p := newPool(1, func() (*instance, error) { return nil, fail })
	for range 3 {
		_, err := p.get(t.Context())
		require.ErrorIs(t, err, fail)
	}
	p.close()
}
