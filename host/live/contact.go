package live

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"edgesignal/host/registry"
)

// contact holds when the registry last answered.
type contact struct {
	mu   sync.Mutex
	last time.Time // of the last answer
	err  error     // nil = the last try was answered
}

// saw takes the error of a call to the registry and notes whether the registry
// answered. "Not found" is an answer too.
func (b *Board) saw(err error) {
	lost := unreachable(err) // one that hangs is, by the end of somebody's patience
	if !lost && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return
	}
	b.contact.mu.Lock()
	defer b.contact.mu.Unlock()
	if lost {
		b.contact.err = err
		return
	}
	if b.contact.err != nil {
		select {
		case b.back <- struct{}{}:
		default:
		}
	}
	b.contact.err, b.contact.last = nil, b.opt.Now()
	if b.opt.Keep != nil && b.opt.MaxStaleness > 0 {
		if err := b.opt.Keep.Saw(b.contact.last); err != nil {
			b.opt.Log.Warn("the time of this contact is not kept for a start without registry", "error", err)
		}
	}
}

// seen returns when the registry last answered, and why it does not answer now;
// nil = it does.
func (c *contact) seen() (last time.Time, lost error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last, c.err
}

// restore takes the time at which an earlier process reached the registry,
// until this one does.
func (c *contact) restore(last time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last.IsZero() {
		c.last = last
	}
}

// beatInterval is the time between two beats, well within fleet.SilentAfter.
const beatInterval = 2 * time.Second

// Heartbeat tells the registry that this host lives until ctx ends, and then
// that it leaves. With it the board learns that the registry is out of reach,
// or back, when nothing else asks.
func (b *Board) Heartbeat(ctx context.Context) {
	me := registry.Host{Name: b.opt.Host, Started: b.started, Version: b.opt.Version}
	for ctx.Err() == nil {
		b.beat(ctx, me)
		sleep(ctx, b.jittered(beatInterval))
	}
	leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), observeTimeout)
	defer cancel()
	if err := b.opt.Registry.Leave(leaving, me); err != nil {
		b.opt.Log.Warn("the registry does not know that this host has left", "error", err)
	}
}

func (b *Board) beat(ctx context.Context, me registry.Host) {
	_, lost := b.contact.seen()
	joined, err := b.opt.Registry.Beat(ctx, me)
	b.saw(err)
	if err != nil && !unreachable(err) && ctx.Err() == nil {
		b.opt.Log.Warn("this host's heartbeat is not in the registry", "error", err)
	}
	if !joined && (lost == nil || err != nil) {
		return
	}
	// What the registry has of this host may be an earlier process's, or lost,
	// or from an old backup that was put back: write all of it again.
	for _, name := range b.Strategies() {
		b.observe(b.find(name))
	}
}

// observeTimeout bounds the writing of an observation: serving does not wait
// for a registry that hangs.
const observeTimeout = 5 * time.Second

// observe writes to the registry what a slot serves and how its last load went.
// Where that fails, the next load or the next heartbeat writes it again.
func (b *Board) observe(s *slot) {
	s.telling.Lock()
	defer s.telling.Unlock()
	st := s.state.Load()
	if st == nil {
		return
	}
	o := registry.Observation{Host: b.opt.Host, Strategy: s.strategy, Desired: st.desired, Outcome: st.outcome()}
	if err := b.trouble(s); err != nil {
		o.Detail = err.Error()
	}
	if snap := s.current.Load(); snap != nil {
		o.Serving, o.Release, o.Since = snap.Record.Version, snap.Release.Digest, snap.Release.LoadedAt
		if o.Serving == o.Desired {
			if text, err := json.Marshal(snap.Release.Report); err == nil && len(text) <= registry.MaxReportBytes {
				o.Report = text
			}
		}
	}
	ctx, cancel := context.WithTimeout(b.ctx, observeTimeout)
	defer cancel()
	if err := b.opt.Registry.Observe(ctx, o); err != nil && !unreachable(err) {
		b.opt.Log.Warn("this host's state is not in the registry", "strategy", s.strategy, "error", err)
	}
}
