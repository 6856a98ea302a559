package live

import (
	"context"
	"errors"
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

// ErrNoActive: the registry knows the strategy and names no active release.
var ErrNoActive = errors.New("the registry names no active release")

// load brings a slot to what the registry wants, once, and notes how it went.
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
	b.warm(ctx, rel)
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
	rel := &Release{
		Manifest: c.Manifest, Params: loaded.Params, Model: loaded.Model, Rule: loaded.Rule, Report: loaded.Report, LoadedAt: b.opt.Now().UTC().Truncate(time.Millisecond),
	}
	rel.users.Store(1)
	rel.free = rel.done
	if rel.Digest, err = c.Manifest.Digest(); err != nil {
		rel.done()
		return nil, err
	}
	found := registry.Digests{Model: c.Manifest.ModelSHA256, Golden: c.Manifest.GoldenSHA256}
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
		rec.ModelSHA256, rec.GoldenSHA256 = found.Model, found.Golden
		if rec.RulePath != "" {
			rec.RuleSHA256 = found.Rule
		}
	}
	return rel, nil
}
