package serving

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

const (
	readyWithin = 60 * time.Second
	stopWithin  = 15 * time.Second
)

// process is a server that this one started.
type process struct {
	addr string
	cmd  *exec.Cmd
	said *bytes.Buffer // to read after it has ended
	done chan struct{} // closed when it has ended
	err  error         // how, after done
}

// start starts a server and waits until path of it answers. command builds
// its command line from the address that it is to listen on.
func start(ctx context.Context, path string, command func(host, port string) []string) (*process, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	args := command(host, port)
	p := &process{addr: addr, cmd: exec.CommandContext(ctx, args[0], args[1:]...), said: &bytes.Buffer{}, done: make(chan struct{})}
	p.cmd.Env = environment()
	p.cmd.Stdout, p.cmd.Stderr = p.said, p.said
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(os.Interrupt) }
	p.cmd.WaitDelay = stopWithin
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	client := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for deadline := time.Now().Add(readyWithin); ; {
		select {
		case <-p.done:
			return nil, fmt.Errorf("%s ended: %w\n%s", strings.Join(args, " "), p.err, p.said)
		case <-time.After(20 * time.Millisecond):
		}
		if answer, err := client.Get("http://" + addr + path); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return p, nil
			}
		}
		if time.Now().After(deadline) {
			return nil, errors.Join(fmt.Errorf("%s does not answer %s after %s", strings.Join(args, " "), path, readyWithin), p.stop())
		}
	}
}

// stop ends the server as a service manager would, and waits for its end.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(stopWithin):
		err := fmt.Errorf("process %d does not stop", p.cmd.Process.Pid)
		err = errors.Join(err, p.cmd.Process.Kill())
		<-p.done
		return err
	}
}

// rss returns the memory that the process has in RAM, in bytes.
func (p *process) rss() (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if value, found := strings.CutPrefix(line, "VmRSS:"); found {
			kib, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 64)
			return kib * 1024, err
		}
	}
	return 0, fmt.Errorf("process %d: no VmRSS", p.cmd.Process.Pid)
}

// run runs a command to its end.
func run(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = environment()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// environment returns little, so that nobody's settings are measured.
func environment() []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "TMPDIR"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
