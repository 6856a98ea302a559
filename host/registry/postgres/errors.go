package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

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
// own error; what a constraint or trigger says, or that a value does not fit,
// as it stands, for trying again cannot help; and everything else as
// *release.Unavailable. A refusal passes.
func (r *Registry) fault(ctx context.Context, op string, err error) error {
	var no refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &no):
		return no.error
	case ctx.Err() != nil:
		return fmt.Errorf("registry: %s: %w", op, ctx.Err())
	case final(err):
		return fmt.Errorf("registry %s: %s: %w", r.name, op, err)
	}
	return &release.Unavailable{Part: release.PartRegistry, Err: fmt.Errorf("%s: %s: %w", r.name, op, err)}
}

// final reports whether the same again would end the same: SQLSTATE classes of
// data, constraints, program limits (a name too long for an index) and RAISE.
func final(err error) bool {
	code := sqlState(err)
	if len(code) != 5 {
		return false
	}
	switch code[:2] {
	case "22", "23", "54", "P0":
		return true
	}
	return false
}

// broken reports whether a connection ended, and not just what was asked of it: the
// server said nothing, or that it ends the session (SQLSTATE classes of
// connections and of an operator's intervention).
func broken(err error) bool {
	code := sqlState(err)
	return len(code) != 5 || code[:2] == "08" || code[:2] == "57"
}

func sqlState(err error) string {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return ""
	}
	return e.Code
}

// notFound names what a query for one row did not find.
func notFound(err error, format string, args ...any) error {
	if !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	return refuse(fmt.Errorf(format+": %w", append(args, release.ErrNotFound)...))
}
