package market

import (
	"context"
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
	maxPause        = 2 * time.Minute // between two attempts at what failed
)

// Refresher watches a source and loads the newest run when it changes. A look
// is cheap: names, sizes and tags of the newest run and of symbols.csv, no
// contents.
type Refresher struct {
	src Source
	opt RefresherOptions
}

// NewRefresher watches src.
func NewRefresher(src Source, opt RefresherOptions) *Refresher {
	if opt.Interval <= 0 {
		opt.Interval = defaultInterval
	}
	if opt.Settle <= 0 {
		opt.Settle = defaultSettle
	}
	return &Refresher{src: src, opt: opt}
}

// Run looks until ctx ends; it starts no goroutine that outlives it. current
// is what is served now, nil = nothing.
//
// A source that looks different is loaded once it has looked the same on
// Settle looks in a row and still does after loading, so that a run folder
// that is being written is not taken half. (A writer that pauses for longer is
// taken as it stands, and again when it went on; renaming a finished folder
// into place avoids this.) onNew gets the new market when its revision
// differs from the one before. What failed, wholly or for a file that could
// not be read, is tried again with growing pauses; the old market stays.
//
// onState is told how it goes: of an error once, however often the same one
// comes back, and nil when the newest run is what is served, at first and
// after an error. Both functions are called from Run itself, one at a time.
func (r *Refresher) Run(ctx context.Context, current *Market, onNew func(*Market), onState func(error)) {
	w := watch{refresher: r, onNew: onNew, onState: onState, current: current, reported: "nothing yet"}
	if current != nil {
		w.finished(current.listing.String(), nil, !current.unread)
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
	onState   func(error)
	current   *Market

	seen string // what the last look saw
	same int    // looks in a row that saw it

	tried    string // what the last attempt loaded
	failed   error  // how that ended
	attempts int    // at that, without full success
	pause    int    // looks until the next attempt; -1 = none is needed

	reported string // the last state, with what it was about; "" = well
}

func (w *watch) look(ctx context.Context) {
	l, now, ok := w.list(ctx)
	if !ok {
		return
	}
	if now != w.seen {
		w.seen, w.same = now, 0
	}
	w.same++
	if now == w.tried && w.waits() {
		w.report(w.tried, w.failed)
		return
	}
	if w.same < w.refresher.opt.Settle {
		return
	}
	m, err := fetchListed(ctx, w.refresher.src, l)
	if ctx.Err() != nil {
		return
	}
	if _, after, ok := w.list(ctx); !ok || after != now {
		return
	}
	w.finished(now, err, err == nil && !m.unread)
	if err == nil && (w.current == nil || w.current.Revision != m.Revision) {
		w.current = m
		w.onNew(m)
	}
	w.report(now, err)
}

// list returns what the source looks like; where it cannot be seen, that is said,
// and ok is false.
func (w *watch) list(ctx context.Context) (l *Listing, text string, ok bool) {
	l, err := w.refresher.src.List(ctx)
	if ctx.Err() != nil {
		return nil, "", false
	}
	if err != nil {
		w.seen, w.same = "", 0
		w.pause = min(w.pause, 0) // when it is back
		w.report("", err)
		return nil, "", false
	}
	return l, l.String(), true
}

// finished notes an attempt and when the same may be tried again.
func (w *watch) finished(listing string, err error, whole bool) {
	if listing != w.tried {
		w.tried, w.attempts = listing, 0
	}
	w.failed = err
	w.pause = -1
	if !whole {
		longest := max(1, int(maxPause/w.refresher.opt.Interval))
		w.pause = min(1<<min(w.attempts, 10), longest)
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

// report passes a state on unless it was the last one about the same.
func (w *watch) report(about string, err error) {
	key := ""
	if err != nil {
		key = about + "\n" + err.Error()
	}
	if key != w.reported {
		w.reported = key
		w.onState(err)
	}
}
