package faultproxy_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/host/internal/faultproxy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo answers every byte with itself.
func echo(t *testing.T) (addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var work sync.WaitGroup
	work.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			work.Go(func() {
				defer c.Close()
				_, _ = io.Copy(c, c)
			})
		}
	})
	t.Cleanup(func() {
		require.NoError(t, ln.Close())
		work.Wait()
	})
	return ln.Addr().String()
}

func proxy(t *testing.T) *faultproxy.Proxy {
	t.Helper()
	return faultproxy.New(t, echo(t)) // closed before the echo, which waits for its connections
}

func dial(t *testing.T, p *faultproxy.Proxy) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", p.Addr())
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(time.Minute)))
	return c
}

// open returns what comes of a connection that is reset while it is opened, or after.
func open(p *faultproxy.Proxy) error {
	c, err := net.Dial("tcp", p.Addr())
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Read(make([]byte, 1))
	return err
}

// say sends b and returns what came back of it.
func say(c net.Conn, b []byte) ([]byte, error) {
	var writing sync.WaitGroup
	writing.Go(func() { _, _ = c.Write(b) })
	got := make([]byte, len(b))
	n, err := io.ReadFull(c, got)
	writing.Wait()
	return got[:n], err
}

func requireReset(t *testing.T, err error) {
	t.Helper()
	require.True(t, errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE), "%v", err)
}

var text = bytes.Repeat([]byte("0123456789"), 10_000)

func TestForwards(t *testing.T) {
	p := proxy(t)
	c := dial(t, p)
	got, err := say(c, text)
	require.NoError(t, err)
	require.Equal(t, text, got)
	require.NoError(t, c.(*net.TCPConn).CloseWrite())
	_, err = c.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF, "an orderly end passes too")
	require.Equal(t, int64(2*len(text)), p.Passed())
}

func TestCut(t *testing.T) {
	p := proxy(t)
	c := dial(t, p)
	_, err := say(c, text)
	require.NoError(t, err)
	p.Cut()
	_, err = c.Read(make([]byte, 1))
	requireReset(t, err)
	_, err = say(dial(t, p), text)
	require.NoError(t, err, "new ones are welcome")
}

func TestRefuse(t *testing.T) {
	p := proxy(t)
	before := dial(t, p)
	_, err := say(before, text)
	require.NoError(t, err)
	p.Set(faultproxy.Fault{Refuse: true})
	_, err = say(before, text)
	require.NoError(t, err, "what is open stays open")
	requireReset(t, open(p))
	p.Heal()
	_, err = say(dial(t, p), text)
	require.NoError(t, err)
}

func TestStall(t *testing.T) {
	p := proxy(t)
	old := dial(t, p)
	_, err := say(old, text)
	require.NoError(t, err)
	p.Set(faultproxy.Fault{Stall: true})
	for _, c := range []net.Conn{old, dial(t, p)} {
		_, err = c.Write(text[:10])
		require.NoError(t, err)
		require.NoError(t, c.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
		_, err = c.Read(make([]byte, 1))
		var timeout net.Error
		require.ErrorAs(t, err, &timeout)
		require.True(t, timeout.Timeout())
		require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Minute)))
		defer func() {
			got := make([]byte, 10)
			_, err := io.ReadFull(c, got)
			require.NoError(t, err)
			require.Equal(t, text[:10], got, "and then it passes")
		}()
	}
	p.Heal()
}

func TestRate(t *testing.T) {
	p := proxy(t)
	p.Set(faultproxy.Fault{Rate: 1000})
	c := dial(t, p)
	begin := time.Now()
	got, err := say(c, text[:200])
	require.NoError(t, err)
	require.Equal(t, text[:200], got)
	require.GreaterOrEqual(t, time.Since(begin), 200*time.Millisecond)
	_, err = c.Write(text)
	require.NoError(t, err)
	p.Heal() // or the rest would take 100 s
	got = make([]byte, len(text))
	_, err = io.ReadFull(c, got)
	require.NoError(t, err)
	require.Equal(t, text, got)
}

func TestHarm(t *testing.T) {
	flipped := bytes.Clone(text)
	flipped[70_000-1] ^= 1
	for _, c := range []struct {
		name  string
		fault faultproxy.Fault
		want  []byte
		reset bool
	}{
		{name: "a byte on the way up", fault: faultproxy.Fault{Up: faultproxy.Harm{FlipAt: 70_000}}, want: flipped},
		{name: "a byte on the way down", fault: faultproxy.Fault{Down: faultproxy.Harm{FlipAt: 70_000}}, want: flipped},
		{name: "the same byte both ways", fault: faultproxy.Fault{Up: faultproxy.Harm{FlipAt: 70_000}, Down: faultproxy.Harm{FlipAt: 70_000}}, want: text},
		{name: "cut on the way up", fault: faultproxy.Fault{Up: faultproxy.Harm{CutAfter: 20_000}}, want: text[:20_000], reset: true},
		{name: "cut on the way down", fault: faultproxy.Fault{Down: faultproxy.Harm{CutAfter: 20_000}}, want: text[:20_000], reset: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := proxy(t)
			conn := dial(t, p)
			_, err := say(conn, text[:7]) // what passed before does not count
			require.NoError(t, err)
			p.Set(c.fault)
			got, err := say(conn, text)
			if c.reset {
				requireReset(t, err)
				require.True(t, bytes.HasPrefix(c.want, got), "a reset takes along what was not read yet")
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestFlipByChance(t *testing.T) {
	p := proxy(t)
	p.Set(faultproxy.Fault{Down: faultproxy.Harm{Flip: 0.01}})
	got, err := say(dial(t, p), text)
	require.NoError(t, err)
	different := 0
	for i := range got {
		if got[i] != text[i] {
			different++
		}
	}
	require.InDelta(t, 1000, different, 300) // ten standard deviations
}

func TestWithoutAServer(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, ln.Close())
	requireReset(t, open(faultproxy.New(t, ln.Addr().String())))
}
