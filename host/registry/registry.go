// Package registry says which releases exist and which one is active, per
// strategy. Back ends are sub-packages; registrytest is the suite that each
// of them passes.
//
// The database itself, not the Go code before it, holds what must stay true
// when somebody writes plain SQL: at most one active release a strategy, the
// bytes and parameters of a published release never change, a release that
// was ever active is never deleted, every status change leaves an event, and
// only these changes happen (a row may be inserted with any status):
//
//	from      to
//	inactive  active, testing, failed
//	testing   active, inactive, failed
//	active    inactive, failed
//	failed    active, inactive, testing
package registry

import (
	"context"

	"edgesignal/host/release"
)

// Registry is the one way to the table model_registry, to its history, and to
// what hosts say of it. Every method is safe for concurrent use, also by
// several processes on one database, and returns, besides its own errors,
// *release.Unavailable when the database cannot be reached or does not answer
// in time, and the context's error when the caller gave up. A method that
// returns an error has changed nothing, unless the connection broke while the
// database was confirming the change.
type Registry interface {
	// Register inserts r and returns it as stored. Prepare says what r must
	// hold. The database sets ID, CreatedAt, ActivatedAt and DeactivatedAt,
	// whatever r says. The same name with the same content (SameContent)
	// again is a no-op that returns the stored row, its status untouched;
	// with other content it is release.ErrConflict. Registering with Status
	// active deactivates the active release of the strategy in the same
	// transaction.
	Register(ctx context.Context, r release.Record) (release.Record, error)

	// Get returns one release, or release.ErrNotFound.
	Get(ctx context.Context, ref release.Ref) (release.Record, error)

	// List returns every release of a strategy, or of all when strategy is "",
	// ordered by strategy (bytes), then newest first. None is no error.
	List(ctx context.Context, strategy string) ([]release.Record, error)

	// Active returns the active release of a strategy, or release.ErrNotFound.
	Active(ctx context.Context, strategy string) (release.Record, error)

	// Activate makes ref the active release of its strategy in one
	// transaction and returns it with the one it replaced, both as they stand
	// afterwards (nil = none was active, or ref already was: then nothing
	// changes and no event is written). Any status may become active, failed
	// too: whether a release may serve is the gate's word. An unknown ref is
	// release.ErrNotFound and leaves the active release alone.
	Activate(ctx context.Context, ref release.Ref, by, why string) (now release.Record, before *release.Record, err error)

	// Rollback makes the release that Previous names the active one, read and
	// written in one transaction, and returns it with the one it replaced (nil
	// = none was active), as Activate does. release.ErrNotFound = no release
	// was active before, and nothing changes.
	Rollback(ctx context.Context, strategy, by, why string) (now release.Record, before *release.Record, err error)

	// Fail gives ref the status failed, for a release that every host would
	// refuse, with by and why (each as OneLine gives it) in the event. A
	// release of any other status may fail; an active one leaves its strategy
	// without an active release. changed is false when it had failed already:
	// then nothing changes and no event is written, so that of several hosts
	// one leaves its word. An unknown ref is release.ErrNotFound.
	Fail(ctx context.Context, ref release.Ref, by, why string) (changed bool, err error)

	// ActiveChange returns the newest event of a strategy in which a release became
	// active or ceased to be: why the active release is the one that it is, or
	// where there is none which was the last one (From is active), and whether
	// it failed and why. release.ErrNotFound = none was ever active.
	ActiveChange(ctx context.Context, strategy string) (release.Event, error)

	// RecordDigests fills digests that the row does not have yet, all of d or
	// none. Those already there are never changed: other values are
	// release.ErrConflict. An unknown ref is release.ErrNotFound.
	RecordDigests(ctx context.Context, ref release.Ref, d Digests) error

	// Events returns the append-only history of a strategy (of all when ""),
	// oldest first. From "" says that the row was inserted, To "" that it was
	// deleted, which only plain SQL can do, and only to a release that was
	// never active. Each event of a release starts where its last one ended.
	Events(ctx context.Context, strategy string) ([]release.Event, error)

	// Observe writes what a host says of a strategy in place of all that it
	// said of it before. Observation.Prepare says what o must hold; the
	// database sets At. The strategy need not be known.
	Observe(ctx context.Context, o Observation) error

	// Observations returns what the hosts last said of a strategy, or of all when
	// strategy is "", ordered by strategy, then host (bytes), those of hosts
	// that fell silent included. A report comes back as the same JSON value,
	// not always the same bytes. None is no error.
	Observations(ctx context.Context, strategy string) ([]Observation, error)

	// Beat writes that a host lives; Host.Prepare says what h must hold, and the
	// database sets Seen. joined = no process of that name and start was known:
	// then all that an earlier process of the name said (Observe) is removed.
	// Hosts that have been silent for ForgetAfter are removed too, with what
	// they said.
	Beat(ctx context.Context, h Host) (joined bool, err error)

	// Leave removes the host of that name and start with all that it said; one
	// that is not known is no error.
	Leave(ctx context.Context, h Host) error

	// Hosts returns those that said that they live and did not leave, by name
	// (bytes). None is no error.
	Hosts(ctx context.Context) ([]Host, error)

	// Wait returns as soon as the registry's state differs from what cursor
	// stood for, with the cursor of the new state; the zero Cursor differs
	// from every state. It blocks until then or until ctx ends. A change that
	// commits before Wait is called is never missed. The state is which
	// releases exist and their statuses, that is: everything that leaves an
	// event. Digests, notes, metrics, hosts and observations wake nobody.
	Wait(ctx context.Context, cursor Cursor) (Cursor, error)

	// Close gives up the connection; a Wait in progress returns
	// *release.Unavailable, and so does every call afterwards. Closing again
	// is a no-op.
	Close() error
}

// Cursor is an opaque name of a registry state. Two equal cursors of one
// registry are the same state.
type Cursor string
