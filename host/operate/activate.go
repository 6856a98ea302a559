// Package operate is what an operator does with a registry and its releases:
// one function a command.
package operate

import (
	"context"
	"errors"
	"fmt"

	"edgesignal/host/fleet"
	"edgesignal/host/registry"
	"edgesignal/host/release"
	"edgesignal/host/settings"
	"edgesignal/host/shelf"
)

// Change is what Activate or Rollback did.
type Change struct {
	Version string // active now
	Before  string // active before; "" = none
}

// Activate makes a release the active one. Where it was already, Before is the
// same version.
func Activate(ctx context.Context, set settings.Shelf, strategy, version, by, why string) (c Change, err error) {
	ref := release.Ref{Strategy: strategy, Version: version}
	err = withRegistry(ctx, set, func(reg registry.Registry) error {
		if active, err := reg.Active(ctx, ref.Strategy); err == nil && active.Version == ref.Version {
			c = Change{ref.Version, ref.Version}
			return nil
		}
		now, before, err := reg.Activate(ctx, ref, by, why)
		if errors.Is(err, release.ErrNotFound) {
			return fmt.Errorf("release %s: the registry does not have it", ref)
		}
		c = changed(now, before)
		return err
	})
	return c, err
}

// Rollback makes the release active that was before; see registry.Previous.
func Rollback(ctx context.Context, set settings.Shelf, strategy, by, why string) (c Change, err error) {
	err = withRegistry(ctx, set, func(reg registry.Registry) error {
		now, before, err := reg.Rollback(ctx, strategy, by, why)
		if errors.Is(err, release.ErrNotFound) {
			return fmt.Errorf("strategy %s: there is no release to go back to: none was active before, or it failed", strategy)
		}
		c = changed(now, before)
		return err
	})
	return c, err
}

func changed(now release.Record, before *release.Record) Change {
	c := Change{Version: now.Version}
	if before != nil {
		c.Before = before.Version
	}
	return c
}

// WaitFor returns once every live host serves a release; see fleet.Wait.
// progress is told how many do, whenever it looked.
func WaitFor(ctx context.Context, set settings.Shelf, strategy, version string, progress func(serving int)) (s fleet.Strategy, err error) {
	err = withRegistry(ctx, set, func(reg registry.Registry) error {
		s, err = fleet.Wait(ctx, reg, release.Ref{Strategy: strategy, Version: version}, progress)
		return err
	})
	return s, err
}

// Status returns what all hosts serve.
func Status(ctx context.Context, set settings.Shelf) (v fleet.View, err error) {
	err = withRegistry(ctx, set, func(reg registry.Registry) error {
		v, err = fleet.Look(ctx, reg)
		return err
	})
	return v, err
}

// withRegistry opens a registry that is there, calls f and closes it.
func withRegistry(ctx context.Context, set settings.Shelf, f func(registry.Registry) error) (err error) {
	reg, err := shelf.OpenRegistry(ctx, set)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	return f(reg)
}
