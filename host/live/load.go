package live

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"edgesignal/host/gate"
	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// Outcome is what a reload came to.
type Outcome struct {
	Activated bool   // false: the board already served what the registry wants
	Version   string // what serves now
	Previous  string // what served before; "" = nothing
}

// load brings a slot to what the registry wants, once. The result goes into the
// slot's state, the log and the registry.
func (b *Board) load(s *slot) (Outcome, error) {
	ctx, cancel := context.WithTimeout(b.ctx, b.opt.LoadTimeout)
	defer cancel()
	desired, out, err := b.bring(ctx, s)
	s.state.Store(&state{desired: desired, activated: out.Activated, err: err, at: b.opt.Now().UTC()})
	log := b.opt.Log.With("strategy", s.strategy)
	switch {
	case errors.Is(err, ErrNoActive):
		log.Warn("no release wanted", "serving", s.serving(), "error", err)
	case err != nil:
		log.Error("release not loaded", "desired", desired, "serving", s.serving(), "error", err)
	case out.Activated:
		log.Info("release activated", "version", out.Version, "previous", out.Previous, "release", s.current.Load().Release.Digest)
	}
	b.observe(s)
	return out, err
}

func (b *Board) bring(ctx context.Context, s *slot) (desired string, out Outcome, err error) {
	rec, err := b.opt.Registry.Active(ctx, s.strategy)
	b.saw(err)
	if errors.Is(err, release.ErrNotFound) {
		return b.noneActive(ctx, s.strategy)
	}
	if err != nil {
		return "", out, err
	}
	now := s.current.Load()
	if now != nil {
		out = Outcome{Version: now.Record.Version, Previous: now.Record.Version}
		if rec.ModelSHA256 != "" && sameRow(&now.Record, &rec) {
			b.replace(s, rec, now.Release)
			b.keep(s)
			return rec.Version, out, nil
		}
	}
	over := b.late(s, rec.Version)
	rel, err := b.prepare(ctx, &rec)
	over()
	if err != nil {
		b.fail(ctx, &rec, err)
		return rec.Version, Outcome{}, err
	}
	if now != nil && now.Release.Digest == rel.Digest {
		rel.done()
		b.replace(s, rec, now.Release)
		b.keep(s)
		return rec.Version, out, nil
	}
	out = Outcome{Activated: true, Version: rec.Version, Previous: s.serving()}
	if err := b.readied(ctx, rec, rel); err != nil {
		rel.done()
		return rec.Version, Outcome{}, err
	}
	b.replace(s, rec, rel)
	b.keep(s)
	return rec.Version, out, nil
}

// prepare fetches a release's bytes and takes them through the gate. Digests
// that the row did not have are recorded and set in rec.
func (b *Board) prepare(ctx context.Context, rec *release.Record) (*Release, error) {
	c, err := b.opt.fetch(ctx, rec)
	if err != nil {
		return nil, err
	}
	verdict, err := b.opt.Gate.Check(ctx, gate.Job{Candidate: c})
	if err != nil {
		return nil, err
	}
	loaded, err := gate.Load(ctx, c, verdict, b.opt.Rule)
	if err != nil {
		return nil, err
	}
	rel := NewRelease(c.Manifest, loaded)
	for _, name := range b.Strategies() { // a model that is trained again mostly keeps its features
		if now := b.find(name).current.Load(); now != nil {
			rel.Scored.Share(now.Release.Scored)
		}
	}
	rel.LoadedAt = b.opt.Now().UTC().Truncate(time.Millisecond)
	rel.users.Store(1)
	rel.free = rel.done
	if rel.Digest, err = c.Manifest.Digest(); err != nil {
		rel.done()
		return nil, err
	}
	found := registry.Digests{Model: c.Manifest.ModelSHA256, Golden: c.Manifest.GoldenSHA256, Features: c.Manifest.FeatureSetSHA256}
	if rec.RulePath != "" {
		found.Rule = c.Manifest.RuleSHA256
	}
	missing, err := found.Missing(*rec)
	if err != nil {
		rel.done()
		return nil, err
	}
	if missing != (registry.Digests{}) {
		err := b.opt.Registry.RecordDigests(ctx, rec.Ref(), missing)
		b.saw(err)
		if errors.Is(err, release.ErrConflict) {
			// Another host found other bytes under the same path.
			err = release.Reject(release.DigestMismatch, "%v", err)
		}
		if err != nil {
			rel.done()
			return nil, err
		}
		rec.ModelSHA256, rec.GoldenSHA256, rec.FeatureSetSHA256 = found.Model, found.Golden, found.Features
		if rec.RulePath != "" {
			rec.RuleSHA256 = found.Rule
		}
	}
	return rel, nil
}

// lateAfter is how long a load may take before /health reports it.
const lateAfter = 2 * time.Second

// late reports a load as a problem once it takes longer than lateAfter. A store
// that hangs gives no error for a while, and meanwhile nobody would see that
// this host does not serve what the registry wants. The caller calls over when
// the load has ended.
func (b *Board) late(s *slot, desired string) (over func()) {
	var mu sync.Mutex
	done := false
	b.loads.Add(1) // beside that of the load itself
	timer := time.AfterFunc(lateAfter, func() {
		defer b.loads.Done()
		mu.Lock()
		last := s.state.Load()
		late := !done && (last == nil || last.desired != desired || last.err == nil) // why it failed before says more
		if late {
			s.state.Store(&state{desired: desired, err: fmt.Errorf("%s is being loaded, for more than %s by now", desired, lateAfter), at: b.opt.Now().UTC()})
		}
		mu.Unlock()
		if late {
			b.observe(s)
		}
	})
	return func() {
		if timer.Stop() {
			b.loads.Done()
			return
		}
		mu.Lock()
		defer mu.Unlock()
		done = true
	}
}

// fail writes a refusal to the registry: every host would come to the same one,
// and the reason must not be lost. A wrong digest is not written: the release's
// own bytes were never seen, and the store may be mended.
func (b *Board) fail(ctx context.Context, rec *release.Record, err error) {
	var refused *release.Rejection
	if !errors.As(err, &refused) {
		return
	}
	debug.FreeOSMemory() // what was refused may have been 64 MB of text
	if refused.Reason == release.DigestMismatch {
		return
	}
	log := b.opt.Log.With("strategy", rec.Strategy, "version", rec.Version)
	// Between reading the row and here somebody may have activated another
	// release, or this one again after mending what its row names.
	now, err := b.opt.Registry.Active(ctx, rec.Strategy)
	if err == nil && now.ID == rec.ID && sameTime(now.ActivatedAt, rec.ActivatedAt) {
		_, err = b.opt.Registry.Fail(ctx, rec.Ref(), "host "+b.opt.Host, refused.Error())
	}
	if err != nil {
		log.Warn("the refusal is not in the registry", "error", err)
	}
}

func sameTime(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }

// noneActive returns why the registry names no active release: a host's gate
// refused the last one, or nobody wants one.
func (b *Board) noneActive(ctx context.Context, strategy string) (desired string, out Outcome, err error) {
	last, err := b.opt.Registry.ActiveChange(ctx, strategy)
	b.saw(err)
	if err != nil && !errors.Is(err, release.ErrNotFound) {
		return "", out, err
	}
	if refused, ok := release.ParseRejection(last.Why); ok && last.To == release.Failed {
		return last.Version, out, refused
	}
	return "", out, fmt.Errorf("strategy %s: %w", strategy, ErrNoActive)
}
