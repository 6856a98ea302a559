package live

import (
	"context"
	"fmt"

	"edgesignal/host/lastgood"
)

// keep writes what a slot serves to this host's disk. A host that cannot write
// serves all the same.
func (b *Board) keep(s *slot) {
	if b.opt.Keep == nil {
		return
	}
	snap := s.current.Load()
	if snap == nil {
		return
	}
	rec := snap.Record
	m := &snap.Release.Manifest
	rec.ModelSHA256, rec.GoldenSHA256, rec.FeatureSetSHA256 = m.ModelSHA256, m.GoldenSHA256, m.FeatureSetSHA256
	if err := b.opt.Keep.Keep(rec, snap.Release.Digest); err != nil {
		b.opt.Log.Error("a start without registry would serve an older release", "strategy", s.strategy, "error", err)
	}
}

// Kept reports whether Restore has anything to serve.
func (b *Board) Kept() bool { return b.opt.Keep != nil && len(b.opt.Keep.All()) > 0 }

// Restore serves what this host last served, for each strategy that serves
// nothing yet. The bytes go through the gate like any others. A release that
// cannot be restored is logged and skipped.
func (b *Board) Restore(ctx context.Context) {
	if b.opt.Keep == nil {
		return
	}
	b.contact.restore(b.opt.Keep.Seen())
	for _, kept := range b.opt.Keep.All() {
		s := b.slot(kept.Record.Strategy)
		if s.current.Load() != nil {
			continue
		}
		log := b.opt.Log.With("strategy", kept.Record.Strategy, "version", kept.Record.Version)
		switch done, err := b.restore(ctx, s, kept); {
		case err != nil:
			log.Error("last known good release not restored", "error", err)
		case done:
			log.Warn("last known good release serves", "release", kept.Release)
		}
	}
}

func (b *Board) restore(ctx context.Context, s *slot, kept lastgood.Kept) (done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, b.opt.LoadTimeout)
	defer cancel()
	rec := kept.Record
	rel, err := b.prepare(ctx, &rec)
	if err != nil {
		return false, err
	}
	if rel.Digest != kept.Release {
		rel.done()
		return false, fmt.Errorf("its manifest has the digest %s, %s served: the file was changed, or TOP_N, BOTTOM_N or a stock rule were", rel.Digest, kept.Release)
	}
	if err := b.readied(ctx, rec, rel); err != nil {
		rel.done()
		return false, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	snap := &Snapshot{Record: rec, Release: rel, Market: b.market}
	if b.closed || !s.current.CompareAndSwap(nil, snap) {
		rel.done()
		return false, nil
	}
	s.state.CompareAndSwap(nil, &state{err: errNotAsked, at: b.opt.Now().UTC()})
	return true, nil
}
