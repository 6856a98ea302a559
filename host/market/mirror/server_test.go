package mirror

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/bucket"
	"edgesignal/host/internal/s3test"
	"edgesignal/host/market"
	"edgesignal/host/market/markettest"
	"edgesignal/host/release"
)

// remote is a mirror of a bucket on a real server, as a data directory.
type remote struct {
	*Mirror
	server *s3test.Server
	opt    Options
}

func mirrored(t testing.TB, s *s3test.Server, name, prefix string) *remote {
	t.Helper()
	c, err := bucket.New(bucket.Config{Endpoint: s.Endpoint(), AccessKey: s3test.AccessKey, SecretKey: s3test.SecretKey, Wait: time.Millisecond})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	r := &remote{server: s, opt: Options{Client: c, Bucket: name, Prefix: prefix, Endpoint: s.Endpoint(), Dir: filepath.Join(t.TempDir(), "market")}}
	r.start(t)
	return r
}

func (r *remote) start(t testing.TB) {
	t.Helper()
	var err error
	r.Mirror, err = Open(r.opt)
	require.NoError(t, err)
	r.retryPause = time.Millisecond
	t.Cleanup(func() { _ = r.Close() })
}

func (r *remote) Source() market.Source { return r.Mirror }

func (r *remote) Put(_ testing.TB, name string, content []byte) {
	r.server.Put(r.opt.Bucket, r.opt.Prefix+name, string(content))
}

func (r *remote) Remove(_ testing.TB, name string) { r.server.Remove(r.opt.Bucket, r.opt.Prefix+name) }

func TestConformanceOnAServer(t *testing.T) {
	s := s3test.New(t)
	for _, c := range []struct {
		name, prefix string
		versioned    bool
	}{{"a bucket", "", false}, {"below a prefix", "adjusted/daily/", false}, {"a bucket of versions", "bars/", true}} {
		t.Run(c.name, func(t *testing.T) {
			markettest.Run(t, func(t *testing.T) markettest.Place {
				name := s.NewBucket()
				if c.versioned {
					s.Versioned(name)
				}
				// What lies beside the prefix is nobody's run.
				if c.prefix != "" {
					s.Put(name, "2030-01-01/AAA.parquet", "x")
					s.Put(name, c.prefix[:len(c.prefix)-1]+"-old/2030-01-01/AAA.parquet", "x")
				}
				return mirrored(t, s, name, c.prefix)
			})
		})
	}
}

// follower is a host's way of following a source, and a reader that looks at
// what it serves all the time.
type follower struct {
	*remote
	t     *testing.T
	stop  context.CancelFunc
	parts sync.WaitGroup

	mu     sync.Mutex
	states map[string]map[string][]byte // every whole state of the bucket, by revision
	serves *market.Market
	fault  error
}

func follow(t *testing.T, r *remote) *follower {
	ctx, cancel := context.WithCancel(t.Context())
	f := &follower{remote: r, t: t, stop: cancel, states: map[string]map[string][]byte{}}
	f.parts.Go(func() {
		market.NewRefresher(r, market.RefresherOptions{Interval: 10 * time.Millisecond, Take: f.take, State: f.state}).Run(ctx, nil)
	})
	t.Cleanup(f.end)
	return f
}

func (f *follower) end() { f.stop(); f.parts.Wait() }

// take checks that a market that is about to serve is one of the whole states:
// its revision and its numbers belong together.
func (f *follower) take(m *market.Market) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	files, ok := f.states[m.Revision]
	if !ok {
		f.t.Errorf("revision %s is no whole state: run %s, %d symbols, failures %v", m.Revision, m.RunDate, len(m.Series), m.Failures)
		return nil
	}
	markettest.Same(f.t, markettest.Expected(f.t, files), m)
	f.serves = m
	if err := f.Keep(m); err != nil {
		f.t.Error(err)
	}
	return nil
}

func (f *follower) state(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = err
}

// whole says that files are a state that may serve.
func (f *follower) whole(files map[string][]byte) (revision string) {
	revision = markettest.Expected(f.t, files).Revision
	f.mu.Lock()
	defer f.mu.Unlock()
	f.states[revision] = maps.Clone(files)
	return revision
}

func (f *follower) await(what string, ok func(serves *market.Market, fault error) bool) {
	f.t.Helper()
	require.Eventually(f.t, func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return ok(f.serves, f.fault)
	}, time.Minute, 5*time.Millisecond, what)
}

func (f *follower) serving(revision, what string) {
	f.t.Helper()
	f.await(what, func(m *market.Market, fault error) bool { return m != nil && m.Revision == revision && fault == nil })
}

func runOf(t testing.TB, day string, n, seed int) map[string][]byte {
	files := map[string][]byte{}
	for i := range n {
		symbol := fmt.Sprintf("S%03d", i)
		files[day+"/"+symbol+".parquet"] = markettest.Bars(t, symbol, "2024-01-02", 50, seed+i)
	}
	return files
}

// appear puts a whole run into the bucket in one step, as no client could.
func (f *follower) appear(day string, files map[string][]byte) (revision string) {
	f.t.Helper()
	revision = f.whole(files)
	draft := f.server.File(f.opt.Bucket, ".draft")
	require.NoError(f.t, os.Mkdir(draft, 0o755))
	for name, content := range files {
		require.NoError(f.t, os.WriteFile(filepath.Join(draft, filepath.Base(name)), content, 0o644))
	}
	place := f.server.File(f.opt.Bucket, f.opt.Prefix+day)
	require.NoError(f.t, os.MkdirAll(filepath.Dir(place), 0o755))
	require.NoError(f.t, os.Rename(draft, place))
	return revision
}

// The server is killed while a run is on its way, again and again: what serves
// is the old run or the whole new one, and the rest of it comes afterwards.
func TestAServerKilledInMidSync(t *testing.T) {
	const symbols = 60
	s := s3test.New(t)
	f := follow(t, mirrored(t, s, s.Bucket, "bars/"))
	last := f.appear("2024-12-01", runOf(t, "2024-12-01", symbols, 0))
	f.serving(last, "the first run")
	cut := 0
	for i := range 5 {
		day := fmt.Sprintf("2024-12-%02d", i+2)
		next := f.appear(day, runOf(t, day, symbols, 1000*(i+1)))
		require.Eventually(t, func() bool { return f.came() >= symbols+10*i+1 }, time.Minute, time.Millisecond)
		s.Kill()
		f.await("out of reach is said", func(_ *market.Market, fault error) bool { return fault != nil })
		f.mu.Lock()
		if f.serves.Revision == last {
			cut++
		}
		f.mu.Unlock()
		kept, err := f.Kept(t.Context())
		require.NoError(t, err)
		require.Contains(t, []string{last, next}, kept.Revision)
		s.Start()
		f.serving(next, "the run that was cut")
		last = next
	}
	t.Logf("%d of 5 runs were cut", cut)
	require.Positive(t, cut)
}

// came returns how many contents the disk has.
func (f *follower) came() int {
	names, err := filepath.Glob(filepath.Join(f.opt.Dir, "sha256", "[0-9a-f]*"))
	require.NoError(f.t, err)
	return len(names)
}

// Objects come, change and go one by one, as a client writes them: what serves
// is always something that the bucket held.
func TestARunThatIsWrittenObjectByObject(t *testing.T) {
	s := s3test.New(t)
	f := follow(t, mirrored(t, s, s.Bucket, ""))
	files := map[string][]byte{}
	step := func(name string, content []byte) (revision string) {
		if content == nil {
			delete(files, name)
		} else {
			files[name] = content
		}
		revision = f.whole(files)
		if content == nil {
			f.Remove(t, name)
		} else {
			f.Put(t, name, content)
		}
		return revision
	}
	last := ""
	for i := range 12 {
		symbol := fmt.Sprintf("S%03d", i)
		last = step("2024-12-30/"+symbol+".parquet", markettest.Bars(t, symbol, "2024-01-02", 50, i))
	}
	f.serving(last, "the whole run")
	last = step("2024-12-30/S003.parquet", markettest.Bars(t, "S003", "2024-01-02", 51, 77))
	f.serving(last, "a symbol changed")
	last = step("2024-12-30/S004.parquet", nil)
	f.serving(last, "a symbol removed")
	last = step("2024-12-30/NEW.parquet", markettest.Bars(t, "NEW", "2024-01-02", 50, 78))
	f.serving(last, "a symbol added")
	last = step("symbols.csv", []byte("symbol,sector\nNEW,Energy\n"))
	f.serving(last, "sectors")
	last = step("2024-12-30/BAD.parquet", []byte("damaged"))
	f.serving(last, "a damaged symbol hides nothing else")
	last = step("2024-12-31/S001.parquet", markettest.Bars(t, "S001", "2024-01-02", 52, 1))
	f.serving(last, "a newer run")
	require.Equal(t, 2, f.came(), "the older one is dropped: a symbol and the sectors are left")
}

// Objects are replaced all the time while they are read.
func TestObjectsReplacedWhileTheyAreRead(t *testing.T) {
	s := s3test.New(t)
	f := follow(t, mirrored(t, s, s.Bucket, "bars/"))
	files := runOf(t, "2024-12-30", 6, 0)
	for name, content := range files {
		f.whole(map[string][]byte{name: content})
	}
	f.end()
	for name, content := range files {
		f.Put(t, name, content)
	}
	f.whole(files)
	f = again(t, f)
	last := ""
	for i := range 30 {
		name := fmt.Sprintf("2024-12-30/S%03d.parquet", i%6)
		files[name] = markettest.Bars(t, name[11:15], "2024-01-02", 1500, 100+i)
		last = f.whole(files)
		f.Put(t, name, files[name])
	}
	f.serving(last, "the last of them")
}

// again follows the same mirror anew, with what was known of the bucket.
func again(t *testing.T, f *follower) *follower {
	next := follow(t, f.remote)
	next.mu.Lock()
	defer next.mu.Unlock()
	maps.Copy(next.states, f.states)
	return next
}

// Two hosts that share nothing but the bucket serve the same revision, and one
// that starts while the bucket is gone serves what it had.
func TestTwoHosts(t *testing.T) {
	s := s3test.New(t)
	a := follow(t, mirrored(t, s, s.Bucket, "bars/"))
	b := follow(t, mirrored(t, s, s.Bucket, "bars/"))
	files := runOf(t, "2024-12-31", 30, 0)
	b.whole(files)
	revision := a.appear("2024-12-31", files)
	a.serving(revision, "one")
	b.serving(revision, "the other")
	a.end()
	require.NoError(t, a.Close())
	s.Kill()
	a.start(t)
	kept, err := a.Kept(t.Context())
	require.NoError(t, err)
	markettest.Same(t, markettest.Expected(t, files), kept)
	b.await("the other says that it is out of reach", func(m *market.Market, fault error) bool { return m.Revision == revision && fault != nil })
	s.Start()
	b.serving(revision, "and that it is back")
}

// A user who may list but not read, and one with a wrong key.
func TestABucketThatRefuses(t *testing.T) {
	s := s3test.New(t)
	files := runOf(t, "2024-12-31", 3, 0)
	for name, content := range files {
		s.Put(s.Bucket, name, string(content))
	}
	for _, c := range []struct{ name, access, secret string }{
		{"a wrong secret", s3test.AccessKey, "wrong"}, {"nobody", "nobody", "wrong"}, {"no right to it", s3test.ReaderAccessKey, s3test.ReaderSecretKey},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := mirrored(t, s, s.Bucket, "")
			require.NoError(t, r.Close())
			client, err := bucket.New(bucket.Config{Endpoint: s.Endpoint(), AccessKey: c.access, SecretKey: c.secret})
			require.NoError(t, err)
			t.Cleanup(client.Close)
			r.opt.Client = client
			r.start(t)
			_, err = market.LoadFrom(t.Context(), r)
			require.ErrorIs(t, err, release.ErrRefused)
			require.NotContains(t, err.Error(), c.secret)
		})
	}
	t.Run("reading alone is enough", func(t *testing.T) {
		s.ReadOnly(s.Bucket)
		r := mirrored(t, s, s.Bucket, "")
		require.NoError(t, r.Close())
		client, err := bucket.New(bucket.Config{Endpoint: s.Endpoint(), AccessKey: s3test.ReaderAccessKey, SecretKey: s3test.ReaderSecretKey})
		require.NoError(t, err)
		t.Cleanup(client.Close)
		r.opt.Client = client
		r.start(t)
		m, err := market.LoadFrom(t.Context(), r)
		require.NoError(t, err)
		markettest.Same(t, markettest.Expected(t, files), m)
	})
}
