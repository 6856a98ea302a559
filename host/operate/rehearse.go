package operate

import (
	"context"
	"errors"

	"edgesignal/host/gate"
	"edgesignal/host/live"
	"edgesignal/host/market"
	"edgesignal/host/release"
	"edgesignal/host/shelf"
	"edgesignal/host/signal"
)

// rehearse builds the own book of an accepted release on a market, as a host
// does before it serves one. nil = there is no market to try it on.
func rehearse(ctx context.Context, s *shelf.Shelf, c gate.Candidate, verdict *gate.Verdict, rec release.Record, m *market.Market) error {
	if m == nil {
		return nil
	}
	loaded, err := gate.Load(ctx, c, verdict, s.Gate.Rule)
	if err != nil {
		return err
	}
	err = (&signal.Engine{}).Rehearse(ctx, &live.Snapshot{
		Record: rec, Market: m,
		Release: live.NewRelease(c.Manifest, loaded),
	})
	if err != nil && ctx.Err() == nil {
		err = live.RehearsalFailed(m, err)
	}
	return errors.Join(err, loaded.Rule.Close())
}
