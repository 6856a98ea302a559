package live

import (
	"errors"
	"fmt"
	"time"

	"edgesignal/host/market"
)

// StrategyStatus is what a strategy should serve and what it serves.
type StrategyStatus struct {
	Strategy  string
	Desired   string // version; "" = the registry names none, or was not read yet
	Serving   string // version; "" = nothing
	Release   string // digest of what serves
	Since     time.Time
	Err       error // why Desired is not served, or not as it should be; nil = it is
	CheckedAt time.Time
}

// Strategy returns one strategy's status; ok is false for one that nobody knows.
func (b *Board) Strategy(name string) (st StrategyStatus, ok bool) {
	s := b.find(name)
	if s == nil {
		return st, false
	}
	st.Strategy = name
	if snap := s.current.Load(); snap != nil {
		st.Serving, st.Release, st.Since = snap.Record.Version, snap.Release.Digest, snap.Release.LoadedAt
	}
	if now := s.state.Load(); now != nil {
		st.Desired, st.CheckedAt = now.desired, now.at
	}
	st.Err = b.trouble(s)
	return st, true
}

// Problem is why one strategy is not served as it should be.
type Problem struct {
	Strategy string
	Err      error
}

func (p *Problem) Error() string { return p.Err.Error() }

// Unwrap returns Err.
func (p *Problem) Unwrap() error { return p.Err }

// Problems returns the reasons why this host is degraded, nil when it is not: it
// does not serve what the registry wants, or cannot reach what it needs. Those
// of a strategy are *Problem.
func (b *Board) Problems() []error {
	var problems []error
	_, lost := b.contact.seen()
	if lost != nil {
		problems = append(problems, lost)
	}
	if lost := b.lostMarket(); lost != nil {
		problems = append(problems, lost)
	}
	if m := b.Market(); m == nil {
		problems = append(problems, ErrNoMarket)
	} else if err := b.StaleData(m); err != nil {
		problems = append(problems, err)
	}
	for _, name := range b.Strategies() {
		st, _ := b.Strategy(name)
		mustServe := st.Serving != "" || name == b.opt.Strategy
		switch {
		case lost != nil && unreachable(st.Err):
			// The registry is in the list already.
		case errors.Is(st.Err, ErrNoActive) && !mustServe:
			// Nobody wants it to serve, and it does not.
		case st.Err != nil:
			problems = append(problems, &Problem{name, st.Err})
		case st.Serving == "" && mustServe:
			problems = append(problems, &Problem{name, fmt.Errorf("strategy %s: %w", name, ErrNothingLoaded)})
		}
	}
	return problems
}

// StaleData returns ErrStaleData where the newest day of a market is older than
// MaxDataAge, else nil.
func (b *Board) StaleData(m *market.Market) error {
	if b.opt.MaxDataAge == 0 {
		return nil
	}
	if age := int(market.DateOf(b.opt.Now().UTC()) - m.Last()); age > b.opt.MaxDataAge {
		return fmt.Errorf("%w: they are of %s, %d days ago, the limit is %d", ErrStaleData, m.Last(), age, b.opt.MaxDataAge)
	}
	return nil
}

// Ready returns nil when the default strategy can be answered: a release and a
// market are loaded, the bars are recent enough, and the registry was seen
// recently enough.
func (b *Board) Ready() error {
	s := b.find(b.opt.Strategy)
	snap := s.current.Load()
	switch {
	case snap == nil:
		return fmt.Errorf("strategy %s: %w", b.opt.Strategy, ErrNothingLoaded)
	case snap.Market == nil:
		return ErrNoMarket
	}
	if err := b.StaleData(snap.Market); err != nil {
		return err
	}
	if b.opt.MaxStaleness > 0 {
		last, lost := b.contact.seen()
		age := b.opt.Now().Sub(last)
		switch {
		case lost == nil:
		case age > b.opt.MaxStaleness:
			return fmt.Errorf("%w: last answer %s ago, the limit is %s", ErrStale, age.Round(time.Second), b.opt.MaxStaleness)
		case age < 0: // an earlier process wrote it
			return fmt.Errorf("%w: last answer at %s by a clock that was set back since: nobody knows how long ago", ErrStale, last.Format(time.RFC3339))
		}
	}
	return nil
}
