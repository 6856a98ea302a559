package gate

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"edgesignal/host/text"
)

// maxAnswer is how much a child may say, in bytes: a trial of rule.MaxSymbols
// has 0.4 MB.
const maxAnswer = 16 << 20

// process is a child that was started and waits for its order.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out io.Reader
	err clipped // what it writes to its standard error
}

// start starts a child.
func (g *Child) start() (*process, error) {
	if os.Getenv(childEnv) != "" { // or it would start itself for ever
		return nil, errors.New("this process is a child that does not serve as one: its main must begin with ServeIfChild")
	}
	program := g.Program
	if program == "" {
		program = self
	}
	p := &process{cmd: exec.Command(program)}
	// Half of the cores are the host's meanwhile.
	cores := max(1, runtime.GOMAXPROCS(0)/2)
	p.cmd.Env = []string{childEnv + "=1", "GOTRACEBACK=none", fmt.Sprintf("GOMAXPROCS=%d", cores)}
	p.cmd.Dir = "/"
	p.cmd.SysProcAttr = childAttr()
	p.cmd.WaitDelay = 5 * time.Second
	p.cmd.Stderr = &p.err
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.in, p.out = in, out
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("a process that checks releases cannot be started: %w", err)
	}
	yield(p.cmd.Process.Pid)
	return p, nil
}

// obey gives a child its order and waits for its end, which comes with ctx's
// at the latest. last is empty where the child ended without its last word.
func (p *process) obey(ctx context.Context, o order) (last note, end postMortem) {
	stop := context.AfterFunc(ctx, p.kill)
	defer stop()
	go func() {
		// A child that dies early leaves this with a broken pipe.
		_ = send(p.in, o)
		_ = p.in.Close()
	}()
	last, step := listen(p.out)
	_, _ = io.Copy(io.Discard, io.LimitReader(p.out, maxAnswer))
	died := p.cmd.Wait()
	cpu := p.cmd.ProcessState.SystemTime() + p.cmd.ProcessState.UserTime()
	return last, postMortem{step, died, cpu, ctx.Err() != nil, p.err.line(), o.Limits}
}

// discard ends a child that has no order.
func (p *process) discard() {
	p.kill()
	_ = p.cmd.Wait()
}

func (p *process) kill() { _ = p.cmd.Process.Kill() }

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

// clipped keeps the beginning of what is written to it.
type clipped struct{ bytes.Buffer }

func (c *clipped) Write(b []byte) (int, error) {
	const most = 4096
	c.Buffer.Write(b[:min(len(b), max(0, most-c.Len()))])
	return len(b), nil
}

// line returns the first line that says something.
func (c *clipped) line() string {
	for line := range strings.Lines(c.String()) {
		if line = strings.TrimSpace(line); line != "" {
			return text.Clip(line, 300)
		}
	}
	return ""
}
