package bucket

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/minio/minio-go/v7"
)

// maxListed bounds what a listing holds in memory.
const maxListed = 1_000_000

// Folders returns the names right below prefix that other keys continue with a
// slash ("2024-12-31"), ascending. prefix is "" or ends in a slash.
func (c *Client) Folders(ctx context.Context, bucket, prefix string) ([]string, error) {
	var names []string
	err := c.list(ctx, bucket, prefix, func(o minio.ObjectInfo) {
		if name, ok := strings.CutSuffix(strings.TrimPrefix(o.Key, prefix), "/"); ok {
			names = append(names, name)
		}
	})
	slices.Sort(names)
	return slices.Compact(names), err
}

// List returns the objects right below prefix, not deeper, ascending by key. prefix
// is "" or ends in a slash.
func (c *Client) List(ctx context.Context, bucket, prefix string) ([]Object, error) {
	var objects []Object
	err := c.list(ctx, bucket, prefix, func(o minio.ObjectInfo) {
		if !strings.HasSuffix(o.Key, "/") {
			objects = append(objects, object(bucket, o))
		}
	})
	slices.SortFunc(objects, func(a, b Object) int { return strings.Compare(a.Key, b.Key) })
	return objects, err
}

// list calls each for what stands right below prefix, and on an error for
// some of it.
func (c *Client) list(ctx context.Context, bucket, prefix string, each func(minio.ObjectInfo)) error {
	if err := checkBucket(bucket); err != nil {
		return err
	}
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		return fmt.Errorf("the prefix %q does not end in a slash", prefix)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	n := 0
	for o := range c.core.ListObjectsIter(ctx, bucket, minio.ListObjectsOptions{Prefix: prefix}) {
		if o.Err != nil {
			return fault(ctx, location(bucket, prefix), o.Err)
		}
		if o.Key == prefix { // the mark of an empty folder
			continue
		}
		if n++; n > maxListed {
			return fmt.Errorf("%s: more than %d objects", location(bucket, prefix), maxListed)
		}
		each(o)
	}
	return ctx.Err()
}
