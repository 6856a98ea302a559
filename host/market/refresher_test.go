package market

import (
	"context"
	"io/fs"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

const interval = time.Second

// watched runs a Refresher on fsys in a bubble of its own time.
type watched struct {
	t       *testing.T
	mu      sync.Mutex
	markets []*Market
	errs    []error
	state   []error // every state that was told
	stop    context.CancelFunc
	ended   chan struct{}
}

func watching(t *testing.T, fsys fs.FS, current *Market) *watched {
	return watchingWith(t, fsys, current, RefresherOptions{})
}

func watchingWith(t *testing.T, fsys fs.FS, current *Market, opt RefresherOptions) *watched {
	ctx, cancel := context.WithCancel(t.Context())
	w := &watched{t: t, stop: cancel, ended: make(chan struct{})}
	go func() {
		defer close(w.ended)
		opt.Interval, opt.State = interval, func(err error) { w.got(nil, err) }
		if opt.Take == nil {
			opt.Take = func(m *Market) error { w.got(m, nil); return nil }
		}
		NewRefresher(Directory(fsys), opt).Run(ctx, current)
	}()
	return w
}

func (w *watched) got(m *Market, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if m != nil {
		w.markets = append(w.markets, m)
		return
	}
	w.state = append(w.state, err)
	if err != nil {
		w.errs = append(w.errs, err)
	}
}

// told returns the states since the last call, "" = well.
func (w *watched) told() (states []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, err := range w.state {
		text := ""
		if err != nil {
			text = err.Error()
		}
		states = append(states, text)
	}
	w.state = nil
	return states
}

// looks lets n intervals pass and returns what they brought.
func (w *watched) looks(n int) (markets []*Market, errs []error) {
	for range n {
		time.Sleep(interval)
		synctest.Wait()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	markets, errs = w.markets, w.errs
	w.markets, w.errs = nil, nil
	return markets, errs
}

func (w *watched) quiet(n int, why string) {
	w.t.Helper()
	markets, errs := w.looks(n)
	require.Empty(w.t, markets, why)
	require.Empty(w.t, errs, why)
}

func (w *watched) end() {
	w.stop()
	<-w.ended
}

// bubble runs a test in which no goroutine may be left at the end.
func bubble(t *testing.T, test func(t *testing.T, d *disk, first *Market)) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{faults: map[string]bool{}, files: folder(map[string][]byte{
			"2024-12-30/AAA.parquet": barsOn(t, "AAA", "2024-01-02"),
			"2024-12-30/BBB.parquet": barsOn(t, "BBB", "2024-01-02"),
		})}
		test(t, d, load(t, d))
	})
}

func TestRefresherTakesARunThatAppearsInSteps(t *testing.T) {
	bubble(t, func(t *testing.T, d *disk, first *Market) {
		w := watching(t, d, first)
		defer w.end()
		w.quiet(5, "nothing changed")
		// A writer that adds something before every look is never taken half.
		d.put("2024-12-31/notes.txt", nil, 2)
		w.quiet(3, "a folder without bars is no run")
		for _, s := range []string{"AAA", "BBB", "CCC"} {
			content := barsOn(t, s, "2024-01-02", "2024-01-03")
			d.put("2024-12-31/"+s+".parquet", content[:len(content)/2], 3)
			w.quiet(1, "still being written")
			d.put("2024-12-31/"+s+".parquet", content, 4)
			w.quiet(1, "still being written")
		}
		markets, errs := w.looks(1)
		require.Empty(t, errs)
		require.Len(t, markets, 1)
		require.Equal(t, "2024-12-31", markets[0].RunDate.String())
		require.Equal(t, []string{"AAA", "BBB", "CCC"}, markets[0].Symbols())
		require.Empty(t, markets[0].Failures)
		require.Equal(t, []string{"AAA", "BBB"}, first.Symbols(), "the old market is what it was")
		w.quiet(200, "it is taken once")
	})
}

func TestRefresherSeesEveryKindOfChange(t *testing.T) {
	bubble(t, func(t *testing.T, d *disk, first *Market) {
		w := watching(t, d, first)
		defer w.end()
		for _, step := range []struct {
			name   string
			change func()
			quiet  bool
		}{
			{name: "a file changes", change: func() {
				d.put("2024-12-30/AAA.parquet", barsOn(t, "AAA", "2024-01-02", "2024-01-03"), 5)
			}},
			{name: "a file goes", change: func() { d.remove("2024-12-30/BBB.parquet") }},
			{name: "sectors come", change: func() { d.put("symbols.csv", []byte("symbol,sector\nAAA,Energy\n"), 6) }},
			{name: "sectors change", change: func() { d.put("symbols.csv", []byte("symbol,sector\nAAA,Techno\n"), 7) }},
			{name: "sectors go", change: func() { d.remove("symbols.csv") }},
			{name: "only the time changes", change: func() { d.put("2024-12-30/AAA.parquet", barsOn(t, "AAA", "2024-01-02", "2024-01-03"), 8) }, quiet: true},
			{name: "something else comes", change: func() { d.put("2024-12-30/readme", nil, 9) }, quiet: true},
			{name: "an older run comes", change: func() { d.put("2024-12-29/AAA.parquet", nil, 9) }, quiet: true},
			{name: "the newest run goes", change: func() {
				d.put("2024-12-29/AAA.parquet", barsOn(t, "AAA", "2023-01-02"), 9)
				d.remove("2024-12-30/AAA.parquet")
			}},
		} {
			step.change()
			w.quiet(1, step.name)
			markets, errs := w.looks(1)
			require.Empty(t, errs, step.name)
			if step.quiet {
				require.Empty(t, markets, step.name)
			} else {
				require.Len(t, markets, 1, step.name)
			}
			w.quiet(3, step.name)
		}
	})
}

func TestRefresherStartsWithNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{files: fstest.MapFS{}}
		w := watching(t, d, nil)
		defer w.end()
		markets, errs := w.looks(50)
		require.Empty(t, markets)
		require.Len(t, errs, 1, "said once")
		require.ErrorIs(t, errs[0], ErrNoRun)
		d.put("2024-12-31/AAA.parquet", barsOn(t, "AAA", "2024-01-02"), 1)
		w.quiet(1, "not settled yet")
		markets, errs = w.looks(1)
		require.Empty(t, errs)
		require.Len(t, markets, 1)
		d.remove("2024-12-31/AAA.parquet")
		markets, errs = w.looks(20)
		require.Empty(t, markets, "the old market stays")
		require.Len(t, errs, 1, "a new occasion is said again")
	})
}

func TestRefresherSaysAFailureOncePerListing(t *testing.T) {
	bubble(t, func(t *testing.T, d *disk, first *Market) {
		w := watching(t, d, first)
		defer w.end()
		d.put("2024-12-31/AAA.parquet", []byte("damaged"), 1)
		markets, errs := w.looks(300)
		require.Empty(t, markets)
		require.Len(t, errs, 1)
		require.ErrorContains(t, errs[0], "run 2024-12-31: none of its 1 files can be used; the first, 2024-12-31/AAA.parquet: 7 bytes")
		d.put("2024-12-31/AAA.parquet", []byte("damaged"), 2)
		markets, errs = w.looks(300)
		require.Empty(t, markets)
		require.Len(t, errs, 1, "another listing, another report")
		d.put("2024-12-31/AAA.parquet", barsOn(t, "AAA", "2024-01-02"), 3)
		markets, errs = w.looks(2)
		require.Empty(t, errs)
		require.Len(t, markets, 1)
	})
}

func TestRefresherTriesAgainWhatMayPass(t *testing.T) {
	bubble(t, func(t *testing.T, d *disk, first *Market) {
		d.fault("2024-12-31/BBB.parquet", true)
		w := watching(t, d, first)
		defer w.end()
		d.put("2024-12-31/AAA.parquet", barsOn(t, "AAA", "2024-01-02"), 1)
		d.put("2024-12-31/BBB.parquet", barsOn(t, "BBB", "2024-01-02"), 1)
		markets, errs := w.looks(100)
		require.Empty(t, errs)
		require.Len(t, markets, 1, "what can be read is served")
		require.Equal(t, []string{"AAA"}, markets[0].Symbols())
		d.fault("2024-12-31/BBB.parquet", false)
		markets, errs = w.looks(int(maxPause/interval) + 1)
		require.Empty(t, errs)
		require.Len(t, markets, 1, "the listing is the same, the file is there now")
		require.Equal(t, []string{"AAA", "BBB"}, markets[0].Symbols())
		w.quiet(200, "whole at last")

		d.fault(".", true)
		markets, errs = w.looks(20)
		require.Empty(t, markets)
		require.Len(t, errs, 1)
		require.ErrorContains(t, errs[0], "input/output error")
		d.fault(".", false)
		w.quiet(20, "nothing changed meanwhile")
	})
}

func TestRefresherTriesAgainWhenTheSourceIsBack(t *testing.T) {
	bubble(t, func(t *testing.T, d *disk, first *Market) {
		d.fault("2024-12-31/BBB.parquet", true)
		w := watching(t, d, first)
		defer w.end()
		d.put("2024-12-31/AAA.parquet", barsOn(t, "AAA", "2024-01-02"), 1)
		d.put("2024-12-31/BBB.parquet", barsOn(t, "BBB", "2024-01-02"), 1)
		w.looks(80) // the next attempt is dozens of looks away
		d.fault(".", true)
		w.looks(1)
		d.fault(".", false)
		d.fault("2024-12-31/BBB.parquet", false)
		markets, _ := w.looks(2)
		require.Len(t, markets, 1)
		require.Equal(t, []string{"AAA", "BBB"}, markets[0].Symbols())
	})
}

func TestRefresherDropsWhatChangedWhileItWasRead(t *testing.T) {
	bubble(t, func(t *testing.T, d *disk, first *Market) {
		const name = "2024-12-31/AAA.parquet"
		content := barsOn(t, "AAA", "2024-01-02")
		var opened atomic.Int32
		d.put(name, content, 1)
		d.hook(func(opens string) {
			if opens == name {
				opened.Add(1)
				put(d.files, name, content, time.Unix(9, 0)) // the same bytes, later
			}
		})
		w := watching(t, d, first)
		defer w.end()
		w.quiet(2, "loaded on the second look, and dropped")
		require.Equal(t, int32(1), opened.Load())
		w.quiet(1, "seen as changed")
		markets, _ := w.looks(1)
		require.Len(t, markets, 1)
		require.Equal(t, int32(2), opened.Load())
	})
}

func TestRefresherStopsInTheMiddle(t *testing.T) {
	bubble(t, func(t *testing.T, d *disk, first *Market) {
		w := watching(t, d, first)
		d.put("2024-12-31/AAA.parquet", barsOn(t, "AAA", "2024-01-02"), 1)
		d.hook(func(name string) {
			if name == "2024-12-31/AAA.parquet" {
				w.stop()
			}
		})
		w.quiet(2, "given up while reading")
		<-w.ended
		w.quiet(5, "and never back")
	})
}

func TestRefresherSaysWhenItIsWellAgain(t *testing.T) {
	bubble(t, func(t *testing.T, d *disk, first *Market) {
		w := watching(t, d, first)
		defer w.end()
		const lost, none = "market data: open .: input/output error", "market data: run 2024-12-31: none of its 1 files can be used; the first, 2024-12-31/AAA.parquet: 7 bytes are too few for a Parquet file"
		for _, step := range []struct {
			name   string
			change func()
			looks  int
			told   []string
		}{
			{"at first", func() {}, 1, []string{""}},
			{"then not again", func() {}, 10, nil},
			{"out of reach", func() { d.fault(".", true) }, 10, []string{lost}},
			{"back, with nothing new", func() { d.fault(".", false) }, 1, []string{""}},
			{"out of reach again", func() { d.fault(".", true) }, 1, []string{lost}},
			{"back with a new run: not before it is loaded", func() {
				d.put("2024-12-31/AAA.parquet", barsOn(t, "AAA", "2024-01-02"), 3)
				d.fault(".", false)
			}, 1, nil},
			{"loaded", func() {}, 1, []string{""}},
			{"damaged", func() { d.put("2024-12-31/AAA.parquet", []byte("damaged"), 4) }, 10, []string{none}},
			{"out of reach while damaged", func() { d.fault(".", true) }, 10, []string{lost}},
			{"back, still damaged", func() { d.fault(".", false) }, 10, []string{none}},
			{"one that can be read", func() { d.put("2024-12-31/AAA.parquet", barsOn(t, "AAA", "2024-01-02"), 5) }, 2, []string{""}},
		} {
			step.change()
			w.looks(step.looks)
			require.Equal(t, step.told, w.told(), step.name)
		}
	})
}

func TestRefresherDefaults(t *testing.T) {
	r := NewRefresher(Directory(fstest.MapFS{}), RefresherOptions{})
	require.Equal(t, 2*time.Second, r.opt.Interval)
	require.Equal(t, 2, r.opt.Settle)
	require.Equal(t, 5*time.Minute, r.opt.Deadline)
}
