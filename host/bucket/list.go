package bucket

import (
	"context"
	"fmt"
	"strings"

	"github.com/minio/minio-go/v7"

	"edgesignal/host/release"
)

// maxListed bounds a listing that has no end.
const maxListed = 1_000_000

// Entry is what stands right below a prefix.
type Entry struct {
	Name   string // without the prefix
	Folder bool   // other keys continue with Name and a slash
	Object Object // where it is no folder
}

// List calls each for what stands right below prefix, not deeper, in the order
// in which the storage says it, which is by key with most. prefix is "" or
// ends in a slash. An error of each ends the listing and is returned as it is.
//
// It holds one page in memory. What each was told before an error may be a part
// of what is there; without an error it is all of it, as far as the storage
// says: a page that is not a whole listing of that prefix is an error.
func (c *Client) List(ctx context.Context, bucket, prefix string, each func(Entry) error) error {
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
		name, ok := strings.CutPrefix(o.Key, prefix)
		if !ok || name == "/" || strings.Contains(strings.TrimSuffix(name, "/"), "/") {
			return &release.Unavailable{Part: release.PartStore, Err: fmt.Errorf("%s: the listing names a key that does not lie right below it", location(bucket, prefix))}
		}
		if n++; n > maxListed {
			return fmt.Errorf("%s: more than %d objects", location(bucket, prefix), maxListed)
		}
		e := Entry{Name: name}
		if e.Name, e.Folder = strings.CutSuffix(name, "/"); !e.Folder {
			e.Object = object(bucket, o)
		}
		if err := each(e); err != nil {
			return err
		}
	}
	return ctx.Err()
}
