package demotest

import (
	"context"
	"errors"
	"io"
	"sync/atomic"

	"edgesignal/host/artifact"
	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// Shaky is a registry and a store that fail when told to.
type Shaky struct {
	registry.Registry
	artifact.Store
	registryErr atomic.Pointer[error]
	storeErr    atomic.Pointer[error]
	hold        atomic.Pointer[chan struct{}]
	waiting     atomic.Int64
	activeCalls atomic.Int64
}

// What an outage looks like.
var (
	ErrNoRegistry = &release.Unavailable{Part: release.PartRegistry, Err: errors.New("connection refused")}
	ErrNoStore    = &release.Unavailable{Part: release.PartStore, Err: errors.New("connection refused")}
)

// FailRegistry makes Active, List and Wait fail from now on.
func (s *Shaky) FailRegistry(err error) { s.registryErr.Store(&err) }

// FailStore makes Open fail from now on.
func (s *Shaky) FailStore(err error) { s.storeErr.Store(&err) }

// Heal ends both.
func (s *Shaky) Heal() {
	s.registryErr.Store(nil)
	s.storeErr.Store(nil)
}

// Hold makes Active read the registry and then wait until the returned
// function is called: what it gives may be out of date by then.
func (s *Shaky) Hold() (letGo func()) {
	gate := make(chan struct{})
	s.hold.Store(&gate)
	return func() {
		s.hold.Store(nil)
		close(gate)
	}
}

// Waiting returns how many calls of Active are held.
func (s *Shaky) Waiting() int64 { return s.waiting.Load() }

// ActiveCalls returns how many calls of Active there were.
func (s *Shaky) ActiveCalls() int64 { return s.activeCalls.Load() }

// Close closes the registry; a directory store has nothing to close.
func (s *Shaky) Close() error { return s.Registry.Close() }

// Active fails or waits as told.
func (s *Shaky) Active(ctx context.Context, strategy string) (release.Record, error) {
	s.activeCalls.Add(1)
	if err := s.registryErr.Load(); err != nil {
		return release.Record{}, *err
	}
	rec, err := s.Registry.Active(ctx, strategy)
	if hold := s.hold.Load(); hold != nil {
		s.waiting.Add(1)
		<-*hold
		s.waiting.Add(-1)
	}
	return rec, err
}

// List fails as told.
func (s *Shaky) List(ctx context.Context, strategy string) ([]release.Record, error) {
	if err := s.registryErr.Load(); err != nil {
		return nil, *err
	}
	return s.Registry.List(ctx, strategy)
}

// Wait fails as told.
func (s *Shaky) Wait(ctx context.Context, cursor registry.Cursor) (registry.Cursor, error) {
	if err := s.registryErr.Load(); err != nil {
		return cursor, *err
	}
	return s.Registry.Wait(ctx, cursor)
}

// Open fails as told.
func (s *Shaky) Open(ctx context.Context, key string) (io.ReadCloser, artifact.Info, error) {
	if err := s.storeErr.Load(); err != nil {
		return nil, artifact.Info{}, *err
	}
	return s.Store.Open(ctx, key)
}
