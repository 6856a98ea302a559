package mirror

import (
	"context"
	"io"

	"edgesignal/host/bucket"
)

// Bucket is what a mirror asks of a *bucket.Client.
type Bucket interface {
	Open(ctx context.Context, bucket, key, version string) (io.ReadCloser, bucket.Object, error)
	Stat(ctx context.Context, bucket, key, version string) (bucket.Object, error)
	List(ctx context.Context, bucket, prefix string, each func(bucket.Entry) error) error
}

var _ Bucket = (*bucket.Client)(nil)
