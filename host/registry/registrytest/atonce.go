package registrytest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// testFailAtOnce has three handles find the same releases bad while somebody
// registers others.
func testFailAtOnce(t *testing.T, open Open) {
	const handles, workers, releases = 3, 2, 4
	rs := make([]registry.Registry, handles)
	for i := range rs {
		rs[i] = open(t)
	}
	for i := range releases {
		register(t, rs[0], plain("s", fmt.Sprint("v", i)))
	}
	activate(t, rs[0], "v1")

	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	var changes [releases]atomic.Int64
	var wg sync.WaitGroup
	for h, r := range rs {
		for range workers {
			wg.Go(func() {
				for i := range releases {
					changed, err := r.Fail(ctx, ref("s", fmt.Sprint("v", i)), fmt.Sprint("host-", h), "bad")
					if err != nil {
						t.Errorf("fail v%d: %v", i, err)
					}
					if changed {
						changes[i].Add(1)
					}
				}
			})
		}
		wg.Go(func() {
			if _, err := r.Register(ctx, plain("s", fmt.Sprint("new", h))); err != nil {
				t.Errorf("register: %v", err)
			}
		})
	}
	wg.Wait()
	failed := map[string]int{}
	events := history(t, rs[0], "s")
	for _, e := range events {
		if e.To == release.Failed {
			failed[e.Version]++
		}
	}
	for i := range releases {
		require.Equal(t, int64(1), changes[i].Load(), "one caller made the change of v%d", i)
	}
	require.Equal(t, map[string]int{"v0": 1, "v1": 1, "v2": 1, "v3": 1}, failed)
	requireChain(t, events)
	_, err := rs[0].Active(t.Context(), "s")
	require.ErrorIs(t, err, release.ErrNotFound)
}

// testObserveAtOnce has each of three handles write one host of its own and
// one that all share, while another reads: what it reads was written by one.
func testObserveAtOnce(t *testing.T, open Open) {
	const handles, rounds = 3, 6
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	numbered := func(host string, n int) registry.Observation {
		o := served("s", host)
		o.Desired = fmt.Sprint("v", n)
		o.Serving, o.Detail, o.Report = o.Desired, o.Desired, json.RawMessage(`{"version":"`+o.Desired+`"}`)
		return o
	}
	whole := func(o registry.Observation) bool {
		var said struct{ Version string }
		err := json.Unmarshal(o.Report, &said)
		return err == nil && o.Desired == o.Serving && o.Desired == o.Detail && o.Desired == said.Version
	}
	var writers, readers sync.WaitGroup
	done := make(chan struct{})
	for h := range handles {
		r := open(t)
		writers.Go(func() {
			for i := range rounds {
				for _, host := range []string{fmt.Sprint("h:", h), "shared:1"} {
					if err := r.Observe(ctx, numbered(host, h*rounds+i)); err != nil {
						t.Errorf("%s: %v", host, err)
						return
					}
				}
			}
		})
	}
	reader := open(t)
	readers.Go(func() {
		for {
			list, err := reader.Observations(ctx, "")
			if err != nil {
				t.Errorf("read: %v", err)
				return
			}
			for _, o := range list {
				if !whole(o) {
					t.Errorf("of two writes: %+v", o)
				}
			}
			select {
			case <-done:
				return
			default:
			}
		}
	})
	writers.Wait()
	close(done)
	readers.Wait()
	last := map[string]string{}
	for _, o := range observations(t, reader, "s") {
		last[o.Host] = o.Serving
	}
	require.Contains(t, []string{"v5", "v11", "v17"}, last["shared:1"], "the last round of one of them")
	delete(last, "shared:1")
	require.Equal(t, map[string]string{"h:0": "v5", "h:1": "v11", "h:2": "v17"}, last)
}
