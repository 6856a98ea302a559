package registrytest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

func testConcurrency(t *testing.T, fresh func(t *testing.T) Open) {
	t.Run("activations", func(t *testing.T) {
		const handles, workers, rounds = 3, 2, 4
		open := fresh(t)
		rs := make([]registry.Registry, handles)
		for i := range rs {
			rs[i] = open(t)
		}
		names := []string{"v1", "v2", "v3"}
		for _, v := range names {
			register(t, rs[0], plain("s", v))
		}
		activate(t, rs[0], "v1")

		ctx, stop := context.WithTimeout(t.Context(), patience)
		defer stop()
		var writers, readers sync.WaitGroup
		for h := range handles {
			for w := range workers {
				writers.Go(func() {
					for i := range rounds {
						v := names[(h+w+i)%len(names)]
						now, before, err := rs[h].Activate(ctx, ref("s", v), fmt.Sprint(h, w), "")
						if err != nil || now.Version != v || now.Status != release.Active || before != nil && before.Version == v {
							t.Errorf("activate %s: %+v %+v %v", v, now, before, err)
							return
						}
					}
				})
			}
		}
		done := make(chan struct{})
		for _, r := range rs {
			readers.Go(func() {
				for {
					list, err := r.List(ctx, "s")
					if n := countActive(list); err != nil || n != 1 {
						t.Errorf("%d active releases, %v", n, err)
						return
					}
					select {
					case <-done:
						return
					default:
					}
				}
			})
		}
		writers.Wait()
		close(done)
		readers.Wait()

		events, err := rs[0].Events(t.Context(), "s")
		require.NoError(t, err)
		end := requireChain(t, events)
		var last release.Event
		for _, e := range events {
			if e.To == release.Active {
				last = e
			}
		}
		for _, r := range rs {
			now, err := r.Active(t.Context(), "s")
			require.NoError(t, err)
			require.Equal(t, last.Version, now.Version)
			require.Equal(t, last.At, *now.ActivatedAt)
		}
		list, err := rs[0].List(t.Context(), "s")
		require.NoError(t, err)
		for _, rec := range list {
			require.Equal(t, end[rec.Ref()], rec.Status)
		}
	})
	t.Run("registrations of one name", func(t *testing.T) {
		open := fresh(t)
		rs := []registry.Registry{open(t), open(t)}
		errs := make([]error, 8)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				rec := with(plain("s", "v1"), func(r *release.Record) { r.ModelSHA256 = sum(fmt.Sprintf("a%d", i%2)) })
				_, errs[i] = rs[i/2%2].Register(t.Context(), rec)
			})
		}
		wg.Wait()
		stored, err := rs[0].Get(t.Context(), ref("s", "v1"))
		require.NoError(t, err)
		for i, err := range errs {
			if sum(fmt.Sprintf("a%d", i%2)) == stored.ModelSHA256 {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, release.ErrConflict)
			}
		}
		events, err := rs[0].Events(t.Context(), "")
		require.NoError(t, err)
		require.Len(t, events, 1)
	})
}

func countActive(list []release.Record) (n int) {
	for _, r := range list {
		if r.Status == release.Active {
			n++
		}
	}
	return n
}
