package market

import (
	"context"
	"io/fs"
	"time"
)

// RefresherOptions say how often a Refresher looks. Zero values mean the
// defaults.
type RefresherOptions struct {
	Interval time.Duration // between two looks; default 2 s
	Settle   int           // looks in a row that must see the same before it is loaded; default 2
}

const (
	defaultInterval = 2 * time.Second
	defaultSettle   = 2
	maxPause        = 64 // looks between two attempts at what failed
)

// Refresher watches a data directory and loads the newest run when it
// changes. A look is cheap: names, sizes and times of the newest run and of
// symbols.csv, no contents.
type Refresher struct {
	fsys fs.FS
	opt  RefresherOptions
}

// NewRefresher watches fsys.
func NewRefresher(fsys fs.FS, opt RefresherOptions) *Refresher {
	if opt.Interval <= 0 {
		opt.Interval = defaultInterval
	}
	if opt.Settle <= 0 {
		opt.Settle = defaultSettle
	}
	return &Refresher{fsys: fsys, opt: opt}
}

// Run looks until ctx ends; it starts no goroutine that outlives it. current
// is what is served now, nil = nothing.
//
// A directory that looks different is loaded once it has looked the same on
// Settle looks in a row and still does after loading, so that a run folder
// that is being written is not taken half. (A writer that pauses for longer is
// taken as it stands, and again when it went on; renaming a finished folder
// into place avoids this.) onNew gets the new market when its revision
// differs from the one before. An error goes to onError once, however often
// the same directory fails; the old market stays. What failed, wholly or for
// a file that could not be read, is tried again with growing pauses. Both
// functions are called from Run itself, one at a time.
func (r *Refresher) Run(ctx context.Context, current *Market, onNew func(*Market), onError func(error)) {
	w := watch{refresher: r, onNew: onNew, onError: onError, current: current}
	if current != nil {
		w.finished(current.listing, !current.unread)
	}
	ticker := time.NewTicker(r.opt.Interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			w.look(ctx)
		}
	}
}

// watch is the state of one Run.
type watch struct {
	refresher *Refresher
	onNew     func(*Market)
	onError   func(error)
	current   *Market

	seen string // what the last look saw
	same int    // looks in a row that saw it

	tried    string // what the last attempt loaded
	attempts int    // at that, without full success
	pause    int    // looks until the next attempt; -1 = none is needed

	reported string // the last error, with what it was about
}

func (w *watch) look(ctx context.Context) {
	l, err := list(w.refresher.fsys)
	if err != nil {
		w.seen, w.same = "", 0
		w.report("", err)
		return
	}
	now := l.String()
	if now != w.seen {
		w.seen, w.same = now, 0
	}
	w.same++
	if w.same < w.refresher.opt.Settle || now == w.tried && w.waits() {
		return
	}
	m, err := loadListed(ctx, w.refresher.fsys, l)
	if ctx.Err() != nil || !w.still(now) {
		return
	}
	w.finished(now, err == nil && !m.unread)
	if err != nil {
		w.report(now, err)
		return
	}
	w.reported = ""
	if w.current == nil || w.current.Revision != m.Revision {
		w.current = m
		w.onNew(m)
	}
}

// still reports whether the directory looks as it did before it was read.
func (w *watch) still(before string) bool {
	l, err := list(w.refresher.fsys)
	return err == nil && l.String() == before
}

// finished notes an attempt and when the same may be tried again.
func (w *watch) finished(listing string, whole bool) {
	if listing != w.tried {
		w.tried, w.attempts = listing, 0
	}
	w.pause = -1
	if !whole {
		w.pause = min(1<<min(w.attempts, 10), maxPause)
		w.attempts++
	}
}

func (w *watch) waits() bool {
	if w.pause > 0 {
		w.pause--
		return true
	}
	return w.pause < 0
}

// report passes an error on unless it was the last one about the same.
func (w *watch) report(about string, err error) {
	if key := about + "\n" + err.Error(); key != w.reported {
		w.reported = key
		w.onError(err)
	}
}
