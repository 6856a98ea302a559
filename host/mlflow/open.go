package mlflow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Open opens what mlflow-artifacts:/path names, through the tracking server,
// and gives its size in bytes. Errors are those of Locate.
func (c *Client) Open(ctx context.Context, path string) (io.ReadCloser, int64, error) {
	rel, ok := strings.CutPrefix(path, proxied+":/")
	if !ok {
		return nil, 0, fmt.Errorf("%.200q: %s:/<path> is expected", path, proxied)
	}
	if err := checkPath(rel); err != nil {
		return nil, 0, fmt.Errorf("%.200q: %w", path, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, downloadTimeout, fmt.Errorf("not downloaded within %v", downloadTimeout))
	res, err := c.do(ctx, fmt.Sprintf("artifact %q", rel), "mlflow-artifacts/artifacts/"+rel, nil) //nolint:bodyclose // download closes it
	if err != nil {
		cancel()
		return nil, 0, err
	}
	var r io.ReadCloser = &download{c, ctx, cancel, res.Body}
	if res.ContentLength >= 0 {
		return r, res.ContentLength, nil
	}
	// A proxy on the way may send it in chunks. The bytes must be whole all the same.
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxUnsized+1))
	if err != nil {
		return nil, 0, err
	}
	if len(b) > maxUnsized {
		return nil, 0, fmt.Errorf("%s: artifact %q: more than %d bytes of unsaid length", c, rel, maxUnsized)
	}
	return io.NopCloser(bytes.NewReader(b)), int64(len(b)), nil
}

// download is the body of an answer, whose faults are the server's.
type download struct {
	client *Client
	ctx    context.Context // of the Open that made it
	cancel context.CancelFunc
	body   io.ReadCloser
}

func (d *download) Read(p []byte) (int, error) {
	n, err := d.body.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = d.client.fault(d.ctx, err)
	}
	return n, err
}

func (d *download) Close() error {
	defer d.cancel()
	return d.body.Close()
}
