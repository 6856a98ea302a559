// Package retry asks a store again after a fault that may pass.
package retry

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/cenkalti/backoff/v5"

	"edgesignal/host/artifact"
	"edgesignal/host/release"
)

// Policy says how often and how fast. The zero value is for production.
type Policy struct {
	Tries uint          // 0 = 4
	Wait  time.Duration // about that long before the second try, then twice as long each time, with jitter; 0 = 100 ms
}

// do calls f until it succeeds, fails for good, or has been tried often
// enough; then its last error is returned.
func do[T any](ctx context.Context, p Policy, f func() (T, error)) (T, error) {
	if p.Tries == 0 {
		p.Tries = 4
	}
	if p.Wait == 0 {
		p.Wait = 100 * time.Millisecond
	}
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.Multiplier = p.Wait, 2
	v, err := backoff.Retry(ctx, func() (T, error) {
		v, err := f()
		if err != nil && !release.Retryable(err) {
			return v, backoff.Permanent(err)
		}
		return v, err
	}, backoff.WithBackOff(pause), backoff.WithMaxTries(p.Tries), backoff.WithMaxElapsedTime(0))
	var permanent *backoff.PermanentError
	if errors.As(err, &permanent) {
		err = permanent.Unwrap()
	}
	return v, err
}

type source struct {
	from artifact.Source
	p    Policy
}

// Source tries the fetches of from again.
func Source(from artifact.Source, p Policy) artifact.Source { return source{from, p} }

type fetched struct {
	b   []byte
	sum string
}

func (s source) Fetch(ctx context.Context, path, want string, max int64) ([]byte, string, error) {
	f, err := do(ctx, s.p, func() (fetched, error) {
		b, sum, err := s.from.Fetch(ctx, path, want, max)
		return fetched{b, sum}, err
	})
	return f.b, f.sum, err
}

type store struct {
	artifact.Store
	p Policy
}

// Store tries the calls of s again: a Put only of a reader that can be set
// back (io.Seeker), and not what is read from what Open returned. A Put whose
// first answer was lost is release.ErrConflict.
func Store(s artifact.Store, p Policy) artifact.Store { return store{s, p} }

func (s store) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	seeker, again := r.(io.Seeker)
	if !again {
		return s.Store.Put(ctx, key, r, size)
	}
	begin, err := seeker.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	_, err = do(ctx, s.p, func() (struct{}, error) {
		if _, err := seeker.Seek(begin, io.SeekStart); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, s.Store.Put(ctx, key, r, size)
	})
	return err
}

type opened struct {
	r    io.ReadCloser
	info artifact.Info
}

func (s store) Open(ctx context.Context, key string) (io.ReadCloser, artifact.Info, error) {
	o, err := do(ctx, s.p, func() (opened, error) {
		r, info, err := s.Store.Open(ctx, key)
		return opened{r, info}, err
	})
	return o.r, o.info, err
}

func (s store) Stat(ctx context.Context, key string) (artifact.Info, error) {
	return do(ctx, s.p, func() (artifact.Info, error) { return s.Store.Stat(ctx, key) })
}
