package mirror

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/bucket"
	"edgesignal/host/market"
	"edgesignal/host/market/markettest"
	"edgesignal/host/release"
)

// fake is a bucket for what no real server can be made to do at a chosen
// moment.
type fake struct {
	mu      sync.Mutex
	objects map[string][]byte
	tags    map[string]string
	writes  int
	opened  []string                                    // keys
	looks   int                                         // requests that list
	fault   func(ctx context.Context, key string) error // of Open, and of listing with key ""
	onRead  func(key string)
}

func newFake() *fake { return &fake{objects: map[string][]byte{}, tags: map[string]string{}} }

func (b *fake) put(key string, content []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.writes++
	b.objects[key], b.tags[key] = content, fmt.Sprintf("etag-%s", release.Sum(content)[:8])
}

func (b *fake) remove(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.objects, key)
}

func (b *fake) failing(fault func(ctx context.Context, key string) error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fault = fault
}

// took returns the keys read since the last call, and how often it was listed.
func (b *fake) took() (keys []string, looks int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	keys, looks = b.opened, b.looks
	b.opened, b.looks = nil, 0
	slices.Sort(keys)
	return keys, looks
}

func (b *fake) begin(ctx context.Context, key string) error {
	b.mu.Lock()
	fault := b.fault
	b.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if fault != nil {
		return fault(ctx, key)
	}
	return nil
}

func (b *fake) Open(ctx context.Context, name, key, _ string) (io.ReadCloser, bucket.Object, error) {
	if err := b.begin(ctx, key); err != nil {
		return nil, bucket.Object{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	content, ok := b.objects[key]
	if !ok {
		return nil, bucket.Object{}, fmt.Errorf("%s: %w", key, release.ErrNotFound)
	}
	b.opened = append(b.opened, key)
	var r io.Reader = bytes.NewReader(content)
	if b.onRead != nil {
		r = io.MultiReader(r, hook{func() { b.onRead(key) }})
	}
	return io.NopCloser(r), bucket.Object{Bucket: name, Key: key, Size: int64(len(content)), ETag: b.tags[key]}, nil
}

// hook is called at the end of a reader.
type hook struct{ call func() }

func (h hook) Read([]byte) (int, error) { h.call(); return 0, io.EOF }

func (b *fake) Stat(ctx context.Context, name, key, _ string) (bucket.Object, error) {
	if err := b.begin(ctx, ""); err != nil {
		return bucket.Object{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.looks++
	content, ok := b.objects[key]
	if !ok {
		return bucket.Object{}, fmt.Errorf("%s: %w", key, release.ErrNotFound)
	}
	return bucket.Object{Bucket: name, Key: key, Size: int64(len(content)), ETag: b.tags[key]}, nil
}

func (b *fake) List(ctx context.Context, name, prefix string, each func(bucket.Entry) error) error {
	if err := b.begin(ctx, ""); err != nil {
		return err
	}
	for _, e := range b.below(name, prefix) {
		if err := each(e); err != nil {
			return err
		}
	}
	return nil
}

func (b *fake) below(name, prefix string) (list []bucket.Entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.looks++
	folders := map[string]bool{}
	for key, content := range b.objects {
		below, ok := strings.CutPrefix(key, prefix)
		if !ok {
			continue
		}
		if folder, _, inside := strings.Cut(below, "/"); inside {
			folders[folder] = true
			continue
		}
		list = append(list, bucket.Entry{Name: below, Object: bucket.Object{Bucket: name, Key: key, Size: int64(len(content)), ETag: b.tags[key]}})
	}
	for folder := range folders {
		list = append(list, bucket.Entry{Name: folder, Folder: true})
	}
	slices.SortFunc(list, func(a, b bucket.Entry) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// errDown is what a bucket says that is out of reach.
var errDown = &release.Unavailable{Part: release.PartStore, Err: errors.New("connection refused")}

func down(context.Context, string) error { return errDown }

// place is a mirror of a fake, as a data directory.
type place struct {
	*Mirror
	bucket *fake
	dir    string
}

func open(t testing.TB) *place {
	p := &place{bucket: newFake(), dir: filepath.Join(t.TempDir(), "state", "market")}
	p.start(t)
	return p
}

func (p *place) options() Options {
	return Options{Client: p.bucket, Bucket: "bars", Prefix: "adjusted/daily/", Endpoint: "http://127.0.0.1:1", Dir: p.dir}
}

// start is a new process on the same disk.
func (p *place) start(t testing.TB) {
	t.Helper()
	if p.Mirror != nil {
		require.NoError(t, p.Close())
	}
	var err error
	p.Mirror, err = Open(p.options())
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Close() }) // a later process may have taken its place
	p.retryPause = time.Millisecond
}

func (p *place) Put(_ testing.TB, name string, content []byte) {
	p.bucket.put("adjusted/daily/"+name, content)
}
func (p *place) Remove(_ testing.TB, name string) { p.bucket.remove("adjusted/daily/" + name) }
func (p *place) Source() market.Source            { return p.Mirror }

// take loads the newest run and keeps it, as a host does.
func (p *place) take(t testing.TB) *market.Market {
	t.Helper()
	m, err := market.LoadFrom(t.Context(), p)
	require.NoError(t, err)
	require.NoError(t, p.Keep(m))
	return m
}

// run puts a run of n symbols, of no other run's bytes, and returns its files.
func (p *place) run(t testing.TB, day string, n int) map[string][]byte {
	t.Helper()
	date, err := market.ParseDate(day)
	require.NoError(t, err)
	files := map[string][]byte{}
	for i := range n {
		symbol := fmt.Sprintf("S%03d", i)
		files[day+"/"+symbol+".parquet"] = markettest.Bars(t, symbol, "2024-01-02", 5+i%3, 1000*int(date)+i)
	}
	for name, content := range files {
		p.Put(t, name, content)
	}
	return files
}

// onDisk returns the contents' names.
func (p *place) onDisk(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(p.dir, "sha256", "*"))
	require.NoError(t, err)
	for i := range names {
		names[i] = filepath.Base(names[i])
	}
	return names
}

// contents returns the names that files have on disk.
func contents(files ...map[string][]byte) []string {
	sums := map[string]bool{}
	for _, f := range files {
		for _, content := range f {
			sums[release.Sum(content)] = true
		}
	}
	return slices.Sorted(maps.Keys(sums))
}
