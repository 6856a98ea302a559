package research

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// count gives 0, 1, ... n-1, then err or the end.
func count(n int, err error) func() (int, bool, error) {
	i := -1
	return func() (int, bool, error) {
		if i++; i < n {
			return i, true, nil
		}
		return 0, false, err
	}
}

func TestInOrder(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	var started, used atomic.Int64
	var got []int
	err := inOrder(t.Context(), count(300, nil),
		func(_ context.Context, i int) (int, error) {
			if ahead := started.Add(1) - used.Load(); ahead > 2*4+1 { // one may be used and not yet counted
				return 0, errors.New("too many under way")
			}
			time.Sleep(time.Duration(i*7919%13) * 100 * time.Microsecond)
			return i * i, nil
		},
		func(square int) error {
			got = append(got, square)
			used.Add(1)
			return nil
		})
	require.NoError(t, err)
	require.Len(t, got, 300)
	for i, square := range got {
		require.Equal(t, i*i, square)
	}
}

func TestInOrderErrors(t *testing.T) {
	broken, ended := errors.New("broken"), errors.New("ended")
	ctx, cancel := context.WithCancel(t.Context())
	for _, tc := range []struct {
		name string
		next func() (int, bool, error)
		work func(context.Context, int) (int, error)
		use  func(int) error
		want error
		used int // jobs used before
	}{
		{name: "of a job, not of a later one that failed before", next: count(100, nil), want: broken, used: 7,
			work: func(_ context.Context, i int) (int, error) {
				switch {
				case i == 7:
					time.Sleep(20 * time.Millisecond)
					return 0, broken
				case i > 7:
					return 0, errors.New("later")
				}
				return i, nil
			}},
		{name: "of what gives the jobs, after all before it", next: count(9, ended), want: ended, used: 9},
		{name: "of who uses them", next: count(100, nil), want: broken, used: 3,
			use: func(i int) error {
				if i == 3 {
					return broken
				}
				return nil
			}},
		{name: "cancelled in the middle, while work waits", next: count(1<<40, nil), want: context.Canceled, used: 5,
			work: func(ctx context.Context, i int) (int, error) {
				if i < 5 {
					return i, nil
				}
				cancel()
				<-ctx.Done()
				return 0, ctx.Err()
			}},
		{name: "cancelled before", next: count(100, nil), want: context.Canceled},
		{name: "no jobs at all", next: count(0, ended), want: ended},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.work == nil {
				tc.work = func(_ context.Context, i int) (int, error) { return i, nil }
			}
			if tc.use == nil {
				tc.use = func(int) error { return nil }
			}
			used := 0
			jobCtx := t.Context()
			if errors.Is(tc.want, context.Canceled) {
				jobCtx = ctx
			}
			err := inOrder(jobCtx, tc.next, tc.work, func(i int) error {
				require.Equal(t, used, i)
				err := tc.use(i)
				if err == nil {
					used++
				}
				return err
			})
			require.ErrorIs(t, err, tc.want)
			require.LessOrEqual(t, used, tc.used)
			if !errors.Is(tc.want, context.Canceled) {
				require.Equal(t, tc.used, used)
			}
		})
	}
}
