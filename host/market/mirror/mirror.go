// Package mirror keeps the newest run of a bucket on this host's disk, so that
// bars are read as fast as from a directory, only what changed is fetched, and
// a host can start while the bucket is out of reach.
//
// What lies on the disk: sha256/<hex>, contents under their own digest, so
// that no name of an object ever becomes a name of a file; and kept.json, the
// manifest of the market that was taken last. Each content is hashed again
// before it is read.
package mirror

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"edgesignal/host/market"
)

// Interval is the time between two looks at a bucket. A look costs two
// requests, one more for every 1,000 keys that lie beside the runs or in the
// newest, and up to seven where the newest run has no _SUCCESS file.
const Interval = 10 * time.Second

// Options say what is mirrored and where. All but Prefix and Read must be set.
type Options struct {
	Client   Bucket
	Bucket   string
	Prefix   string // of all keys: "" or ending in a slash
	Endpoint string // of the service: what was kept of another one is not this bucket's
	Dir      string // this mirror's own folder, made where it is missing (0700)
	Read     market.Options
}

// Mirror is a market.Source. List, Fetch and Keep are for one goroutine; Kept
// may be called beside them.
type Mirror struct {
	opt  Options
	disk *disk

	mu      sync.Mutex
	have    map[market.FileInfo]string // digest of what lies on the disk
	kept    *manifest                  // nil = none, or refused
	refused error                      // why what was kept is not used

	lookTimeout, fetchTimeout, retryPause time.Duration
}

var _ market.Source = (*Mirror)(nil)

// Open takes the folder. What was kept there and cannot be used is no error
// here: Kept says so. A folder that another process uses is one.
func Open(opt Options) (*Mirror, error) {
	d, err := openDisk(opt.Dir)
	if err != nil {
		return nil, fmt.Errorf("market mirror: %w", err)
	}
	m := &Mirror{opt: opt, disk: d, have: map[market.FileInfo]string{}, lookTimeout: 10 * time.Second, fetchTimeout: 2 * time.Minute, retryPause: time.Second}
	kept, err := readManifest(m.manifestFile())
	if err == nil && kept.Source != m.source() {
		err = fmt.Errorf("it is of %s", kept.Source)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		m.refused = fmt.Errorf("market mirror: %s: %w", m.manifestFile(), err)
	default:
		m.kept = kept
		maps.Copy(m.have, kept.digests())
	}
	return m, nil
}

// Close lets another process take the folder.
func (m *Mirror) Close() error { return m.disk.close() }

// String returns where the runs come from.
func (m *Mirror) String() string {
	return "s3://" + strings.TrimSuffix(m.opt.Bucket+"/"+m.opt.Prefix, "/")
}

func (m *Mirror) source() string { return m.opt.Endpoint + " " + m.String() }

func (m *Mirror) manifestFile() string { return filepath.Join(m.opt.Dir, "kept.json") }

// key returns the key of a name relative to the data directory.
func (m *Mirror) key(name string) string { return m.opt.Prefix + name }

// Keep notes the market that serves now, for a start without the bucket, and
// drops the contents that it does not need. It must be the one that was
// fetched last.
func (m *Mirror) Keep(mk *market.Market) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := newManifest(m.source(), mk, m.have)
	b, err := kept.bytes()
	if err == nil {
		err = m.disk.replace(m.manifestFile(), b)
	}
	if err != nil {
		return fmt.Errorf("market mirror: %w", err)
	}
	m.kept, m.refused = kept, nil
	return m.sweep(nil)
}

// Kept returns the market that was taken last, read from the disk, and nil where
// there is none. It is whole, or an error: a book over fewer symbols is
// another book, so a file that is not what it was refuses all of it.
func (m *Mirror) Kept(ctx context.Context) (*market.Market, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		return nil, m.refused
	}
	l := m.kept.listing()
	f := newFiles(m.disk, l, m.kept.digests())
	f.verify = true
	mk, err := market.LoadListed(ctx, f, l, m.opt.Read)
	if len(f.damaged) > 0 {
		return nil, fmt.Errorf("market mirror: %d of %d files are not what was kept; one of them, %w", len(f.damaged), len(l.All()), f.damaged[0])
	}
	if err == nil && mk.Revision != m.kept.Revision {
		err = fmt.Errorf("market mirror: %s: its files make revision %s, not %s", m.manifestFile(), mk.Revision, m.kept.Revision)
	}
	if err != nil {
		return nil, err
	}
	return mk, nil
}

// sweep drops what neither the kept market nor the files need.
func (m *Mirror) sweep(files []market.FileInfo) error {
	needed := map[string]bool{}
	if m.kept != nil {
		for _, sum := range m.kept.digests() {
			needed[sum] = true
		}
	}
	for _, f := range files {
		needed[m.have[f]] = true
	}
	maps.DeleteFunc(m.have, func(_ market.FileInfo, sum string) bool { return !needed[sum] })
	if err := m.disk.sweep(needed); err != nil {
		return fmt.Errorf("market mirror: %w", err)
	}
	return nil
}
