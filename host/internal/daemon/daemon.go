// Package daemon runs the real servers that tests need, as processes that
// cannot outlive them.
package daemon

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// Process is a running server.
type Process struct {
	signal chan syscall.Signal // one ends it
	done   chan struct{}       // closed when it has ended
}

// Start runs cmd with what it prints appended to the file log. cmd.SysProcAttr
// says with Pdeathsig which signal ends it when the tests are killed.
func Start(cmd *exec.Cmd, log string) (*Process, error) {
	f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = f, f
	cmd.SysProcAttr.Setpgid = true
	p := &Process{make(chan syscall.Signal), make(chan struct{})}
	started := make(chan error)
	go p.keep(cmd, f, started)
	return p, <-started
}

// keep runs the server on a thread that lives as long: the signal that stops
// it, should the tests be killed, comes when the thread that started it ends.
func (p *Process) keep(cmd *exec.Cmd, log *os.File, started chan<- error) {
	runtime.LockOSThread()
	defer close(p.done)
	defer func() { _ = log.Close() }()
	err := cmd.Start()
	started <- err
	if err != nil {
		return
	}
	_ = syscall.Kill(-cmd.Process.Pid, <-p.signal)
	_ = cmd.Wait() // it was told to abandon everything, and says so
}

// End sends a signal to the server and all its children, and waits.
func (p *Process) End(signal syscall.Signal) {
	p.signal <- signal
	<-p.done
}
