// Package registry says which releases exist and which one is active, per
// strategy. Back ends are sub-packages; registrytest is the suite that each
// of them passes.
package registry

import (
	"context"
	"encoding/json"

	"edgesignal/host/release"
)

// Registry is the one way to the table model_registry. Every method is safe
// for concurrent use and returns, besides its own errors, *release.Unavailable
// when the database cannot be reached or does not answer in time, and the
// context's error when the caller gave up.
type Registry interface {
	// Register inserts r and returns it as stored. Strategy, Version and
	// ModelPath must be set; Status "" means inactive. The same name with the
	// same content (model, rule, golden, parameters, feature set and config)
	// again is a no-op that returns the stored row; with other content it is
	// release.ErrConflict. Registering with Status active deactivates the
	// active release of the strategy in the same transaction.
	Register(ctx context.Context, r release.Record) (release.Record, error)

	// Get is one release, or release.ErrNotFound.
	Get(ctx context.Context, ref release.Ref) (release.Record, error)

	// List is every release of a strategy, or of all when strategy is "",
	// ordered by strategy, then newest first.
	List(ctx context.Context, strategy string) ([]release.Record, error)

	// Active is the active release of a strategy, or release.ErrNotFound.
	Active(ctx context.Context, strategy string) (release.Record, error)

	// Activate makes ref the active release of its strategy in one
	// transaction and returns it with the one it replaced (nil = none was
	// active, or ref already was: then nothing changes and no event is
	// written). An unknown ref is release.ErrNotFound and leaves the active
	// release alone.
	Activate(ctx context.Context, ref release.Ref, by, why string) (now release.Record, before *release.Record, err error)

	// RecordDigests fills digests that the row does not have
	// yet. Those already there are never changed: other values are
	// release.ErrConflict.
	RecordDigests(ctx context.Context, ref release.Ref, d Digests) error

	// Events is the append-only history of a strategy (of all when ""),
	// oldest first.
	Events(ctx context.Context, strategy string) ([]release.Event, error)

	// Wait returns as soon as the registry's state differs from what cursor
	// stood for, with the cursor of the new state; the zero Cursor differs
	// from every state. It blocks until then or until ctx ends. A change that
	// commits before Wait is called is never missed.
	Wait(ctx context.Context, cursor Cursor) (Cursor, error)

	// Close gives up the connection. No method may be called afterwards.
	Close() error
}

// Cursor is an opaque name of a registry state. Two equal cursors of one
// registry are the same state.
type Cursor string

// Digests are the SHA-256 sums (64 hex digits, "" = leave alone) of the bytes
// that a row's paths were found to name.
type Digests struct {
	Model, Rule, Golden string
}

// Object reports whether b is one JSON object, for the columns that hold one.
func Object(b json.RawMessage) bool {
	var m map[string]json.RawMessage
	return json.Unmarshal(b, &m) == nil && m != nil
}
