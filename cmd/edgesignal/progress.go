package main

import (
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"
)

// progress shows a count on a terminal, a few times a second, and nothing
// where nobody is looking.
type progress struct {
	w    io.Writer
	unit string
	n    atomic.Int64
	end  chan struct{}
	done chan struct{}
}

func newProgress(w io.Writer, unit string) *progress {
	p := &progress{w: w, unit: unit, end: make(chan struct{}), done: make(chan struct{})}
	if !isTerminal(w) {
		close(p.done)
		return p
	}
	go func() {
		defer close(p.done)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				_, _ = fmt.Fprintf(p.w, "\r%d %s", p.n.Load(), p.unit)
			case <-p.end:
				_, _ = fmt.Fprint(p.w, "\r\033[K")
				return
			}
		}
	}()
	return p
}

func (p *progress) set(n int64) { p.n.Store(n) }

func (p *progress) stop() {
	close(p.end)
	<-p.done
}

// isTerminal reports whether a person may be reading: a character device.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
