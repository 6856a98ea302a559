// Package socket holds the connections of a server, below its HTTP library.
// It knows no route and no request.
package socket

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Conns holds a server's open connections and does what fasthttp does not:
//
//   - a client over the limit waits to be accepted, and gets no bare 503;
//   - accepting goes on after a moment without file descriptors;
//   - a client whose request was refused half-read gets the answer, not a reset;
//   - a stop knows every connection that is still open, and does not wait for a
//     request on one that its client opened ahead and never used.
type Conns struct {
	slots    chan struct{} // holds one entry for each open connection
	linger   time.Duration
	stopped  chan struct{}
	stopOnce sync.Once

	mu        sync.Mutex
	open      map[*Conn]struct{}
	listeners []*listener
}

// New makes room for limit connections that are open at once. linger is how
// long a connection is read on that ends with a part of a request unread.
func New(limit int, linger time.Duration) *Conns {
	return &Conns{
		slots: make(chan struct{}, limit), linger: linger,
		stopped: make(chan struct{}), open: map[*Conn]struct{}{},
	}
}

// listener hands out tracked connections of another listener.
type listener struct {
	net.Listener
	conns     *Conns
	closeOnce sync.Once
	closeErr  error
}

// Listen returns ln with its connections held here, until Stop.
func (cs *Conns) Listen(ln net.Listener) net.Listener {
	l := &listener{Listener: ln, conns: cs}
	cs.mu.Lock()
	cs.listeners = append(cs.listeners, l)
	cs.mu.Unlock()
	select {
	case <-cs.stopped:
		_ = l.Close()
	default:
	}
	return l
}

func (l *listener) Accept() (net.Conn, error) {
	cs := l.conns
	select {
	case cs.slots <- struct{}{}:
	case <-cs.stopped:
		return nil, net.ErrClosed
	}
	nc, err := l.accept()
	if err != nil {
		<-cs.slots
		return nil, err
	}
	c := &Conn{Conn: nc, conns: cs}
	cs.mu.Lock()
	cs.open[c] = struct{}{}
	cs.mu.Unlock()
	return c, nil
}

// accept tries again where only this moment, or this client, is at fault.
func (l *listener) accept() (net.Conn, error) {
	const first, last = 5 * time.Millisecond, time.Second
	for wait := first; ; wait = min(2*wait, last) {
		c, err := l.Listener.Accept()
		if err == nil || !passing(err) {
			return c, err
		}
		select {
		case <-time.After(wait):
		case <-l.conns.stopped:
			return nil, net.ErrClosed
		}
	}
}

func passing(err error) bool {
	for _, e := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

func (l *listener) Close() error {
	l.closeOnce.Do(func() { l.closeErr = l.Listener.Close() })
	return l.closeErr
}

// Stop closes the listeners, those that are still to come too.
func (cs *Conns) Stop() error {
	cs.stopOnce.Do(func() { close(cs.stopped) })
	cs.mu.Lock()
	defer cs.mu.Unlock()
	var errs []error
	for _, l := range cs.listeners {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}

// Wait returns when, after Stop, the last connection is closed.
func (cs *Conns) Wait(ctx context.Context) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for cs.Open() > 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Open returns how many connections are open.
func (cs *Conns) Open() int {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	return len(cs.open)
}

// Hurry ends every wait for a client to hang up.
func (cs *Conns) Hurry() {
	cs.each(func(c *Conn) { _ = c.SetReadDeadline(time.Unix(1, 0)) })
}

// Used returns how many of the open connections the client has sent something on.
func (cs *Conns) Used() (n int) {
	cs.each(func(c *Conn) {
		if c.used.Load() {
			n++
		}
	})
	return n
}

// CloseUnused closes what a client opened ahead and has sent nothing on.
func (cs *Conns) CloseUnused() {
	cs.each(func(c *Conn) {
		if !c.used.Load() {
			_ = c.Conn.Close()
		}
	})
}

// CloseAll closes what is open under the hands of whoever uses it.
func (cs *Conns) CloseAll() {
	cs.each(func(c *Conn) { _ = c.Conn.Close() })
}

func (cs *Conns) each(f func(*Conn)) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for c := range cs.open {
		f(c)
	}
}

func (cs *Conns) closed(c *Conn) {
	cs.mu.Lock()
	delete(cs.open, c)
	cs.mu.Unlock()
	<-cs.slots
}

// Conn is one tracked connection.
type Conn struct {
	net.Conn
	conns  *Conns
	reads  deadline
	writes deadline
	used   atomic.Bool // the client has sent something
	unread atomic.Bool // the client may still be sending what nobody will read
	once   sync.Once
	err    error
}

// LeaveUnread notes that the client may still be sending what nobody will read.
func (c *Conn) LeaveUnread() { c.unread.Store(true) }

// Close closes the connection. After LeaveUnread it first says that nothing
// more will come and reads on for a moment: closing over unread bytes makes
// the kernel reset the connection, and the client then loses the answer that
// says why.
func (c *Conn) Close() error {
	c.once.Do(func() {
		if w, ok := c.Conn.(interface{ CloseWrite() error }); ok && c.unread.Load() && w.CloseWrite() == nil {
			_ = c.SetReadDeadline(time.Now().Add(c.conns.linger))
			_, _ = io.Copy(io.Discard, c)
		}
		c.err = c.Conn.Close()
		c.conns.closed(c)
	})
	return c.err
}
