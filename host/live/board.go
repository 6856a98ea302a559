// Package live is what this host serves now: one immutable Snapshot a
// strategy behind one atomic pointer, the loader that swaps it, and the
// watcher that follows the registry.
package live

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"edgesignal/host/artifact"
	"edgesignal/host/gate"
	"edgesignal/host/lastgood"
	"edgesignal/host/market"
	"edgesignal/host/registry"
	"edgesignal/host/rule"
	"edgesignal/host/score"
)

// Options are what a board works with.
type Options struct {
	Registry registry.Registry
	Fetcher  artifact.Source
	Host     string          // this host's name in the registry: "name:port"
	Version  string          // of the program
	Strategy string          // the default strategy: it has a place even before the registry knows it
	Defaults json.RawMessage // parameters of the stock rule where a release sets none
	Gate     gate.Gate
	Rule     rule.Options // of what is loaded here; its cache directory is the gate's
	// Rehearse builds a release's own book of a market's newest day, before one
	// of them serves; nil = nothing is tried. That the day has no data is no error.
	Rehearse func(context.Context, *Snapshot) error
	Scores   *score.Cache     // warmed before a release or a market serves; nil = nothing is
	Keep     *lastgood.Keeper // of what serves, for a start without registry or store; nil = nothing is kept
	Log      *slog.Logger
	Now      func() time.Time // nil = time.Now

	Interval     time.Duration // between full checks of the registry, jittered; 0 = DefaultInterval
	LoadTimeout  time.Duration // for one load; 0 = DefaultLoadTimeout
	MaxStaleness time.Duration // a registry not reached for longer makes Ready fail; 0 = off
	MaxDataAge   int           // calendar days in UTC; bars whose newest day is older make Ready fail; 0 = off
}

// Defaults of Options.
const (
	DefaultInterval    = 300 * time.Second
	DefaultLoadTimeout = 2 * time.Minute
)

// Board holds the snapshots. Reading it takes no lock.
type Board struct {
	opt    Options
	ctx    context.Context // ends with Close: loads belong to the board, not to who asked
	cancel context.CancelFunc
	loads  sync.WaitGroup

	started time.Time  // of this process, as the registry knows it
	mu      sync.Mutex // writers of slots, of a slot's snapshot, and of market
	slots   sync.Map   // strategy -> *slot
	home    *slot      // of the default strategy
	market  *market.Market
	closed  bool

	marketFault error // of the market's source; under mu

	contact contact
	back    chan struct{} // holds a word when the registry answers again
}

// NewBoard makes a board that serves nothing yet.
func NewBoard(opt Options) *Board {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Interval <= 0 {
		opt.Interval = DefaultInterval
	}
	if opt.LoadTimeout <= 0 {
		opt.LoadTimeout = DefaultLoadTimeout
	}
	b := &Board{opt: opt, started: opt.Now(), back: make(chan struct{}, 1)}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	b.home = b.slot(opt.Strategy)
	return b
}

func (b *Board) find(strategy string) *slot {
	if strategy == b.opt.Strategy {
		return b.home
	}
	if s, ok := b.slots.Load(strategy); ok {
		return s.(*slot)
	}
	return nil
}

// slot finds or makes a strategy's place.
func (b *Board) slot(strategy string) *slot {
	s, _ := b.slots.LoadOrStore(strategy, &slot{strategy: strategy})
	return s.(*slot)
}

// Strategies returns the names of all places, sorted.
func (b *Board) Strategies() []string {
	var names []string
	b.slots.Range(func(k, _ any) bool { names = append(names, k.(string)); return true })
	slices.Sort(names)
	return names
}

// Default returns the strategy of a request that names none.
func (b *Board) Default() string { return b.opt.Strategy }

// Current returns the snapshot that answers for a strategy ("" = the default), and
// a function to call when the request is done with it. Its errors are
// ErrUnknownStrategy and ErrNothingLoaded.
func (b *Board) Current(strategy string) (*Snapshot, func(), error) {
	if strategy == "" {
		strategy = b.opt.Strategy
	}
	s := b.find(strategy)
	if s == nil {
		return nil, nil, fmt.Errorf("%w: %q", ErrUnknownStrategy, strategy)
	}
	for {
		snap := s.current.Load()
		if snap == nil {
			return nil, nil, fmt.Errorf("strategy %s: %w", strategy, ErrNothingLoaded)
		}
		// Between the load and here the release may have been swapped out
		// and closed; then a newer snapshot is there, or the board is closed.
		if snap.Release.acquire() {
			return snap, snap.Release.free, nil
		}
	}
}

// Reload brings a strategy ("" = the default) to what the registry wants now.
// The load begins after the call, is shared with others who wait for it, and
// goes on when ctx ends. Errors beside Current's: ErrNoActive, ErrClosed,
// *release.Rejection, *release.Unavailable, and context.DeadlineExceeded for a
// load over LoadTimeout; the old release serves on.
func (b *Board) Reload(ctx context.Context, strategy string) (Outcome, error) {
	if strategy == "" {
		strategy = b.opt.Strategy
	}
	s := b.find(strategy)
	if s == nil {
		// The registry may have learned of it a moment ago.
		rows, err := b.opt.Registry.List(ctx, strategy)
		b.saw(err)
		if err != nil {
			return Outcome{}, err
		}
		if len(rows) == 0 {
			return Outcome{}, fmt.Errorf("%w: %q", ErrUnknownStrategy, strategy)
		}
		s = b.slot(strategy)
	}
	return s.reload(ctx, b.guarded)
}

// guarded keeps loads and Close apart.
func (b *Board) guarded(s *slot) (Outcome, error) {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return Outcome{}, ErrClosed
	}
	b.loads.Add(1)
	b.mu.Unlock()
	defer b.loads.Done()
	return b.load(s)
}

// Close stops all loads and gives the releases up; requests under way keep
// theirs until they are done.
func (b *Board) Close() {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return
	}
	b.closed = true
	b.mu.Unlock()
	b.cancel()
	b.loads.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.slots.Range(func(_, v any) bool {
		if old := v.(*slot).current.Swap(nil); old != nil {
			old.Release.done()
		}
		return true
	})
}
