package gate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// Child checks each job in a process of its own: this same program, with
// limits on memory and time, no environment and the first to be killed when
// memory runs out. What hangs or dies there is refused here.
type Child struct {
	Rule   rule.Options // its CacheDir, if any, must be an absolute path
	Limits ProcessLimits
	// Program is what a child runs; its main or TestMain begins with
	// ServeIfChild. "" = this same program.
	Program string
	// Ahead has the next child started before there is a job for it, from the
	// first one on until Close.
	Ahead bool

	once  sync.Once
	slots chan struct{}
	spare spare
}

// maxChildren is how many may run at once; others wait.
const maxChildren = 2

// Check implements Gate. Beside a refusal of the checks themselves there is
// one for what the child dies of, under the reason of the step that it was in.
func (g *Child) Check(ctx context.Context, job Job) (*Verdict, error) {
	g.once.Do(func() { g.slots = make(chan struct{}, maxChildren) })
	select {
	case g.slots <- struct{}{}:
		defer func() { <-g.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for the gate: %w", ctx.Err())
	}
	start := time.Now()
	v, err := g.run(ctx, order{Job: job, Rule: g.Rule, Limits: g.Limits.withDefaults()})
	if err != nil {
		return nil, err
	}
	rest := millis(time.Since(start))
	for _, s := range v.Report.Steps {
		rest -= s.Millis
	}
	rest = math.Round(max(rest, 0)*1000) / 1000
	v.Report.Steps = append([]Step{{stepProcess, rest}}, v.Report.Steps...)
	return v, nil
}

// Probe says whether a child can be started here.
func (g *Child) Probe(ctx context.Context) error {
	_, err := g.run(ctx, order{Ping: true, Limits: g.Limits.withDefaults()})
	return err
}

// Close ends the child that waits for a job; those that have one end with it.
func (g *Child) Close() { g.spare.close() }

func (g *Child) run(ctx context.Context, o order) (*Verdict, error) {
	bounded, cancel := context.WithTimeout(ctx, o.Limits.Deadline)
	defer cancel()
	if g.Ahead {
		defer g.spare.renew(g.start)
	}
	if p := g.spare.take(); p != nil {
		if last, end := p.obey(bounded, o); last != (note{}) || end.step != "" || end.late {
			return conclude(ctx, last, end)
		}
		// It died while it waited, which says nothing of this job.
	}
	p, err := g.start()
	if err != nil {
		return nil, unavailable(err)
	}
	last, end := p.obey(bounded, o)
	return conclude(ctx, last, end)
}

// conclude returns what comes of a job whose child ended so.
func conclude(ctx context.Context, last note, end postMortem) (*Verdict, error) {
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("the gate, at step %q: %w", end.step, ctx.Err())
	case last.Verdict != nil:
		return last.Verdict, nil
	case last.Rejected != nil:
		return nil, last.Rejected
	case last.Failed != "":
		return nil, unavailable(errors.New(last.Failed))
	}
	return nil, end.verdict()
}

func unavailable(err error) error { return &release.Unavailable{Part: release.PartGate, Err: err} }

// postMortem is how a child ended, for one that did so without a last note.
type postMortem struct {
	step   string
	err    error         // of its end
	cpu    time.Duration // what it used
	late   bool          // it was killed at the deadline
	stderr string
	limits ProcessLimits
}

// verdict tells what the release did from what the machine did: only the
// first is a refusal.
func (p postMortem) verdict() error {
	reason, guilty := blame(p.step)
	how := "it ended without an answer"
	var exit *exec.ExitError
	killed := false
	if errors.As(p.err, &exit) {
		status, ok := exit.Sys().(syscall.WaitStatus)
		killed = ok && status.Signaled() && status.Signal() == syscall.SIGKILL
		how = "it ended with " + exit.String()
	}
	switch {
	case p.late:
		how = fmt.Sprintf("it was not done after %v, of which it computed %v", p.limits.Deadline, p.cpu.Round(time.Millisecond))
		guilty = guilty && p.cpu > p.limits.Deadline/2 // else the machine was busy with other things
	case killed:
		// By the kernel, at the CPU limit or for want of memory, or by an operator.
		limit := time.Duration(p.limits.cpuSeconds()) * time.Second
		if guilty = guilty && p.cpu >= limit/4*3; guilty { // the kernel's two accounts of it differ
			how = fmt.Sprintf("it used its %v of processor time", limit)
		}
	case strings.Contains(p.stderr, "failed to create new OS thread"):
		guilty = false
	}
	if p.stderr != "" {
		how += ": " + p.stderr
	}
	if guilty {
		return release.Reject(reason, "the process that checked it died at step %q: %s", p.step, how)
	}
	return unavailable(fmt.Errorf("the process that checks releases died at step %q: %s", p.step, how))
}
