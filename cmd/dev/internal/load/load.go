// Package load asks a server over HTTP at a rate that does not depend on how
// fast it answers, and says how long the answers took.
//
// A request's latency counts from when it was due, not from when it was sent:
// while a server stalls, requests go on falling due, and each of them waits.
// A generator that sends the next request after the last answer would see one
// slow answer instead (the "coordinated omission").
package load

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Target is what is asked, and what is right.
type Target struct {
	Addr     string   // host:port
	Requests [][]byte // whole HTTP/1.1 requests, taken in turn
	Length   int      // of every answer's body; 0 = any length but 0
}

// Load is how a target is asked.
type Load struct {
	Rate     float64 // requests a second; 0 = each connection as fast as it can
	Duration time.Duration
	Conns    int
}

// Result is what came of it.
type Result struct {
	Latencies []time.Duration // of all requests that were due, ascending
	Failures  int             // no answer, another status than 200, another length
	Err       error           // the first failure
	Elapsed   time.Duration   // from the first due time to the last answer
}

// Throughput returns the number of good answers a second.
func (r *Result) Throughput() float64 {
	return float64(len(r.Latencies)-r.Failures) / r.Elapsed.Seconds()
}

// Quantile returns the latency that the share q of the requests did not exceed.
func (r *Result) Quantile(q float64) time.Duration {
	if len(r.Latencies) == 0 {
		return 0
	}
	return r.Latencies[min(int(q*float64(len(r.Latencies))), len(r.Latencies)-1)]
}

// worker is one connection and what it saw.
type worker struct {
	conn      conn
	target    *Target
	latencies []time.Duration
	failures  int
	err       error
}

// Run puts the load on the target. It ends after the last answer; a target
// that is far behind is given up when ctx ends, with ctx's error.
func Run(ctx context.Context, t Target, l Load) (*Result, error) {
	workers := make([]*worker, l.Conns)
	for i := range workers {
		workers[i] = &worker{conn: conn{addr: t.Addr}, target: &t}
		if _, _, err := workers[i].conn.do(t.Requests[0]); err != nil { // connected before the first is due
			return nil, fmt.Errorf("%s: %w", t.Addr, err)
		}
		defer workers[i].conn.close()
	}
	start := time.Now()
	var wg sync.WaitGroup
	if l.Rate == 0 {
		for i, w := range workers {
			wg.Go(func() {
				for n := i; time.Since(start) < l.Duration && ctx.Err() == nil; n++ {
					w.ask(n, time.Now())
				}
			})
		}
	} else {
		due := schedule(ctx, start, l)
		for _, w := range workers {
			wg.Go(func() {
				for d := range due {
					if ctx.Err() != nil {
						return
					}
					w.ask(d.number, d.at)
				}
			})
		}
	}
	wg.Wait()
	r := &Result{Elapsed: time.Since(start)}
	for _, w := range workers {
		r.Latencies = append(r.Latencies, w.latencies...)
		r.Failures += w.failures
		if r.Err == nil {
			r.Err = w.err
		}
	}
	slices.Sort(r.Latencies)
	return r, ctx.Err()
}

// ask sends request number n, which is due at a time, and waits for its answer.
func (w *worker) ask(n int, due time.Time) {
	status, length, err := w.conn.do(w.target.Requests[n%len(w.target.Requests)])
	w.latencies = append(w.latencies, time.Since(due))
	switch {
	case err != nil:
	case status != 200:
		err = fmt.Errorf("status %d", status)
	case length == 0 || w.target.Length != 0 && length != w.target.Length:
		err = fmt.Errorf("a body of %d bytes, want %d", length, w.target.Length)
	default:
		return
	}
	w.failures++
	if w.err == nil {
		w.err = err
	}
}

// dueRequest is one request and when it is due.
type dueRequest struct {
	number int
	at     time.Time
}

// schedule hands out requests when they fall due. It never waits for whoever
// takes them.
func schedule(ctx context.Context, start time.Time, l Load) <-chan dueRequest {
	total := int(l.Rate * l.Duration.Seconds())
	due := make(chan dueRequest, total)
	go func() {
		defer close(due)
		for i := range total {
			at := start.Add(time.Duration(float64(i) / l.Rate * float64(time.Second)))
			if !sleepUntil(ctx, at) {
				return
			}
			due <- dueRequest{number: i, at: at}
		}
	}()
	return due
}

// sleepUntil waits more exactly than time.Sleep, which may be a millisecond
// late. It reports whether ctx is still going on.
func sleepUntil(ctx context.Context, at time.Time) bool {
	for {
		left := time.Until(at)
		switch {
		case ctx.Err() != nil:
			return false
		case left <= 0:
			return true
		case left > 3*time.Millisecond:
			time.Sleep(left - 2*time.Millisecond)
		default:
			ts := unix.NsecToTimespec(left.Nanoseconds())
			_ = unix.Nanosleep(&ts, nil) // may be woken early by a signal
		}
	}
}
