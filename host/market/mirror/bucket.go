package mirror

import (
	"context"
	"io"
	"time"
)

// Object is one object of a bucket.
type Object struct {
	Bucket, Key, Version, ETag string
	Size                       int64
	Modified                   time.Time
}

// Bucket is what a mirror asks of a bucket.
type Bucket interface {
	Open(ctx context.Context, bucket, key, version string) (io.ReadCloser, Object, error)
	Folders(ctx context.Context, bucket, prefix string) ([]string, error)
	List(ctx context.Context, bucket, prefix string) ([]Object, error)
}
