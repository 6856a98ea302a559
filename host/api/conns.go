package api

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

// conns are the connections of a server. They are held here, below fasthttp,
// for five things that it does not do: it answers nobody over its limit with
// more than a bare 503, it stops for good when the process is out of file
// descriptors for a moment, it resets a connection whose request it did not
// read to the end, it forgets connections that it has not closed yet, and a
// stop waits for a request on those that nobody has used.
type conns struct {
	slots    chan struct{} // holds one entry for each open connection
	linger   time.Duration
	stopped  chan struct{}
	stopOnce sync.Once

	mu        sync.Mutex
	open      map[*conn]struct{}
	listeners []*listener
}

func newConns(limit int, linger time.Duration) *conns {
	return &conns{
		slots: make(chan struct{}, limit), linger: linger,
		stopped: make(chan struct{}), open: map[*conn]struct{}{},
	}
}

// listener hands out tracked connections of another listener.
type listener struct {
	net.Listener
	conns     *conns
	closeOnce sync.Once
	closeErr  error
}

func (cs *conns) listen(ln net.Listener) net.Listener {
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
	c := &conn{Conn: nc, conns: cs}
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

// stop closes the listeners, those that are still to come too.
func (cs *conns) stop() error {
	cs.stopOnce.Do(func() { close(cs.stopped) })
	cs.mu.Lock()
	defer cs.mu.Unlock()
	var errs []error
	for _, l := range cs.listeners {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}

// wait returns when, after stop, the last connection is closed.
func (cs *conns) wait(ctx context.Context) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		cs.mu.Lock()
		left := len(cs.open)
		cs.mu.Unlock()
		if left == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// hurry ends every wait for a client to hang up.
func (cs *conns) hurry() {
	cs.each(func(c *conn) { _ = c.SetReadDeadline(time.Unix(1, 0)) })
}

// closeUnused closes what a client opened ahead and has sent nothing on.
func (cs *conns) closeUnused() {
	cs.each(func(c *conn) {
		if !c.used.Load() {
			_ = c.Conn.Close()
		}
	})
}

// closeAll closes what is open under the hands of whoever uses it.
func (cs *conns) closeAll() {
	cs.each(func(c *conn) { _ = c.Conn.Close() })
}

func (cs *conns) each(f func(*conn)) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for c := range cs.open {
		f(c)
	}
}

func (cs *conns) closed(c *conn) {
	cs.mu.Lock()
	delete(cs.open, c)
	cs.mu.Unlock()
	<-cs.slots
}

// conn is one tracked connection.
type conn struct {
	net.Conn
	conns  *conns
	reads  deadline
	writes deadline
	used   atomic.Bool // the client has sent something
	unread atomic.Bool // the client may still be sending what nobody will read
	once   sync.Once
	err    error
}

// Close closes the connection. Where a request was refused before it was read
// to the end it first says that nothing more will come and reads on for a
// moment: closing over unread bytes makes the kernel reset the connection, and
// the client then loses the answer that says why.
func (c *conn) Close() error {
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
