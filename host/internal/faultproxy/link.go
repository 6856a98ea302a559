package faultproxy

import (
	"net"
	"sync"
	"time"
)

// link is the two connections of one that passes the proxy.
type link struct {
	in   *net.TCPConn
	done chan struct{} // closed by the first close

	mu     sync.Mutex
	out    *net.TCPConn // nil = not connected yet
	closed bool
}

// joined adds the connection to the server; false = the link was closed
// meanwhile, and out is closed too.
func (c *link) joined(out *net.TCPConn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		_ = out.Close()
		return false
	}
	c.out = out
	return true
}

// reset ends both connections as a broken network does: without a goodbye.
func (c *link) reset() { c.end(true) }

func (c *link) close() { c.end(false) }

func (c *link) end(abruptly bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.closed = true
	close(c.done)
	for _, side := range []*net.TCPConn{c.in, c.out} {
		if side == nil {
			continue
		}
		if abruptly {
			_ = side.SetLinger(0)
		}
		_ = side.Close()
	}
}

// wait returns after d (0 = never) or when the fault changes; false = the link
// was closed.
func (c *link) wait(changed <-chan struct{}, d time.Duration) bool {
	var after <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		after = timer.C
	}
	select {
	case <-after:
	case <-changed:
	case <-c.done:
		return false
	}
	return true
}
