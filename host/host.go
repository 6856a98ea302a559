// Package host puts the parts together. It is the only place that knows all
// of them; the order of Run is the order of the start.
package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"edgesignal/host/api"
	"edgesignal/host/live"
	"edgesignal/host/score"
	"edgesignal/host/settings"
	"edgesignal/host/shelf"
	"edgesignal/host/signal"
	"edgesignal/host/token"
)

// grace is how long requests in flight have to finish when the host stops.
const grace = 15 * time.Second

// patience is how long a start waits for a registry that does not answer, once
// when it is opened and once more for its releases, before it serves what this
// host last served: within 2 s of its start.
const patience = 500 * time.Millisecond

// Host is one running process.
type Host struct {
	shelf  *shelf.Shelf
	board  *live.Board
	bars   *bars
	server *api.Server
	tokens *token.File // nil = none
	log    *slog.Logger
}

// Identity is what a host says of itself.
type Identity struct {
	Version string // of the binary
	Demo    bool   // every answer says that its data are synthetic
}

// Open opens the registry and the store, and makes all parts. Nothing runs yet.
func Open(ctx context.Context, set settings.Settings, id Identity, log *slog.Logger) (*Host, error) {
	tokens, err := openTokens(set.AuthTokensFile)
	if err != nil {
		return nil, err
	}
	log.Info("starting", slog.String("version", id.Version), set.Logged())
	shelf, err := shelf.Open(ctx, set.Shelf, set.Legs, patience)
	if err != nil {
		return nil, err
	}
	bars, err := openBars(&set, shelf.Bucket, log)
	if err != nil {
		return nil, errors.Join(err, shelf.Close())
	}
	keeper, err := shelf.Keep(set.Shelf, log)
	if err != nil {
		return nil, errors.Join(err, bars.close(), shelf.Close())
	}
	// Columns take a thirtieth of what features do.
	engine := &signal.Engine{
		Universe: set.TradableSymbols, Scores: score.New(set.ScoreCacheBytes - set.ScoreCacheBytes/10), Columns: signal.NewColumnCache(set.ScoreCacheBytes / 10),
	}
	h := &Host{shelf: shelf, bars: bars, tokens: tokens, log: log}
	h.board = live.NewBoard(live.Options{
		Registry: shelf.Registry, Fetcher: shelf.Fetcher, Host: hostName(set.Port), Version: id.Version, Strategy: set.DefaultStrategy, Defaults: shelf.Defaults,
		Gate: shelf.Gate, Rule: shelf.Gate.Rule, Scores: engine.Scores, Keep: keeper, Log: log, Rehearse: engine.Rehearse,
		Interval: set.ReloadInterval(), MaxStaleness: time.Duration(set.MaxStaleness), MaxDataAge: set.MaxDataAge,
	})
	bars.board = h.board
	h.server = api.New(api.Options{
		Board: h.board, Engine: engine, Registry: shelf.Registry, Gate: shelf.Gate, Market: bars.gate, Tokens: tokens, Log: log, Version: id.Version, Demo: id.Demo, AnswerCacheBytes: set.AnswerCacheBytes,
	})
	return h, nil
}

// hostName returns what this host is called in the registry.
func hostName(port uint16) string {
	name, err := os.Hostname()
	if err != nil {
		name = "localhost"
	}
	return net.JoinHostPort(name, strconv.Itoa(int(port)))
}

// Start is what came of a host's start.
type Start struct {
	Err      error // why the default strategy cannot be answered; nil = it can
	Strategy string
	Serving  string // version
	Symbols  int    // of the market
	LastDay  string // of the market
}

// Run serves on ln until ctx ends, then finishes what is in flight, stops
// every part and closes the registry. started, which may be nil, is called
// once after the first market and releases were tried; its error stops the
// host and comes back.
func (h *Host) Run(ctx context.Context, ln net.Listener, started func(Start) error) error {
	defer func() {
		h.board.Close()
		h.shelf.Gate.Close()
		if err := errors.Join(h.bars.close(), h.shelf.Close()); err != nil {
			h.log.Error("closing the registry and the market", "error", err)
		}
	}()
	var parts sync.WaitGroup
	defer parts.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()

	h.shelf.Gate.Ahead = true
	if err := h.shelf.Gate.Probe(ctx); err != nil {
		h.log.Error("no release can be checked here, so none will be loaded", "error", err)
	}
	served := make(chan error, 1)
	go func() { served <- h.server.Serve(ln) }()
	h.log.Info("listening", "address", ln.Addr().String())

	market := h.bars.follow(ctx, &parts)
	h.firstReleases(ctx, &parts)
	parts.Go(func() { h.board.Watch(ctx) })
	parts.Go(func() { h.board.Heartbeat(ctx) })
	if h.tokens != nil {
		parts.Go(func() { h.watchTokens(ctx) })
	}
	<-market
	var failed error
	if started != nil {
		failed = started(h.start())
	}
	if failed == nil {
		select {
		case <-ctx.Done():
		case err := <-served:
			return fmt.Errorf("serving on %s ended by itself: %w", ln.Addr(), errors.Join(err, net.ErrClosed))
		}
	}
	h.log.Info("stopping")
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	return errors.Join(failed, h.server.Shutdown(end), <-served)
}

// firstReleases brings what the registry wants. Where it takes long to say so,
// or its store to give it, what this host served last serves meanwhile.
func (h *Host) firstReleases(ctx context.Context, parts *sync.WaitGroup) {
	synced := make(chan struct{})
	parts.Go(func() {
		defer close(synced)
		if err := h.board.Sync(ctx); err != nil {
			h.log.Error("no release yet", "error", err)
		}
	})
	if !h.board.Kept() {
		<-synced
		return
	}
	select {
	case <-synced:
	case <-time.After(patience):
	}
	h.board.Restore(ctx)
}

func (h *Host) start() Start {
	s := Start{Err: h.board.Ready(), Strategy: h.board.Default()}
	st, _ := h.board.Strategy(s.Strategy)
	s.Serving = st.Serving
	if m := h.board.Market(); m != nil {
		s.Symbols, s.LastDay = len(m.Series), m.Last().String()
	}
	return s
}
