package market

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// RefresherOptions say how a Refresher looks and to whom it gives what it
// finds. Zero values mean the defaults; Take and State must be set.
type RefresherOptions struct {
	Interval time.Duration // between two passes; default 2 s
	Settle   int           // passes in a row that must see the same before it is loaded; default 2
	Patience int           // the same for a market that Doubts is true of; default 5
	Deadline time.Duration // of one pass; default 5 min
	Eager    bool          // the first pass comes at once and loads what it sees, settled or not
	Read     Options       // how runs are read

	// Check says why a market that was loaded must not serve, nil = it may. What
	// is ErrRefused is not tried again before it changed. It is called within
	// the deadline of the pass.
	Check func(ctx context.Context, m *Market) error
	// Doubts reports whether a market that may serve looks as if more of it were on
	// the way. Such a one is held back until its run was left alone for longer.
	Doubts func(m *Market) bool
	// Take gets a market with another revision than the one before. Its error
	// means that the market does not serve.
	Take func(m *Market) error
	// State is told how it goes: of an error once, however often the same one
	// comes back, and nil when the newest run is what serves, at first and
	// after an error.
	State func(err error)
	// Serves reports whether something serves that Run was not given. Where
	// nothing does and the newest run cannot serve, earlier ones are tried.
	Serves func() bool
	// Waits is told which newer runs wait for their _SUCCESS file, whenever
	// that changes.
	Waits func(runs []Date)
	// Passed is called after each pass that ended by itself, whatever it found.
	Passed func()
}

const (
	defaultInterval = 2 * time.Second
	defaultSettle   = 2
	defaultPatience = 5
	defaultDeadline = 5 * time.Minute
	maxPause        = 2 * time.Minute // between two attempts at what failed
	maxEarlier      = 3               // runs that are tried where the newest cannot serve
)

// ErrRefused: a market was read, and as it is it must not serve.
var ErrRefused = errors.New("the market is not taken")

// Refresher watches a source and loads the newest run when it changes. A pass
// that finds nothing new is cheap: names, sizes and tags, no contents.
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
	if opt.Patience <= 0 {
		opt.Patience = defaultPatience
	}
	if opt.Deadline <= 0 {
		opt.Deadline = defaultDeadline
	}
	if opt.Check == nil {
		opt.Check = func(context.Context, *Market) error { return nil }
	}
	if opt.Doubts == nil {
		opt.Doubts = func(*Market) bool { return false }
	}
	if opt.Serves == nil {
		opt.Serves = func() bool { return false }
	}
	if opt.Waits == nil {
		opt.Waits = func([]Date) {}
	}
	if opt.Passed == nil {
		opt.Passed = func() {}
	}
	return &Refresher{src: src, opt: opt}
}

// Run looks until ctx ends. current is what is served now, nil = nothing.
//
// A source that looks different is loaded once it has looked the same on
// Settle passes in a row and still does after loading, so that a run folder
// that is being written is not taken half; on Patience passes where something
// seems to be missing. (A writer that pauses for longer is
// taken as it stands, and again when it went on, unless Check sees it;
// renaming a finished folder into place avoids this.) What failed, wholly or
// for a file that could not be read, is tried again with growing pauses. The
// old market stays.
//
// A pass that does not end within the deadline is an error, and no other begins
// while it hangs: a file system that does not answer cannot be told to stop.
// Run itself ends with ctx even then.
func (r *Refresher) Run(ctx context.Context, current *Market) {
	w := watch{opt: r.opt, src: r.src, current: current, reported: "nothing yet"}
	if current != nil {
		w.finished(current.listing.String(), nil, !current.unread)
	}
	ticker := time.NewTicker(r.opt.Interval)
	defer ticker.Stop()
	if r.opt.Eager {
		w.settled = true
		w.pass(ctx)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			w.pass(ctx)
		}
	}
}

// watch is the state of one Run.
type watch struct {
	opt     RefresherOptions
	src     Source
	current *Market

	seen    string  // what the last pass saw
	same    int     // passes in a row that saw it
	settled bool    // the next pass need not wait for that
	held    *Market // what was loaded of it and is held back, nil = nothing

	tried    string // what the last attempt loaded
	failed   error  // how that ended
	attempts int    // at that, without full success
	pause    int    // passes until the next attempt; -1 = none is needed

	reported string // the last state, with what it was about; "" = well
	waiting  []Date // as told last

	hanging <-chan struct{} // closed when the call that was given up returns; nil = none
}

// pass looks once, within the deadline.
func (w *watch) pass(ctx context.Context) {
	if w.hanging != nil {
		select {
		case <-w.hanging:
			w.hanging = nil
		default:
			return // said already
		}
	}
	late := fmt.Errorf("market data: no look at it ended within %s: the file system or the bucket does not answer", w.opt.Deadline)
	within, cancel := context.WithTimeoutCause(ctx, w.opt.Deadline, late)
	defer cancel()
	w.look(within)
	if ctx.Err() != nil {
		return
	}
	if within.Err() != nil {
		w.seen, w.same, w.held = "", 0, nil
		w.report("", late)
		return
	}
	w.opt.Passed()
}

// beside calls f and returns its result, or the context's error when ctx ends
// first. Then the call is left alone, and w.hanging says when it returns.
func beside[T any](ctx context.Context, w *watch, f func() (T, error)) (v T, err error) {
	var found T
	var failed error
	done := make(chan struct{})
	go func() {
		defer close(done)
		found, failed = f()
	}()
	select {
	case <-done:
		return found, failed
	case <-ctx.Done():
	}
	// What heeds ctx returns a moment later.
	select {
	case <-done:
	case <-time.After(time.Second):
		w.hanging = done
	}
	return v, ctx.Err()
}

func (w *watch) look(ctx context.Context) {
	l, now, ok := w.list(ctx)
	if !ok {
		return
	}
	if !slices.Equal(l.Waiting, w.waiting) {
		w.waiting = l.Waiting
		w.opt.Waits(l.Waiting)
	}
	if now != w.seen {
		w.seen, w.same, w.held = now, 0, nil
	}
	w.same++
	if now == w.tried && w.waits() {
		w.report(w.tried, w.failed)
		return
	}
	if w.same < w.opt.Settle && !w.settled {
		return
	}
	if w.held != nil && w.same < w.opt.Patience {
		return
	}
	m, refused, err := w.held, error(nil), error(nil)
	if m == nil {
		if m, refused, err = w.load(ctx, l); ctx.Err() != nil {
			return
		}
		if _, after, ok := w.list(ctx); !ok || after != now && !w.settled {
			return
		}
	}
	w.held, w.settled = nil, false
	if err == nil {
		err = refused
	}
	if err == nil && w.same < w.opt.Patience && w.opt.Doubts(m) {
		if w.current == nil {
			w.earlier(ctx, l.Run)
		}
		if w.current != nil || w.opt.Serves() {
			w.held = m
			return
		}
	}
	if err == nil && (w.current == nil || w.current.Revision != m.Revision) {
		if refused = w.opt.Take(m); refused == nil {
			w.current = m
		}
		err = refused
	}
	w.finished(now, err, m != nil && !m.unread && (err == nil || errors.Is(err, ErrRefused)))
	if err != nil && w.current == nil {
		w.earlier(ctx, l.Run)
	}
	w.report(now, err)
}

// load reads a listing. refused is what Check says of a market that was read.
func (w *watch) load(ctx context.Context, l *Listing) (m *Market, refused, err error) {
	type loaded struct {
		m       *Market
		refused error
	}
	found, err := beside(ctx, w, func() (loaded, error) {
		m, err := Fetch(ctx, w.src, l, w.opt.Read)
		if err != nil {
			return loaded{}, err
		}
		return loaded{m, w.opt.Check(ctx, m)}, nil
	})
	return found.m, found.refused, err
}

// earlier takes the newest of the runs before that one which can serve, where
// nothing else does. The newest run stays what is waited for.
func (w *watch) earlier(ctx context.Context, run Date) {
	if w.opt.Serves() {
		return
	}
	for range maxEarlier {
		l, err := beside(ctx, w, func() (*Listing, error) { return w.src.List(ctx, run) })
		if err != nil {
			return // the newest run's error is what is reported
		}
		m, refused, err := w.load(ctx, l)
		if ctx.Err() != nil {
			return
		}
		if err == nil && refused == nil && w.opt.Take(m) == nil {
			w.current = m
			return
		}
		run = l.Run
	}
}

// list returns what the source looks like; where it cannot be seen, that is said,
// and ok is false.
func (w *watch) list(ctx context.Context) (l *Listing, text string, ok bool) {
	l, err := beside(ctx, w, func() (*Listing, error) { return w.src.List(ctx, AnyDay) })
	if ctx.Err() != nil {
		return nil, "", false
	}
	if err != nil {
		w.seen, w.same, w.settled, w.held = "", 0, false, nil
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
		longest := max(1, int(maxPause/w.opt.Interval))
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
		w.opt.State(err)
	}
}
