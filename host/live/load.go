package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"edgesignal/guest/rules"
	"edgesignal/host/artifact"
	"edgesignal/host/gate"
	"edgesignal/host/portfolio"
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
	s.state.Store(&state{desired: desired, err: err, at: b.opt.Now().UTC()})
	log := b.opt.Log.With("strategy", s.strategy)
	switch {
	case errors.Is(err, ErrNoActive):
		log.Warn("no release wanted", "serving", s.serving(), "error", err)
	case err != nil:
		log.Error("release not loaded", "desired", desired, "serving", s.serving(), "error", err)
	case out.Activated:
		log.Info("release activated", "version", out.Version, "previous", out.Previous, "release", s.current.Load().Release.Digest)
	}
	return out, err
}

func (b *Board) bring(ctx context.Context, s *slot) (desired string, out Outcome, err error) {
	rec, err := b.opt.Registry.Active(ctx, s.strategy)
	b.saw(err)
	if errors.Is(err, release.ErrNotFound) {
		return "", out, fmt.Errorf("strategy %s: %w", s.strategy, ErrNoActive)
	}
	if err != nil {
		return "", out, err
	}
	now := s.current.Load()
	if now != nil {
		out = Outcome{Version: now.Record.Version, Previous: now.Record.Version}
		if rec.ModelSHA256 != "" && sameRow(&now.Record, &rec) {
			b.replace(s, rec, now.Release)
			return rec.Version, out, nil
		}
	}
	rel, err := b.prepare(ctx, &rec)
	if err != nil {
		return rec.Version, Outcome{}, err
	}
	if now != nil && now.Release.Digest == rel.Digest {
		rel.done()
		b.replace(s, rec, now.Release)
		return rec.Version, out, nil
	}
	out = Outcome{Activated: true, Version: rec.Version, Previous: s.serving()}
	b.replace(s, rec, rel)
	return rec.Version, out, nil
}

// replace is the swap: one atomic store. The lock only keeps a swap of the
// release and a swap of the market from losing each other.
func (b *Board) replace(s *slot, rec release.Record, rel *Release) {
	b.mu.Lock()
	old := s.current.Swap(&Snapshot{Record: rec, Release: rel, Market: b.market})
	b.mu.Unlock()
	if old != nil && old.Release != rel {
		old.Release.done()
	}
}

// prepare fetches a release's bytes and takes them through the gate. Digests
// that the row did not have are recorded and set in rec.
func (b *Board) prepare(ctx context.Context, rec *release.Record) (*Release, error) {
	c, err := b.opt.fetch(ctx, rec)
	if err != nil {
		return nil, err
	}
	passed, err := gate.Check(ctx, c, b.opt.Rule)
	if err != nil {
		return nil, err
	}
	rel := &Release{
		Manifest: c.Manifest, Model: passed.Model, Rule: passed.Rule, Report: passed.Report, LoadedAt: b.opt.Now().UTC().Truncate(time.Millisecond),
	}
	rel.users.Store(1)
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

// Candidate makes a gate candidate of a record and its bytes. ruleBytes nil
// means the stock rule, whose parameters start from defaults.
func Candidate(rec *release.Record, defaults json.RawMessage, modelBytes, ruleBytes, golden []byte) (gate.Candidate, error) {
	c := gate.Candidate{Model: modelBytes, Rule: ruleBytes, Golden: golden}
	layers := []json.RawMessage{rec.RuleParams}
	if ruleBytes == nil {
		stock, ok := rules.Stock(rules.TopBottom)
		if !ok {
			return c, fmt.Errorf("stock rule %s is not in this binary", rules.TopBottom)
		}
		if sum := release.Sum(stock); rec.RuleSHA256 != "" && rec.RuleSHA256 != sum {
			return c, release.Reject(release.DigestMismatch, "rule: the stock rule %s has SHA-256 %s, the release names %s", rules.TopBottom, sum, rec.RuleSHA256)
		}
		c.Rule = stock
		layers = []json.RawMessage{defaults, rec.RuleParams}
	}
	params, err := portfolio.MergeParams(layers...)
	if err != nil {
		return c, release.Reject(release.RuleABI, "rule_params: %v", err)
	}
	limits, err := portfolio.LimitsOf(rec.Config)
	if err != nil {
		return c, release.Reject(release.RuleABI, "%v", err)
	}
	c.Manifest = release.Manifest{
		Strategy: rec.Strategy, Version: rec.Version, FeatureSet: rec.FeatureSet,
		ModelSHA256: release.Sum(c.Model), RuleSHA256: release.Sum(c.Rule), RuleParams: params, Limits: limits,
	}
	if golden != nil {
		c.Manifest.GoldenSHA256 = release.Sum(golden)
	}
	return c, nil
}

// fetch brings the bytes that a row names, each held against its digest.
func (o *Options) fetch(ctx context.Context, rec *release.Record) (gate.Candidate, error) {
	var got [3][]byte
	for i, a := range []struct {
		what, path, sum string
		max             int64
		tooLarge        release.Reason
	}{
		{"model", rec.ModelPath, rec.ModelSHA256, gate.MaxModelBytes, release.ModelMalformed},
		{"rule", rec.RulePath, rec.RuleSHA256, gate.MaxRuleBytes, release.RuleMalformed},
		{"golden file", rec.GoldenPath, rec.GoldenSHA256, gate.MaxGoldenBytes, release.GoldenMismatch},
	} {
		if a.path == "" {
			continue
		}
		b, _, err := o.Fetcher.Fetch(ctx, a.path, a.sum, a.max)
		if err != nil {
			if errors.Is(err, artifact.ErrTooLarge) {
				err = release.Reject(a.tooLarge, "%v", err)
			}
			return gate.Candidate{}, fetchError(a.what, err)
		}
		got[i] = b
	}
	return Candidate(rec, o.Defaults, got[0], got[1], got[2])
}

// fetchError sorts what went wrong: a refusal stays one, anything else is a
// fault of the store, which may pass.
func fetchError(what string, err error) error {
	var rejection *release.Rejection
	var unavailable *release.Unavailable
	switch {
	case errors.As(err, &rejection):
		return release.Reject(rejection.Reason, "%s: %s", what, rejection.Detail)
	case errors.As(err, &unavailable), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: %w", what, err)
	default:
		return &release.Unavailable{Part: release.PartStore, Err: fmt.Errorf("%s: %w", what, err)}
	}
}
