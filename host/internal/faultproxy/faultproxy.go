// Package faultproxy is a network that fails when told to: a TCP proxy between
// a program under test and a server that it needs.
package faultproxy

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Fault is what is wrong with the network. The zero value forwards everything
// as it is. It holds for connections that are open as for new ones.
type Fault struct {
	Refuse bool // new connections are reset at once
	Stall  bool // connections are accepted, and nothing passes; what was sent passes once that is over
	Rate   int  // bytes a second each way and connection; 0 = as fast as it goes
	Up     Harm // to what the program sends
	Down   Harm // to what the server sends
}

// Harm is done to one direction of each connection.
type Harm struct {
	FlipAt   int64   // one bit of the byte at this place is flipped, counted from 1 since the fault was set; 0 = of none
	Flip     float64 // probability that one bit of a byte is flipped
	CutAfter int64   // the connection is reset once so many bytes have passed since the fault was set; 0 = never
}

// Proxy listens on a port of 127.0.0.1 until its test ends.
type Proxy struct {
	target string
	ln     net.Listener
	work   sync.WaitGroup

	mu      sync.Mutex
	fault   Fault
	changed chan struct{} // closed when the fault is replaced
	conns   map[*link]struct{}
	closed  bool
	passed  int64
}

// New starts a proxy to target, "address:port". It need not be there yet.
func New(t testing.TB, target string) *Proxy {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &Proxy{target: target, ln: ln, changed: make(chan struct{}), conns: map[*link]struct{}{}}
	p.work.Go(p.accept)
	t.Cleanup(p.close)
	return p
}

// Addr returns where it listens: 127.0.0.1 and a port.
func (p *Proxy) Addr() string { return p.ln.Addr().String() }

// Set makes f the fault, in place of the one before.
func (p *Proxy) Set(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = f
	close(p.changed)
	p.changed = make(chan struct{})
}

// Heal ends the fault. What is cut stays cut.
func (p *Proxy) Heal() { p.Set(Fault{}) }

// Cut resets every connection that is open now.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.reset()
	}
}

// Passed returns how many bytes there were, both ways together.
func (p *Proxy) Passed() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.passed
}

func (p *Proxy) count(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.passed += int64(n)
}

// now returns the fault, and a channel that is closed when there is another.
func (p *Proxy) now() (Fault, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault, p.changed
}

func (p *Proxy) close() {
	_ = p.ln.Close()
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.Cut()
	p.work.Wait()
}

func (p *Proxy) accept() {
	for {
		in, err := p.ln.Accept()
		if err != nil {
			return
		}
		c := &link{in: in.(*net.TCPConn), done: make(chan struct{})}
		p.mu.Lock()
		refuse := p.fault.Refuse || p.closed
		if !refuse {
			p.conns[c] = struct{}{}
		}
		p.mu.Unlock()
		if refuse {
			c.reset()
			continue
		}
		p.work.Go(func() { p.carry(c) })
	}
}

// carry is one connection's life.
func (p *Proxy) carry(c *link) {
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, c)
		c.close()
	}()
	out, err := net.DialTimeout("tcp", p.target, 10*time.Second)
	if err != nil || !c.joined(out.(*net.TCPConn)) {
		c.reset()
		return
	}
	var both sync.WaitGroup
	both.Go(func() { p.pump(c, c.in, c.out, func(f *Fault) *Harm { return &f.Up }) })
	both.Go(func() { p.pump(c, c.out, c.in, func(f *Fault) *Harm { return &f.Down }) })
	both.Wait()
}

// pump carries one direction.
func (p *Proxy) pump(c *link, from, to *net.TCPConn, way func(*Fault) *Harm) {
	buf := make([]byte, 16<<10)
	var since <-chan struct{} // when the fault was set that passed counts from
	var passed int64
	for {
		n, err := from.Read(buf)
		for b := buf[:n]; len(b) > 0; {
			f, changed := p.now()
			if changed != since {
				since, passed = changed, 0
			}
			if f.Stall {
				if !c.wait(changed, 0) {
					return
				}
				continue
			}
			part := b
			if f.Rate > 0 {
				part = b[:min(len(b), max(1, f.Rate/20))]
				if !c.wait(changed, time.Duration(len(part))*time.Second/time.Duration(f.Rate)) {
					return
				}
			}
			harm := way(&f)
			cut := harm.CutAfter > 0 && passed+int64(len(part)) >= harm.CutAfter
			if cut {
				part = part[:harm.CutAfter-passed]
			}
			harm.flip(part, passed)
			if _, err := to.Write(part); err != nil || cut {
				c.reset()
				return
			}
			p.count(len(part))
			passed, b = passed+int64(len(part)), b[len(part):]
		}
		switch {
		case errors.Is(err, io.EOF):
			_ = to.CloseWrite()
			return
		case err != nil:
			c.reset()
			return
		}
	}
}

// flip damages b, before which so many bytes have passed.
func (h *Harm) flip(b []byte, passed int64) {
	if at := h.FlipAt - 1 - passed; h.FlipAt > 0 && at >= 0 && at < int64(len(b)) {
		b[at] ^= 1
	}
	if h.Flip <= 0 {
		return
	}
	for i := range b {
		if rand.Float64() < h.Flip {
			b[i] ^= 1 << rand.IntN(8)
		}
	}
}
