package fleettest

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// process is a program that runs, and that does not outlive the tests.
type process struct {
	os    *os.Process
	done  chan struct{}    // closed when it has ended
	err   error            // of its end; read it after done
	state *os.ProcessState // the same
}

func run(cmd *exec.Cmd) (*process, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	p := &process{done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The signal comes when the thread ends that started the program.
		runtime.LockOSThread()
		defer close(p.done)
		err := cmd.Start()
		p.os = cmd.Process
		started <- err
		if err == nil {
			p.err, p.state = cmd.Wait(), cmd.ProcessState
		}
	}()
	return p, <-started
}

// end sends a signal that ends it, and waits.
func (p *process) end(s os.Signal) error {
	_ = p.os.Signal(s) // it may have ended by itself
	<-p.done
	return p.err
}

// status is the exit status of one that has ended; -1 = a signal ended it.
func (p *process) status() int { return p.state.ExitCode() }
