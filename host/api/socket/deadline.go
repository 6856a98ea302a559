package socket

import (
	"errors"
	"os"
	"sync"
	"time"
)

// deadline says when the reads or the writes of a connection fail. fasthttp
// moves it three times a request, nearly always to a later time, and moving a
// timer of the runtime each time costs more than reading a request. So a later
// time is only noted here; when the runtime's older timer fires before it, the
// read or write goes on and the timer is moved then.
type deadline struct {
	mu     sync.Mutex
	wanted time.Time // zero = none
	armed  time.Time // what the runtime knows; never later than wanted
}

// want moves the deadline; arm moves the runtime's.
func (d *deadline) want(t time.Time, arm func(time.Time) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wanted = t
	if !d.armed.IsZero() && (t.IsZero() || !t.Before(d.armed)) {
		return nil
	}
	d.armed = t
	return arm(t)
}

// early reports whether err came before the deadline that is wanted. Then the
// runtime's stands there now.
func (d *deadline) early(err error, arm func(time.Time) error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.wanted.IsZero() && !d.wanted.After(time.Now()) {
		return false
	}
	d.armed = d.wanted
	return arm(d.armed) == nil
}

// Read reads until the deadline that was set last.
func (c *Conn) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		if n > 0 && !c.used.Load() {
			c.used.Store(true)
		}
		if err == nil || n > 0 || !c.reads.early(err, c.Conn.SetReadDeadline) {
			return n, err
		}
	}
}

// Write writes until the deadline that was set last.
func (c *Conn) Write(b []byte) (n int, err error) {
	for {
		k, err := c.Conn.Write(b[n:])
		n += k
		if err == nil || !c.writes.early(err, c.Conn.SetWriteDeadline) {
			return n, err
		}
	}
}

// SetReadDeadline implements net.Conn.
func (c *Conn) SetReadDeadline(t time.Time) error {
	return c.reads.want(t, c.Conn.SetReadDeadline)
}

// SetWriteDeadline implements net.Conn.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	return c.writes.want(t, c.Conn.SetWriteDeadline)
}

// SetDeadline implements net.Conn.
func (c *Conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}
