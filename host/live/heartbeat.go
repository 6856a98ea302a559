package live

import (
	"context"
	"time"

	"edgesignal/host/registry"
)

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
	// What was said before belonged to an earlier process, or is lost; or the
	// registry that is back is an old backup, with what was said then.
	for _, name := range b.Strategies() {
		b.observe(b.find(name))
	}
}
