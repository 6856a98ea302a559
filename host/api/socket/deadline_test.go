package socket

import (
	"bytes"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// counting counts how often the deadlines below a conn are moved.
type counting struct {
	net.Conn
	moved int
}

func (c *counting) SetReadDeadline(t time.Time) error  { c.moved++; return c.Conn.SetReadDeadline(t) }
func (c *counting) SetWriteDeadline(t time.Time) error { c.moved++; return c.Conn.SetWriteDeadline(t) }

// Whatever deadlines are set, and whenever, a read and a write end exactly
// when those of a plain connection do.
func TestDeadlinesAreThoseOfAPlainConnection(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		type move struct {
			wait, ahead time.Duration // ahead < 0 = no deadline
		}
		moves := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) move {
			return move{
				time.Duration(rapid.IntRange(0, 20).Draw(rt, "wait")) * time.Second,
				time.Duration(rapid.IntRange(-1, 30).Draw(rt, "ahead")) * time.Second,
			}
		}), 1, 12).Draw(rt, "moves")
		last := time.Duration(rapid.IntRange(0, 30).Draw(rt, "last")) * time.Second
		for _, op := range []string{"read", "write"} {
			ends := func(wrap func(net.Conn) net.Conn) (took time.Duration, err error) {
				synctest.Test(t, func(*testing.T) {
					near, far := net.Pipe()
					defer far.Close()
					c := wrap(near)
					defer c.Close()
					set, use := c.SetReadDeadline, c.Read
					if op == "write" {
						set, use = c.SetWriteDeadline, c.Write
					}
					start := time.Now()
					for _, m := range moves {
						time.Sleep(m.wait)
						at := time.Now().Add(m.ahead)
						if m.ahead < 0 {
							at = time.Time{}
						}
						if set(at) != nil {
							panic("a deadline was refused")
						}
					}
					if set(time.Now().Add(last)) != nil {
						panic("the last deadline was refused")
					}
					_, err = use(make([]byte, 1))
					took = time.Since(start)
				})
				return took, err
			}
			plain, plainErr := ends(func(c net.Conn) net.Conn { return c })
			lazy, lazyErr := ends(func(c net.Conn) net.Conn { return &Conn{Conn: c, conns: noConns()} })
			require.ErrorIs(rt, plainErr, os.ErrDeadlineExceeded)
			require.ErrorIs(rt, lazyErr, os.ErrDeadlineExceeded)
			require.Equal(rt, plain, lazy, op)
		}
	})
}

// noConns has one connection, so that it can be closed.
func noConns() *Conns {
	cs := New(1, 0)
	cs.slots <- struct{}{}
	return cs
}

// A reader that waits when a deadline is moved, either way, sees the new one.
func TestADeadlineMovedUnderAWaitingRead(t *testing.T) {
	for _, test := range []struct {
		name          string
		first, second time.Duration // from the start; the second is set after 1 s; 0 = none
		want          time.Duration
	}{
		{"later", 5 * time.Second, 9 * time.Second, 9 * time.Second},
		{"sooner", 9 * time.Second, 5 * time.Second, 5 * time.Second},
		{"at once", 9 * time.Second, time.Second, time.Second},
		{"from none", 0, 5 * time.Second, 5 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				near, far := net.Pipe()
				defer far.Close()
				c := &Conn{Conn: near, conns: noConns()}
				defer c.Close()
				start := time.Now()
				if test.first > 0 {
					require.NoError(t, c.SetDeadline(start.Add(test.first)))
				}
				go func() {
					time.Sleep(time.Second)
					_ = c.SetDeadline(start.Add(test.second))
				}()
				_, err := c.Read(make([]byte, 1))
				require.ErrorIs(t, err, os.ErrDeadlineExceeded)
				require.Equal(t, test.want, time.Since(start))
			})
		})
	}
}

// What a write had sent when it was stopped too early is not sent twice.
func TestAWriteGoesOnWhereItWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		c := &Conn{Conn: near, conns: noConns()}
		sent := []byte("all of it, once")
		var got bytes.Buffer
		read := make(chan struct{})
		go func() {
			defer close(read)
			for {
				time.Sleep(time.Second)
				if _, err := io.CopyN(&got, far, 1); err != nil {
					return
				}
			}
		}()
		require.NoError(t, c.SetWriteDeadline(time.Now().Add(3500*time.Millisecond)))
		require.NoError(t, c.SetWriteDeadline(time.Now().Add(time.Minute)))
		n, err := c.Write(sent)
		require.NoError(t, err)
		require.Equal(t, len(sent), n)
		require.NoError(t, c.Close())
		<-read
		require.Equal(t, string(sent), got.String())
		require.NoError(t, far.Close())
	})
}

func TestLaterDeadlinesCostNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		below := &counting{Conn: near}
		c := &Conn{Conn: below, conns: noConns()}
		defer c.Close()
		for range 1000 { // a request each 10 ms, as fasthttp has it
			require.NoError(t, c.SetReadDeadline(time.Now().Add(75*time.Second)))
			require.NoError(t, c.SetReadDeadline(time.Now().Add(15*time.Second)))
			require.NoError(t, c.SetWriteDeadline(time.Now().Add(30*time.Second)))
			time.Sleep(10 * time.Millisecond)
		}
		require.Equal(t, 3, below.moved) // the first of each, and the first sooner one
	})
}
