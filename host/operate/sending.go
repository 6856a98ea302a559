package operate

import (
	"context"
	"io"
	"sync/atomic"

	"edgesignal/host/artifact"
)

// sending is a store that says how much of what is put into it was taken so
// far, one object after the other.
type sending struct {
	artifact.Store
	told func(sent int64)
	done atomic.Int64 // of earlier objects
}

func (s *sending) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	err := s.Store.Put(ctx, key, s.watch(r), size)
	if err == nil {
		s.done.Add(size)
	}
	return err
}

// watch returns r, told of. A reader that can be set back stays one: a store sends
// it again after a fault.
func (s *sending) watch(r io.Reader) io.Reader {
	sent := &sent{r, s, 0}
	if seeker, ok := r.(io.Seeker); ok {
		return sentAgain{sent, seeker}
	}
	return sent
}

type sent struct {
	io.Reader
	s *sending
	n int64
}

func (c *sent) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	c.s.told(c.s.done.Load() + c.n)
	return n, err
}

type sentAgain struct {
	*sent
	seeker io.Seeker
}

func (c sentAgain) Seek(offset int64, whence int) (int64, error) {
	at, err := c.seeker.Seek(offset, whence)
	c.n = at
	return at, err
}
