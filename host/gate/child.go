package gate

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
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

	once  sync.Once
	slots chan struct{}
}

// maxChildren is how many may run at once; others wait.
const maxChildren = 2

// maxAnswer is how much a child may say, in bytes: a trial of rule.MaxSymbols
// has 0.4 MB.
const maxAnswer = 16 << 20

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

func (g *Child) run(ctx context.Context, o order) (*Verdict, error) {
	if os.Getenv(childEnv) != "" { // or it would start itself for ever
		return nil, unavailable(errors.New("this process is a child that does not serve as one: its main must begin with ServeIfChild"))
	}
	bounded, cancel := context.WithTimeout(ctx, o.Limits.Deadline)
	defer cancel()
	program := g.Program
	if program == "" {
		program = self
	}
	cmd := exec.CommandContext(bounded, program) // killed when bounded ends
	cmd.Env = []string{childEnv + "=1", "GOTRACEBACK=none"}
	cmd.Dir = "/"
	cmd.SysProcAttr = childAttr()
	cmd.WaitDelay = 5 * time.Second
	var last clipped
	cmd.Stderr = &last
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, unavailable(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, unavailable(err)
	}
	if err := cmd.Start(); err != nil {
		return nil, unavailable(fmt.Errorf("a process that checks releases cannot be started: %w", err))
	}
	yield(cmd.Process.Pid)
	go func() {
		// A child that dies early leaves this with a broken pipe.
		_ = send(in, o)
		_ = in.Close()
	}()
	final, step := listen(out)
	_, _ = io.Copy(io.Discard, io.LimitReader(out, maxAnswer))
	died := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("the gate, at step %q: %w", step, ctx.Err())
	case final.Verdict != nil:
		return final.Verdict, nil
	case final.Rejected != nil:
		return nil, final.Rejected
	case final.Failed != "":
		return nil, unavailable(errors.New(final.Failed))
	}
	return nil, postMortem{step, died, cmd.ProcessState.SystemTime() + cmd.ProcessState.UserTime(), bounded.Err() != nil, last.line(), o.Limits}.verdict()
}

// listen reads a child's notes to the last one, and says which step it began last.
func listen(out io.Reader) (final note, step string) {
	dec := gob.NewDecoder(io.LimitReader(out, maxAnswer))
	for {
		var n note
		if err := dec.Decode(&n); err != nil {
			return note{}, step
		}
		if n.Step == "" {
			return n, step
		}
		step = n.Step
	}
}

func unavailable(err error) error { return &release.Unavailable{Part: release.PartGate, Err: err} }

// postMortem is what is known of a child that ended without a last note.
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

// clipped keeps the beginning of what is written to it.
type clipped struct{ bytes.Buffer }

func (c *clipped) Write(b []byte) (int, error) {
	const most = 4096
	c.Buffer.Write(b[:min(len(b), max(0, most-c.Len()))])
	return len(b), nil
}

// line is the first line that says something.
func (c *clipped) line() string {
	for line := range strings.Lines(c.String()) {
		if line = strings.TrimSpace(line); line != "" {
			return line[:min(len(line), 300)]
		}
	}
	return ""
}
