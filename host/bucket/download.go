package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/minio/minio-go/v7"

	"edgesignal/host/release"
)

// attempts is how often a download is taken up again without a byte between.
const attempts = 6

// Open returns a reader of the whole object and what is known of it, or
// release.ErrNotFound. version "" is the newest.
//
// A download that breaks is taken up where it ended, from the same version and
// the same ETag, a few times and more slowly each time; a byte that arrives
// starts the count anew. An object that was overwritten meanwhile is
// *release.Unavailable. Reading ends with ctx.
func (c *Client) Open(ctx context.Context, bucket, key, version string) (io.ReadCloser, Object, error) {
	if err := check(bucket, key); err != nil {
		return nil, Object{}, err
	}
	r, info, _, err := c.core.GetObject(ctx, bucket, key, minio.GetObjectOptions{VersionID: version})
	if err != nil {
		return nil, Object{}, fault(ctx, location(bucket, key), err)
	}
	o := object(bucket, info)
	o.Key = key
	d := &download{ctx: ctx, client: c, object: o, version: version, body: r, pause: pauses(c.wait)}
	if o.Version != "" {
		d.version = o.Version
	}
	return d, o, nil
}

func pauses(first time.Duration) *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval = first, 5*time.Second
	b.Reset()
	return b
}

// download is a body that mends itself.
type download struct {
	ctx     context.Context // of the Open that made it: one object, one call
	client  *Client
	object  Object
	version string
	body    io.ReadCloser // nil = broken
	at      int64         // bytes read
	broken  int           // times in a row
	pause   *backoff.ExponentialBackOff
	end     error // said again by every later Read
}

func (d *download) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for d.end == nil {
		if d.body == nil {
			if d.end = d.resume(); d.end != nil {
				break
			}
		}
		n, err := d.body.Read(p)
		d.at += int64(n)
		if err != nil {
			d.broke(err)
		}
		if n > 0 {
			d.broken = 0
			d.pause.Reset()
			return n, nil
		}
	}
	return 0, d.end
}

// broke notes what ended the body: the object's end, the caller, or a fault.
func (d *download) broke(err error) {
	_ = d.body.Close()
	d.body = nil
	switch {
	case d.at == d.object.Size: // however the connection ended
		d.end = io.EOF
	case d.broken == attempts:
		d.end = fault(d.ctx, d.object.String(), fmt.Errorf("broken after %d of %d bytes, given up after %d attempts: %w", d.at, d.object.Size, attempts, err))
	default:
		d.end = d.ctx.Err()
	}
	d.broken++
}

// resume opens the rest, after a pause.
func (d *download) resume() error {
	for {
		if err := d.sleep(); err != nil {
			return err
		}
		err := d.reopen()
		if err == nil || !release.Retryable(err) || d.broken >= attempts {
			return err
		}
		d.broken++
	}
}

func (d *download) sleep() error {
	t := time.NewTimer(d.pause.NextBackOff())
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-d.ctx.Done():
		return d.ctx.Err()
	}
}

func (d *download) reopen() error {
	opts := minio.GetObjectOptions{VersionID: d.version}
	opts.Set("Range", fmt.Sprintf("bytes=%d-%d", d.at, d.object.Size-1))
	if d.object.ETag != "" {
		opts.Set("If-Match", `"`+d.object.ETag+`"`)
	}
	body, _, header, err := d.client.core.GetObject(d.ctx, d.object.Bucket, d.object.Key, opts)
	if err != nil {
		err = fault(d.ctx, d.object.String(), err)
		if errors.Is(err, release.ErrConflict) || errors.Is(err, release.ErrNotFound) {
			return d.changed("it is another object now")
		}
		return err
	}
	want := fmt.Sprintf("bytes %d-%d/%d", d.at, d.object.Size-1, d.object.Size)
	if got := header.Get("Content-Range"); got != want {
		_ = body.Close()
		return d.changed(fmt.Sprintf("asked for %s, got %q", want, got))
	}
	d.body = body
	return nil
}

// changed ends the download; another Open may do better.
func (d *download) changed(how string) error {
	return &release.Unavailable{Part: release.PartStore, Err: fmt.Errorf("%s: changed while it was read, after %d of %d bytes: %s", d.object, d.at, d.object.Size, how)}
}

func (d *download) Close() error {
	d.end = errors.Join(d.end, io.ErrClosedPipe)
	if d.body == nil {
		return nil
	}
	body := d.body
	d.body = nil
	return body.Close()
}
