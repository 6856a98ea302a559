// Package serving measures edgesignal as a service: the built binary in its
// own process, asked by package load, beside a baseline in the same minutes.
package serving

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"edgesignal/cmd/dev/internal/load"
)

// Options says what is measured and how long.
type Options struct {
	Binary string // edgesignal
	Bare   string // cmd/dev/internal/barefiber
	Model  string // LightGBM text of the releases
	Dir    string // to work in; nothing in it is kept by this package's wish

	Symbols, Small int           // of the two markets
	Days           int           // of each symbol
	Rounds         int           // turns of each pair
	Turn           time.Duration // of one load
	Conns          int
	ServeFlags     []string // added to serve
	OffFlags       []string // switch its caches off; none = not measured
	Predictions    string   // what host/model's BenchmarkPredict printed
	Log            io.Writer
}

// bench is a run.
type bench struct {
	Options
	figures []*figure
}

// Run measures all scenarios and writes a table of them to out. What fails a
// scenario fails the run.
func Run(ctx context.Context, o Options, out io.Writer) error {
	// One goroutine sleeps in the kernel until requests fall due.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(runtime.NumCPU() + 1))
	b := &bench{Options: o}
	for _, n := range []int{o.Small, o.Symbols} {
		if err := b.market(ctx, n); err != nil {
			return err
		}
	}
	if err := b.demo(ctx); err != nil {
		return err
	}
	figures, err := predictions(b.Predictions)
	if err != nil {
		return err
	}
	return write(out, append(b.figures, figures...))
}

// market measures a market of n symbols.
func (b *bench) market(ctx context.Context, n int) (err error) {
	names := symbols(n)
	b.say("a market of %d symbols x %d days", n, b.Days)
	data, err := newMarket(ctx, b.Binary, b.Dir, names, b.Days)
	if err != nil {
		return err
	}
	s, err := newSite(ctx, b.Binary, b.Model, filepath.Join(b.Dir, fmt.Sprintf("site-%d", n)), data, names)
	if err != nil {
		return err
	}
	host, err := s.serve(ctx, b.ServeFlags)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, host.stop()) }()

	type scenario struct {
		name                        string
		requests                    [][]byte
		throughputGoal, latencyGoal string
	}
	scenarios := []scenario{{fmt.Sprintf("GET the default book, %d symbols", n), [][]byte{load.Get(defaultBook)}, ">= 0.8", "<= 1.3"}}
	if n == b.Symbols {
		for _, ask := range []struct {
			n    int
			goal string
		}{{min(5, n), ">= 0.5"}, {n, ">= 0.15"}} {
			scenarios = append(scenarios, scenario{fmt.Sprintf("POST %d random symbols of %d", ask.n, n), s.books(ask.n), ask.goal, ""})
		}
	}
	var bodies [][]byte
	for _, sc := range scenarios {
		body, err := fetch(ctx, host.addr, sc.requests[0])
		if err != nil {
			return err
		}
		bodies = append(bodies, body)
	}
	baseline, err := bare(ctx, b.Bare, s.dir, bodies...)
	if err != nil {
		return err
	}
	for i, sc := range scenarios {
		b.say("%s, beside bare fiber", sc.name)
		theirs := contender{"bare fiber", load.Target{Addr: baseline.addr, Requests: bareRequests(i, sc.requests), Length: len(bodies[i])}}
		err = errors.Join(err, b.turns(ctx, sc.name, contender{"edgesignal", load.Target{Addr: host.addr, Requests: sc.requests}}, theirs, sc.throughputGoal, sc.latencyGoal))
	}
	if err := errors.Join(err, baseline.stop()); err != nil {
		return err
	}
	if err := b.memory(fmt.Sprintf("%d symbols x %d days", n, b.Days), host, "<= 300 MB"); err != nil {
		return err
	}
	if len(b.OffFlags) > 0 {
		if err := b.cachesOff(ctx, s, host, scenarios[0].name, scenarios[0].requests); err != nil {
			return err
		}
	}
	if n != b.Symbols {
		return nil
	}
	return errors.Join(b.reloads(ctx, s, host), b.swaps(ctx, s, host))
}

// bareRequests returns the same requests for path /i of bare fiber.
func bareRequests(i int, requests [][]byte) [][]byte {
	bare := make([][]byte, len(requests))
	for k, r := range requests {
		method, rest, _ := cutBytes(r, ' ')
		_, rest, _ = cutBytes(rest, ' ')
		bare[k] = slices.Concat(method, fmt.Appendf(nil, " /%d ", i), rest)
	}
	return bare
}

// cachesOff measures the host beside one without caches over the same market.
func (b *bench) cachesOff(ctx context.Context, s *site, host *process, scenario string, requests [][]byte) (err error) {
	b.say("%s, beside the same service with its caches off", scenario)
	off, err := newSite(ctx, b.Binary, b.Model, s.dir+"-off", s.data, s.names)
	if err != nil {
		return err
	}
	without, err := off.serve(ctx, append(slices.Clone(b.ServeFlags), b.OffFlags...))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, without.stop()) }()
	return b.turns(ctx, scenario, contender{"edgesignal", load.Target{Addr: host.addr, Requests: requests}},
		contender{"caches off", load.Target{Addr: without.addr, Requests: requests}}, "", "")
}

func (b *bench) memory(scenario string, p *process, goal string) error {
	rss, err := p.rss()
	b.figures = append(b.figures, &figure{scenario: scenario, name: "RSS after the load", unit: mebibytes, ours: []float64{rss}, goal: goal})
	return err
}

// demo measures what the demo takes.
func (b *bench) demo(ctx context.Context) error {
	b.say("the demo")
	demo, err := start(ctx, "/readyz", func(host, port string) []string {
		return []string{b.Binary, "demo", "--host", host, "--port", port, "--state-dir", filepath.Join(b.Dir, "demo")}
	})
	if err != nil {
		return err
	}
	r, err := load.Run(ctx, load.Target{Addr: demo.addr, Requests: [][]byte{load.Get(defaultBook)}}, load.Load{Duration: b.Turn, Conns: b.Conns})
	if err == nil {
		err = errors.Join(r.Err, b.memory("demo", demo, "<= 80 MB"))
	}
	return errors.Join(err, demo.stop())
}

func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.Log, "... "+format+"\n", args...) }
