package bucket

import (
	"context"
	"crypto/md5" //nolint:gosec // it is what S3's ETags are
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strings"
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
// *release.Unavailable, and so is one whose bytes are not those of its ETag,
// where that is an MD5: the last Read says so. Reading ends with ctx.
func (c *Client) Open(ctx context.Context, bucket, key, version string) (io.ReadCloser, Object, error) {
	if err := check(bucket, key); err != nil {
		return nil, Object{}, err
	}
	r, info, header, err := c.core.GetObject(ctx, bucket, key, minio.GetObjectOptions{VersionID: version})
	if err != nil {
		return nil, Object{}, fault(ctx, location(bucket, key), err)
	}
	o := object(bucket, info)
	o.Key = key
	d := &download{ctx: ctx, client: c, object: o, version: version, body: r, pause: pauses(c.wait)}
	if md5Tag(bucket, o.ETag, header) {
		d.sum = md5.New() //nolint:gosec // as above
	}
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
	sum     hash.Hash     // of the bytes read; nil = there is nothing to hold it against
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
		if d.sum != nil {
			_, _ = d.sum.Write(p[:n]) // a hash takes everything
		}
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
		if d.sum != nil && hex.EncodeToString(d.sum.Sum(nil)) != d.object.ETag {
			d.end = d.fault("its bytes are not those of its ETag, which is an MD5")
		}
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
	body, info, header, err := d.client.core.GetObject(d.ctx, d.object.Bucket, d.object.Key, opts)
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
	// A server or a cache on the way may heed neither If-Match nor the version.
	if info.ETag != d.object.ETag || info.VersionID != d.object.Version {
		_ = body.Close()
		return d.changed("the rest is of another object")
	}
	d.body = body
	return nil
}

// changed ends the download; another Open may do better.
func (d *download) changed(how string) error {
	return d.fault(fmt.Sprintf("changed while it was read, after %d of %d bytes: %s", d.at, d.object.Size, how))
}

func (d *download) fault(what string) error {
	return &release.Unavailable{Part: release.PartStore, Err: fmt.Errorf("%s: %s", d.object, what)}
}

// md5Tag reports whether an ETag is the MD5 of the object's bytes. It is of
// those that were uploaded in one piece, unless a key of the customer's or of a
// key service encrypts them, and not in Amazon's directory buckets.
func md5Tag(bucket, tag string, header http.Header) bool {
	raw, err := hex.DecodeString(tag)
	return err == nil && len(raw) == md5.Size && tag == strings.ToLower(tag) &&
		!strings.HasPrefix(header.Get("x-amz-server-side-encryption"), "aws:kms") &&
		header.Get("x-amz-server-side-encryption-customer-algorithm") == "" &&
		!strings.HasSuffix(bucket, "--x-s3")
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
