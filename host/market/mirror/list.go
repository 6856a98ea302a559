package mirror

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"edgesignal/host/bucket"
	"edgesignal/host/market"
	"edgesignal/host/release"
)

// folderTag marks a "folder" of a run whose name ends as a file's does: it is
// named as a failure, as in a directory.
const folderTag = "folder"

// List implements market.Source.
func (m *Mirror) List(ctx context.Context, before market.Date) (*market.Listing, error) {
	l, err := m.list(ctx, before)
	if err != nil {
		return nil, m.fault(err)
	}
	return l, nil
}

func (m *Mirror) list(ctx context.Context, before market.Date) (*market.Listing, error) {
	look := &look{mirror: m}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	look.ctx = ctx
	look.late = time.AfterFunc(m.lookTimeout, func() {
		stop(fmt.Errorf("the listing brought nothing for %s", m.lookTimeout))
	})
	defer look.late.Stop()
	l, err := look.newest(before)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return l, err
}

// look is one look at the bucket. Of what lies there it keeps what a run is
// made of, however much else there is.
type look struct {
	mirror *Mirror
	ctx    context.Context // of the List that made it: one look, one call
	late   *time.Timer     // ends ctx; set back by all that comes
}

func (k *look) newest(before market.Date) (*market.Listing, error) {
	layout := market.Layout{Files: k.files, Finished: k.finished}
	err := k.each(k.mirror.opt.Prefix, func(e bucket.Entry) error {
		switch {
		case e.Folder:
			if _, err := market.ParseDate(e.Name); err == nil {
				layout.Folders = append(layout.Folders, e.Name)
			}
		case e.Name == market.SectorsFile:
			layout.Sectors = info(e)
		case e.Name == market.CalendarFile:
			layout.Calendar = info(e)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return layout.List(before)
}

// files returns what lies right below a run's folder.
func (k *look) files(folder string) ([]market.FileInfo, error) {
	var files []market.FileInfo
	err := k.each(k.mirror.key(folder)+"/", func(e bucket.Entry) error {
		if !market.RunFile(e.Name) {
			return nil
		}
		if len(files) == market.MaxRunFiles+1 {
			return fmt.Errorf("run %s has more than %d files", folder, market.MaxRunFiles)
		}
		if e.Folder {
			files = append(files, market.FileInfo{Name: e.Name, Tag: folderTag})
			return nil
		}
		files = append(files, *info(e))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return single(files)
}

// single leaves out the folder that has the name of a file. A file that was
// listed twice is an error: what the listing lost in its place is not known.
func single(files []market.FileInfo) ([]market.FileInfo, error) {
	there := map[string]bool{}
	for _, f := range files {
		if f.Tag == folderTag {
			continue
		}
		if there[f.Name] {
			return nil, fmt.Errorf("%s was listed twice", f.Name)
		}
		there[f.Name] = true
	}
	return slices.DeleteFunc(files, func(f market.FileInfo) bool { return f.Tag == folderTag && there[f.Name] }), nil
}

func (k *look) finished(folder string) (bool, error) {
	k.late.Reset(k.mirror.lookTimeout)
	_, err := k.mirror.opt.Client.Stat(k.ctx, k.mirror.opt.Bucket, k.mirror.key(folder)+"/"+market.FinishedFile, "")
	if errors.Is(err, release.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func (k *look) each(prefix string, each func(bucket.Entry) error) error {
	k.late.Reset(k.mirror.lookTimeout)
	return k.mirror.opt.Client.List(k.ctx, k.mirror.opt.Bucket, prefix, func(e bucket.Entry) error {
		k.late.Reset(k.mirror.lookTimeout)
		return each(e)
	})
}

func info(e bucket.Entry) *market.FileInfo {
	return &market.FileInfo{Name: e.Name, Size: e.Object.Size, Tag: tag(e.Object)}
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
