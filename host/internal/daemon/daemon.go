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
	Pid    int
	signal chan syscall.Signal // one ends it
	done   chan struct{}       // closed when it has ended
	status int                 // read it after done
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
	p := &Process{signal: make(chan syscall.Signal), done: make(chan struct{})}
	started := make(chan error)
	go p.keep(cmd, f, started)
	if err := <-started; err != nil {
		return nil, err
	}
	p.Pid = cmd.Process.Pid
	return p, nil
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
	pid := cmd.Process.Pid
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // one that was told to abandon everything says so
	}()
	select {
	case s := <-p.signal:
		_ = syscall.Kill(-pid, s)
		<-ended
	case <-ended:
	}
	p.status = cmd.ProcessState.ExitCode()
}

// End sends a signal to the server and all its children, and waits. It gives
// the exit status, -1 for one that the signal itself ended. One that ended
// before is no error.
func (p *Process) End(signal syscall.Signal) (status int) {
	select {
	case p.signal <- signal:
	case <-p.done:
	}
	<-p.done
	return p.status
}

// Ended is closed when the server has ended, by itself or not.
func (p *Process) Ended() <-chan struct{} { return p.done }
