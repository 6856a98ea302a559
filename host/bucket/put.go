package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/minio/minio-go/v7"

	"edgesignal/host/release"
)

// PutOnce writes size bytes of r under key, in one request, unless there is an
// object: that is release.ErrConflict, whoever wrote it. So is an object that
// an earlier PutOnce wrote whose answer was lost. A reader that ends before
// size bytes, or goes on after them, is an error and writes nothing; an error
// of the reader itself is returned as it is. r is not read once PutOnce has
// returned.
func (c *Client) PutOnce(ctx context.Context, bucket, key string, r io.Reader, size int64) error {
	if err := check(bucket, key); err != nil {
		return err
	}
	if size < 0 {
		return fmt.Errorf("%s: a size of %d bytes", location(bucket, key), size)
	}
	src := &source{ctx: ctx, r: r, left: size}
	if size == 0 {
		src.close(src.more()) // the request has no body to find it by
	}
	// One request whatever the size: only that is one condition and one step.
	opts := minio.PutObjectOptions{DisableMultipart: true}
	opts.SetMatchETagExcept("*")
	var err error
	if src.failed() == nil {
		_, err = c.core.Client.PutObject(ctx, bucket, key, src, size, opts)
	}
	src.close(nil)
	if failed := src.failed(); failed != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%s: %w", location(bucket, key), failed)
	}
	if err == nil {
		return nil
	}
	err = fault(ctx, location(bucket, key), err)
	if release.Retryable(err) {
		// A server that refuses may hang up before it has taken all bytes, and
		// its answer is lost with them.
		switch _, asked := c.Stat(ctx, bucket, key, ""); {
		case asked == nil:
			return fmt.Errorf("%s: %w", location(bucket, key), release.ErrConflict)
		case errors.Is(asked, release.ErrRefused):
			return asked
		}
	}
	return err
}

// source is r for as long as the request is under way, with exactly the bytes
// that were promised: it looks for more before it hands out the last of them,
// while the request can still be broken off. net/http may go on reading a
// little after it has answered, hence the lock.
type source struct {
	ctx context.Context

	mu     sync.Mutex
	r      io.Reader
	left   int64
	err    error // what went wrong with r
	closed bool
}

var errClosed = errors.New("the request has ended")

func (s *source) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return 0, errClosed
	case s.err != nil:
		return 0, s.err
	case s.left == 0:
		return 0, io.EOF
	}
	if s.err = s.ctx.Err(); s.err != nil {
		return 0, s.err
	}
	n, err := s.r.Read(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	switch {
	case s.left == 0 && (err == nil || errors.Is(err, io.EOF)):
		s.err = s.more()
	case errors.Is(err, io.EOF):
		s.err = fmt.Errorf("the reader ended %d bytes early: %w", s.left, io.ErrUnexpectedEOF)
	default:
		s.err = err
	}
	if s.err != nil {
		return 0, s.err
	}
	return n, nil
}

// more returns nil when r has ended.
func (s *source) more() error {
	switch n, err := io.ReadFull(s.r, make([]byte, 1)); {
	case n > 0:
		return errors.New("the reader has more bytes than were promised")
	case !errors.Is(err, io.EOF):
		return err
	}
	return nil
}

// close keeps everybody from r, and notes err.
func (s *source) close(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.err == nil {
		s.err = err
	}
}

func (s *source) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}
