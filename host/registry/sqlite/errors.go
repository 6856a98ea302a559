package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"edgesignal/host/release"
)

// refusal is an answer about a release, found inside a transaction: no fault
// of the database.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

func refuse(err error) error {
	if err == nil {
		return nil
	}
	return refusal{err}
}

// fault turns an error of the database into one of the domain: the context's
// own error; what a constraint or trigger says as it stands, for trying again
// cannot help; and everything else (busy, locked, input/output, full,
// damaged, closed) as *release.Unavailable. A refusal passes.
func (r *Registry) fault(ctx context.Context, op string, err error) error {
	var no refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &no):
		return no.error
	case ctx.Err() != nil:
		return fmt.Errorf("registry: %s: %w", op, ctx.Err())
	case code(err) == lib.SQLITE_CONSTRAINT:
		return fmt.Errorf("registry %s: %s: %w", r.cfg.Path, op, err)
	}
	return unavailable(r.cfg.Path, fmt.Errorf("%s: %w", op, err))
}

func unavailable(path string, err error) error {
	return &release.Unavailable{Part: release.PartRegistry, Err: fmt.Errorf("%s: %w", path, err)}
}

// code returns the primary result code of SQLite, or -1.
func code(err error) int {
	var e *driver.Error
	if !errors.As(err, &e) {
		return -1
	}
	return e.Code() & 0xff
}

func busy(err error) bool {
	c := code(err)
	return c == lib.SQLITE_BUSY || c == lib.SQLITE_LOCKED
}

// notFound names what a query for one row did not find.
func notFound(err error, format string, args ...any) error {
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return refuse(fmt.Errorf(format+": %w", append(args, release.ErrNotFound)...))
}
