package serving

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"edgesignal/cmd/dev/internal/load"
)

const (
	reload    = "/model/reload"
	modelInfo = "/model/info"
	// swapEvery is how often releases swap under load.
	swapEvery = time.Second
	// settleWithin is how long a host may take to see a change.
	settleWithin = 10 * time.Second
)

func cutBytes(b []byte, sep byte) (before, after []byte, found bool) {
	return bytes.Cut(b, []byte{sep})
}

// reloads measures POST /model/reload, from sending it to the answer, when
// there is another release to load. Where the host was quicker to see the
// change by itself there is nothing to measure, and it is tried again.
func (b *bench) reloads(ctx context.Context, s *site, host *process) error {
	b.say("reload")
	took := &figure{scenario: "reload, artifacts at hand", name: "POST to answer", unit: duration, goal: "<= 50 ms"}
	wanted := 3 * b.Rounds
	tries := 0
	for len(took.ours) < wanted {
		if tries == 100*wanted {
			return fmt.Errorf("reload: of %d changes the host saw all but %d by itself before it was asked", tries, len(took.ours))
		}
		if err := s.activate(ctx, versions[(tries+1)%2]); err != nil {
			return err
		}
		begin := time.Now()
		body, err := fetch(ctx, host.addr, load.Post(reload, nil))
		if err != nil {
			return err
		}
		seconds := time.Since(begin).Seconds()
		var answer struct{ Outcome string }
		if err := json.Unmarshal(body, &answer); err != nil {
			return err
		}
		if answer.Outcome == "activated" {
			took.ours = append(took.ours, seconds)
		}
		tries++
	}
	b.say("%d of %d changes were loaded by the request, the others the host had seen by itself", len(took.ours), tries)
	b.figures = append(b.figures, took)
	return nil
}

// swaps measures the latencies of the default book while releases swap, beside
// those while the same command changes nothing.
func (b *bench) swaps(ctx context.Context, s *site, host *process) error {
	b.say("swaps under load")
	scenario := fmt.Sprintf("a swap each second, %d symbols", b.Symbols)
	target := load.Target{Addr: host.addr, Requests: [][]byte{load.Get(defaultBook)}}
	most, err := b.load(ctx, scenario, contender{"edgesignal", target}, 0)
	if err != nil {
		return err
	}
	l := load.Load{Rate: most.Throughput() / 4, Duration: max(5*swapEvery/2, 4*b.Turn), Conns: b.Conns}
	p99 := &figure{scenario: scenario, name: "p99 at " + perSecond(l.Rate), unit: duration, baseline: "no swaps", goal: "<= 1.25"}
	for range b.Rounds {
		for _, swapping := range []bool{true, false} {
			r, err := b.whileActivating(ctx, s, host, target, l, swapping)
			if err != nil {
				return err
			}
			if r.Err != nil {
				return fmt.Errorf("%d of %d requests failed while releases swapped: %w", r.Failures, len(r.Latencies), r.Err)
			}
			to := &p99.theirs
			if swapping {
				to = &p99.ours
			}
			*to = append(*to, r.Quantile(0.99).Seconds())
		}
	}
	b.figures = append(b.figures, p99)
	return nil
}

// whileActivating puts a load on the host while a release is activated each
// second: the other one, or the one that is active.
func (b *bench) whileActivating(ctx context.Context, s *site, host *process, t load.Target, l load.Load, swapping bool) (*load.Result, error) {
	if err := s.activate(ctx, versions[0]); err != nil {
		return nil, err
	}
	stop, stopped := make(chan struct{}), make(chan error, 1)
	go func() {
		at := 0
		for {
			select {
			case <-stop:
				stopped <- serves(ctx, host, versions[at])
				return
			case <-time.After(swapEvery):
			}
			if swapping {
				at = 1 - at
			}
			if err := s.activate(ctx, versions[at]); err != nil {
				stopped <- err
				return
			}
		}
	}()
	r, err := load.Run(ctx, t, l)
	close(stop)
	if swapErr := <-stopped; err == nil {
		err = swapErr
	}
	return r, err
}

// serves waits until the host serves a version.
func serves(ctx context.Context, host *process, version string) error {
	var answer struct{ Version string }
	for deadline := time.Now().Add(settleWithin); ; time.Sleep(20 * time.Millisecond) {
		body, err := fetch(ctx, host.addr, load.Get(modelInfo))
		if err == nil {
			err = json.Unmarshal(body, &answer)
		}
		if err != nil {
			return err
		}
		if answer.Version == version {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the host serves %s after %s, and not %s", answer.Version, settleWithin, version)
		}
	}
}
