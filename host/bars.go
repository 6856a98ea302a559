package host

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"edgesignal/host/bucket"
	"edgesignal/host/live"
	"edgesignal/host/market"
	"edgesignal/host/market/mirror"
	"edgesignal/host/settings"
)

// bars is the way of market data to the board: from a directory, which is the
// operator's own disk and never copied, or from a bucket by way of a mirror.
type bars struct {
	source   market.Source
	mirror   *mirror.Mirror // nil = a directory
	interval time.Duration  // between two looks; 0 = a directory's
	board    *live.Board
	log      *slog.Logger
}

// openBars returns the way from DATA_DIR. It touches no network.
func openBars(set *settings.Settings, client *bucket.Client, log *slog.Logger) (*bars, error) {
	if !set.DataDir.Bucket() {
		return &bars{source: market.Directory(os.DirFS(set.DataDir.Dir())), log: log}, nil
	}
	name, prefix, err := bucket.ParseFolder(string(set.DataDir))
	if err != nil {
		return nil, err
	}
	m, err := mirror.Open(mirror.Options{
		Client: client, Bucket: name, Prefix: prefix, Endpoint: string(set.S3Endpoint), Dir: filepath.Join(set.StateDir, "market"),
	})
	if err != nil {
		return nil, err
	}
	return &bars{source: m, mirror: m, interval: mirror.Interval, log: log}, nil
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
	loaded, restored := make(chan struct{}), make(chan struct{})
	parts.Go(func() {
		b.load(ctx)
		close(loaded)
		<-restored
		market.NewRefresher(b.source, market.RefresherOptions{Interval: b.interval}).Run(ctx, b.board.Market(), b.take, b.state)
	})
	parts.Go(func() {
		defer close(restored)
		if b.mirror == nil {
			<-loaded
			return
		}
		select {
		case <-loaded:
		case <-time.After(patience):
		}
		if b.board.Market() == nil && b.restore(ctx) {
			return
		}
		<-loaded
	})
	return restored
}

// load is the first attempt, which does not wait for the source to settle.
func (b *bars) load(ctx context.Context) {
	m, err := market.LoadFrom(ctx, b.source)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		b.state(err)
	default:
		b.take(m)
		b.state(nil)
	}
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
	}
	return true
}

// take puts every strategy on m and names what could not be read.
func (b *bars) take(m *market.Market) {
	for _, f := range m.Failures {
		b.log.Warn("file not used", "file", f.File, "symbol", f.Symbol, "reason", f.Reason)
	}
	b.log.Info("market loaded", "run", m.RunDate.String(), "revision", m.Revision, "symbols", len(m.Series),
		"days", len(m.Calendar), "last_day", m.Last().String(), "failures", len(m.Failures))
	b.board.SetMarket(m)
	if b.mirror == nil {
		return
	}
	if err := b.mirror.Keep(m); err != nil {
		b.log.Error("a start without the bucket would serve an older market", "error", err)
	}
}

// state says on /health, and in the log, whether the newest market is to be had.
func (b *bars) state(err error) {
	b.board.SetMarketFault(err)
	if err != nil {
		b.log.Error("no newer market; what served before serves on", "error", err)
	}
}
