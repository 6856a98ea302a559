package live

import (
	"context"
	"errors"

	"edgesignal/host/release"
)

// The errors of Current, Reload and Ready, beside *release.Rejection and
// *release.Unavailable.
var (
	ErrUnknownStrategy = errors.New("unknown strategy")
	ErrNoActive        = errors.New("the registry names no active release") // of a strategy that it knows
	ErrNothingLoaded   = errors.New("no release is loaded")
	ErrNoMarket        = errors.New("no market is loaded")
	ErrStale           = errors.New("the registry was not reached for too long") // for longer than MaxStaleness
	ErrStaleData       = errors.New("the newest bars are too old")               // by more days than MaxDataAge
	ErrClosed          = errors.New("the host is stopping")
)

// errNotAsked stands in the state of a release that was restored from disk
// before the registry answered.
var errNotAsked = &release.Unavailable{Part: release.PartRegistry, Err: errors.New("no answer yet; the last known good release serves")}

// unreachable reports whether err is an outage of the registry.
func unreachable(err error) bool {
	var unavailable *release.Unavailable
	return errors.As(err, &unavailable) && unavailable.Part == release.PartRegistry
}

// passing reports whether trying again may help: after an outage, after a load
// that took too long, and after bytes with a wrong digest, which may have been
// damaged on their way.
func passing(err error) bool {
	var unavailable *release.Unavailable
	var refused *release.Rejection
	return errors.As(err, &unavailable) || errors.Is(err, context.DeadlineExceeded) ||
		errors.As(err, &refused) && refused.Reason == release.DigestMismatch
}
