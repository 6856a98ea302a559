package mirror

import (
	"context"
	"fmt"
	"path"
	"strings"
	"time"

	"edgesignal/host/bucket"
	"edgesignal/host/market"
)

// folderTag marks a "folder" of a run whose name ends as a file's does: it is
// named as a failure, as in a directory.
const folderTag = "folder"

// List implements market.Source.
func (m *Mirror) List(ctx context.Context) (*market.Listing, error) {
	l, err := m.list(ctx)
	if err != nil {
		return nil, m.fault(err)
	}
	return l, nil
}

func (m *Mirror) list(ctx context.Context) (*market.Listing, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, m.lookTimeout, fmt.Errorf("it was not listed within %s", m.lookTimeout))
	defer cancel()
	l, err := m.newest(ctx)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return l, err
}

func (m *Mirror) newest(ctx context.Context) (*market.Listing, error) {
	folders, err := m.opt.Client.Folders(ctx, m.opt.Bucket, m.opt.Prefix)
	if err != nil {
		return nil, err
	}
	top, err := m.objects(ctx, m.opt.Prefix)
	if err != nil {
		return nil, err
	}
	var sectors *market.FileInfo
	for _, f := range top {
		if f.Name == market.SectorsFile {
			sectors = &f
		}
	}
	return market.NewListing(folders, sectors, func(folder string) ([]market.FileInfo, error) {
		below := m.key(folder) + "/"
		files, err := m.objects(ctx, below)
		if err != nil {
			return nil, err
		}
		named := map[string]bool{}
		for _, f := range files {
			named[f.Name] = true
		}
		inner, err := m.opt.Client.Folders(ctx, m.opt.Bucket, below)
		for _, name := range inner {
			if !named[name] {
				files = append(files, market.FileInfo{Name: name, Tag: folderTag})
			}
		}
		return files, err
	})
}

// objects returns those right below a prefix, their names relative to it.
func (m *Mirror) objects(ctx context.Context, prefix string) ([]market.FileInfo, error) {
	list, err := m.opt.Client.List(ctx, m.opt.Bucket, prefix)
	if err != nil {
		return nil, err
	}
	var files []market.FileInfo
	for _, o := range list {
		// A key that ends in a slash marks an empty folder.
		if name := strings.TrimPrefix(o.Key, prefix); name != "" && path.Base(name) == name {
			files = append(files, market.FileInfo{Name: name, Size: o.Size, Tag: tag(o)})
		}
	}
	return files, nil
}

// tag returns another one after each write: the ETag, and where a service gives
// none the time to the second, as both of its answers have it.
func tag(o bucket.Object) string {
	if o.ETag != "" {
		return o.ETag
	}
	return o.Modified.UTC().Format(time.RFC3339)
}

func (m *Mirror) fault(err error) error { return fmt.Errorf("market data: %s: %w", m, err) }
