package host

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/internal/programtest"
	"edgesignal/host/market"
	"edgesignal/host/market/barfile"
	"edgesignal/host/operate"
	"edgesignal/host/settings"
	"edgesignal/host/shelf"
)

const (
	// soakVariable is how many runs are published; unset = soakRuns.
	soakVariable = "EDGESIGNAL_TEST_SOAK"
	soakRuns     = 12
	soakLook     = 10 * time.Millisecond
)

// soak is a host and somebody who publishes runs without care.
type soak struct {
	t     *testing.T
	dice  *rand.Rand
	set   settings.Settings
	marks bool                 // the publisher writes _SUCCESS
	kinds [2]map[string][]byte // bars by file name: the demo's, and the same with two symbols exchanged
	next  market.Date

	mu    sync.Mutex
	whole map[string]int // kind by revision, of runs that are whole
	books [2]string      // what each kind's book is
	bad   string         // the first book that should not be

	url  atomic.Pointer[string]
	asks atomic.Int64
	stop func()
}

func newSoak(t *testing.T, seed uint64, marks bool) *soak {
	s := &soak{t: t, dice: rand.New(rand.NewPCG(seed, 0)), marks: marks, whole: map[string]int{}, set: settings.Defaults()}
	s.kinds[0] = map[string][]byte{}
	require.NoError(t, fs.WalkDir(artifacts.FS, artifacts.Bars+"/2024-12-31", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := artifacts.FS.ReadFile(name)
		s.kinds[0][filepath.Base(name)] = content
		return err
	}))
	require.Len(t, s.kinds[0], 30)
	s.kinds[1] = maps.Clone(s.kinds[0])
	s.kinds[1]["AAPL.parquet"], s.kinds[1]["TSLA.parquet"] = renamed(t, s.kinds[0]["TSLA.parquet"], "TSLA", "AAPL"), renamed(t, s.kinds[0]["AAPL.parquet"], "AAPL", "TSLA")
	dir := t.TempDir()
	s.set.StateDir, s.set.ArtifactStore = filepath.Join(dir, "state"), settings.Place(filepath.Join(dir, "store"))
	s.set.DataDir, s.set.GateProgram = settings.Place(filepath.Join(dir, "bars")), programtest.Program(t)
	s.next = 20_000
	require.NoError(t, os.MkdirAll(s.dir(), 0o755))
	sh, err := shelf.Open(t.Context(), s.set.Shelf, s.set.Legs, 0)
	require.NoError(t, err)
	require.NoError(t, operate.PublishDemo(t.Context(), sh))
	require.NoError(t, sh.Close())
	return s
}

// renamed returns a symbol's file as another symbol's.
func renamed(t *testing.T, content []byte, from, to string) []byte {
	var r barfile.Reader
	b, err := r.Read(from, content)
	require.NoError(t, err)
	wide := func(values []float32) (out []float64) {
		for _, v := range values {
			out = append(out, float64(v))
		}
		return out
	}
	var file bytes.Buffer
	require.NoError(t, barfile.Write(&file, &barfile.Table{
		Symbol: to, Days: b.Days, Open: wide(b.Open), High: wide(b.High), Low: wide(b.Low), Close: wide(b.Close), Volume: wide(b.Volume), VWAP: wide(b.VWAP),
	}))
	return file.Bytes()
}

func (s *soak) dir() string { return s.set.DataDir.Dir() }

// start is a new process on the same disk; it returns once it is listening.
func (s *soak) start() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(s.t, err)
	h, err := Open(s.t.Context(), s.set, Identity{Version: "test"}, slog.New(slog.DiscardHandler))
	require.NoError(s.t, err)
	h.bars.interval = soakLook
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx, ln, nil) }()
	url := "http://" + ln.Addr().String()
	s.url.Store(&url)
	s.stop = sync.OnceFunc(func() {
		cancel()
		http.DefaultClient.CloseIdleConnections()
		require.NoError(s.t, <-ended)
	})
	s.t.Cleanup(s.stop)
}

// ask reads the book until ctx ends, and holds every one against the runs that
// were whole.
func (s *soak) ask(ctx context.Context) {
	for ctx.Err() == nil {
		var a struct {
			Signals  json.RawMessage
			Metadata struct {
				Revision string `json:"market_revision"`
				Number   int    `json:"num_symbols"`
			}
		}
		if s.get("/signals", &a) != http.StatusOK {
			time.Sleep(soakLook) // it starts, or nothing serves yet
			continue
		}
		s.asks.Add(1)
		s.mu.Lock()
		kind, whole := s.whole[a.Metadata.Revision]
		switch book := string(a.Signals); {
		case !whole || a.Metadata.Number != len(s.kinds[0]):
			s.bad = cmp.Or(s.bad, "a book of "+strconv.Itoa(a.Metadata.Number)+" symbols, of revision "+a.Metadata.Revision)
		case s.books[kind] == "":
			s.books[kind] = book
		case s.books[kind] != book:
			s.bad = cmp.Or(s.bad, "another book of the same bars")
		}
		s.mu.Unlock()
	}
}

func (s *soak) get(path string, v any) (status int) {
	res, err := http.Get(*s.url.Load() + path)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	if json.NewDecoder(res.Body).Decode(v) != nil {
		return 0
	}
	return res.StatusCode
}

// run is one run as its publisher has it.
type soakRun struct {
	folder string
	kind   int
	files  map[string][]byte
}

// begin decides on the next run. What it will be when it is whole may be served
// from now on.
func (s *soak) begin() soakRun {
	s.next++
	r := soakRun{folder: s.next.String(), kind: s.dice.IntN(2)}
	r.files = s.kinds[r.kind]
	fsys := fstest.MapFS{}
	for name, content := range r.files {
		fsys[r.folder+"/"+name] = &fstest.MapFile{Data: content}
	}
	m, err := market.Load(s.t.Context(), fsys)
	require.NoError(s.t, err)
	require.Empty(s.t, m.Failures)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.whole[m.Revision] = r.kind
	return r
}

func (s *soak) write(folder, name string, content []byte) {
	require.NoError(s.t, os.MkdirAll(filepath.Join(s.dir(), folder), 0o755))
	require.NoError(s.t, os.WriteFile(filepath.Join(s.dir(), folder, name), content, 0o644))
}

// shuffled returns the names of a run's files in the order in which they are written.
func (s *soak) shuffled(r soakRun) []string {
	names := make([]string, 0, len(r.files))
	for name := range r.files {
		names = append(names, name)
	}
	s.dice.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return names
}

// pause lets some looks pass.
func (s *soak) pause(most int) {
	time.Sleep(time.Duration(s.dice.IntN(most*int(soakLook))) + time.Millisecond)
}

// whole publishes a run as docs/DATA.md says.
func (s *soak) publish(r soakRun) {
	draft := ".draft-" + r.folder
	for name, content := range r.files {
		s.write(draft, name, content)
	}
	if s.marks {
		s.write(draft, market.FinishedFile, nil)
	}
	require.NoError(s.t, os.Rename(filepath.Join(s.dir(), draft), filepath.Join(s.dir(), r.folder)))
}

// half writes a part of a run in place: some files, some of them cut off. Where
// the publisher writes no _SUCCESS, enough is missing for the gate to see it.
func (s *soak) half(r soakRun) (left []string) {
	names := s.shuffled(r)
	most := len(names) * 85 / 100
	if s.marks {
		most = len(names)
	}
	n := 1 + s.dice.IntN(most)
	for i, name := range names[:n] {
		content := r.files[name]
		if s.dice.IntN(4) == 0 {
			content = content[:s.dice.IntN(len(content))]
			left = append(left, name)
		}
		s.write(r.folder, name, content)
		if i%4 == 0 {
			s.pause(2)
		}
	}
	return append(left, names[n:]...)
}

// step does something to the data directory.
func (s *soak) step() (did string) {
	r := s.begin()
	switch s.dice.IntN(6) {
	case 0, 1:
		s.publish(r)
		did = "whole"
	case 2:
		s.half(r)
		s.pause(30)
		require.NoError(s.t, os.RemoveAll(filepath.Join(s.dir(), r.folder)))
		did = "given up and removed"
	case 3:
		s.half(r)
		did = "given up and left"
	case 4:
		left := s.half(r)
		s.stop()
		s.start()
		s.pause(30)
		s.finish(r, left)
		did = "finished after a restart"
	default:
		left := s.half(r)
		s.pause(30)
		s.finish(r, left)
		did = "finished in place"
	}
	s.pause(20)
	return r.folder + " " + did
}

// finish writes what is left of a run: without a pause, for a run of which nearly
// everything is there is taken for whole after a while.
func (s *soak) finish(r soakRun, left []string) {
	for _, name := range left {
		s.write(r.folder, name, r.files[name])
	}
	if s.marks {
		s.write(r.folder, market.FinishedFile, nil)
	}
}

// Runs in all states of being published, a host that is started again in the
// middle of it, and somebody who reads: every book is of a whole run.
func TestNoBookOfAnUnfinishedRun(t *testing.T) {
	runs := soakRuns
	if text := os.Getenv(soakVariable); text != "" {
		var err error
		runs, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	for name, marks := range map[string]bool{"with _SUCCESS": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			seed := rand.Uint64()
			t.Logf("seed %d, %d runs", seed, runs)
			s := newSoak(t, seed, marks)
			s.publish(s.begin())
			s.start()
			ctx, cancel := context.WithCancel(t.Context())
			var reader sync.WaitGroup
			reader.Go(func() { s.ask(ctx) })
			var log []string
			for range runs {
				log = append(log, s.step())
				s.mu.Lock()
				bad := s.bad
				s.mu.Unlock()
				require.Empty(t, bad, "seed %d, after: %s", seed, strings.Join(log, "; "))
			}
			last := s.begin()
			s.publish(last)
			var m struct {
				Run string `json:"run_date"`
			}
			require.Eventually(t, func() bool { return s.get("/api/v1/market", &m) == http.StatusOK && m.Run == last.folder },
				time.Minute, soakLook, "what is whole is served in the end")
			cancel()
			reader.Wait()
			require.Empty(t, s.bad)
			require.NotEqual(t, s.books[0], s.books[1], "the two kinds can be told apart")
			t.Logf("%d books read", s.asks.Load())
			require.Positive(t, s.asks.Load())
		})
	}
}
