package host

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"edgesignal/host/bucket"
	"edgesignal/host/live"
	"edgesignal/host/market"
	"edgesignal/host/market/check"
	"edgesignal/host/market/mirror"
	"edgesignal/host/settings"
)

// bars is the way of market data to the board: from a directory, which is the
// operator's own disk and never copied, or from a bucket by way of a mirror.
type bars struct {
	source   market.Source
	mirror   *mirror.Mirror // nil = a directory
	interval time.Duration  // between two looks; 0 = a directory's
	read     market.Options
	gate     *check.Gate
	board    *live.Board
	log      *slog.Logger
}

// openBars returns the way from DATA_DIR. It touches no network.
func openBars(set *settings.Settings, client *bucket.Client, log *slog.Logger) (*bars, error) {
	b := &bars{read: set.ReadOptions(), log: log}
	dir := filepath.Join(set.StateDir, "market")
	if !set.DataDir.Bucket() {
		b.source = market.Directory(market.Dir(set.DataDir.Dir()))
		b.openGate(set.DataDir.Dir(), dir, set.GateLimits())
		return b, nil
	}
	name, prefix, err := bucket.ParseFolder(string(set.DataDir))
	if err != nil {
		return nil, err
	}
	m, err := mirror.Open(mirror.Options{
		Client: client, Bucket: name, Prefix: prefix, Endpoint: string(set.S3Endpoint), Dir: dir, Read: b.read,
	})
	if err != nil {
		return nil, err
	}
	b.source, b.mirror, b.interval = m, m, mirror.Interval
	b.openGate(string(set.S3Endpoint)+" "+m.String(), dir, set.GateLimits())
	return b, nil
}

func (b *bars) openGate(of, dir string, limits check.Limits) {
	gate, damaged := check.NewGate(b.source, of, dir, limits)
	if damaged != nil {
		b.log.Error("the first market is held against the run before it alone", "error", damaged)
	}
	b.gate = gate
}

// close gives up the mirror's folder.
func (b *bars) close() error {
	if b.mirror == nil {
		return nil
	}
	return b.mirror.Close()
}

// follow brings the newest market and then each newer one until ctx ends. The
// channel is closed once there is a market, or it is known that there is none
// yet: where the source takes long to say, what this host last served serves
// meanwhile.
func (b *bars) follow(ctx context.Context, parts *sync.WaitGroup) (tried <-chan struct{}) {
	looked, ready := make(chan struct{}), make(chan struct{})
	once := sync.OnceFunc(func() { close(looked) })
	refresher := market.NewRefresher(b.source, market.RefresherOptions{
		Interval: b.interval, Eager: true, Read: b.read, Check: b.gate.Check, Doubts: b.gate.Doubts, Take: b.take, Waits: b.waits,
		State:  func(err error) { b.state(err); once() },
		Serves: func() bool { return b.board.Market() != nil || b.mirror != nil && b.restore(ctx) },
		Passed: func() { b.gate.Passed(); once() },
	})
	parts.Go(func() {
		defer once()
		refresher.Run(ctx, nil)
	})
	parts.Go(func() {
		defer close(ready)
		if b.mirror != nil {
			select {
			case <-looked:
			case <-time.After(patience):
			case <-ctx.Done():
			}
			if b.board.Market() == nil && b.restore(ctx) {
				return
			}
		}
		<-looked
	})
	return ready
}

// restore serves the last known good market unless a newer one came first.
func (b *bars) restore(ctx context.Context) (done bool) {
	m, err := b.mirror.Kept(ctx)
	if err != nil {
		b.log.Error("last known good market not restored", "error", err)
	}
	if m == nil {
		return false
	}
	why := fmt.Errorf("market data: %s: no answer yet; the last known good market serves", b.mirror)
	if b.board.RestoreMarket(m, why) {
		b.log.Warn("last known good market serves", "run", m.RunDate.String(), "revision", m.Revision, "last_day", m.Last().String())
		b.served(m)
	}
	return true
}

// take puts every strategy on m and names what could not be read.
func (b *bars) take(m *market.Market) error {
	for _, f := range m.Failures {
		b.log.Warn("file not used", "file", f.File, "symbol", f.Symbol, "kind", string(f.Kind), "reason", f.Reason)
	}
	for _, s := range m.Suspicions {
		b.log.Warn("bars that cannot be", "file", s.File, "symbol", s.Symbol, "bars", s.Bars, "first", s.String(), "bad_bars", string(b.read.BadBars))
	}
	b.log.Info("market loaded", "run", m.RunDate.String(), "revision", m.Revision, "symbols", len(m.Series),
		"days", len(m.Calendar), "last_day", m.Last().String(), "failures", len(m.Failures))
	if err := b.board.SetMarket(m); err != nil {
		b.log.Error("a strategy stays on the market before, or serves nothing", "error", err)
		return nil
	}
	b.served(m)
	if b.mirror == nil {
		return nil
	}
	if err := b.mirror.Keep(m); err != nil {
		b.log.Error("a start without the bucket would serve an older market", "error", err)
	}
	return nil
}

// waits names the runs that are not finished yet.
func (b *bars) waits(runs []market.Date) {
	b.gate.Waits(runs)
	for _, run := range runs {
		b.log.Info("a newer run waits for its _SUCCESS file, which a run before it has", "run", run.String())
	}
}

// served tells the gate what the next market is held against.
func (b *bars) served(m *market.Market) {
	if err := b.gate.Serves(m); err != nil {
		b.log.Error("after a start the next market would be held against an older one", "error", err)
	}
}

// state says on /health, and in the log, whether the newest market is to be had.
func (b *bars) state(err error) {
	b.gate.Told(err)
	b.board.SetMarketFault(err)
	if err != nil {
		b.log.Error("no newer market; what served before serves on", "error", err)
	}
}
