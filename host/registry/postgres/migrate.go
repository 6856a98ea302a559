package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"edgesignal/migrations"
)

// Migrate brings the schema of the database at url up to date and says from
// which version to which; 0 = there was none. Each version is a transaction;
// two that migrate at once take turns. It refuses a schema that is newer than
// this program.
func Migrate(ctx context.Context, url string) (from, to int64, err error) {
	cfg := Config{URL: url}.withDefaults()
	name, pc, err := parse(cfg)
	if err != nil {
		return 0, 0, err
	}
	r := &Registry{cfg: cfg, name: name}
	delete(pc.ConnConfig.RuntimeParams, "statement_timeout") // a migration may take its time
	delete(pc.ConnConfig.RuntimeParams, "idle_in_transaction_session_timeout")
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return 0, 0, r.fault(ctx, "migrate", err)
	}
	defer pool.Close()
	db := stdlib.OpenDBFromPool(pool)
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.PingContext(ctx); err != nil {
		return 0, 0, r.fault(ctx, "migrate", err)
	}
	files, err := fs.Sub(migrations.Postgres, "postgres")
	if err != nil {
		return 0, 0, err
	}
	turns, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return 0, 0, err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithDisableGlobalRegistry(true), goose.WithSessionLocker(turns), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return 0, 0, err
	}
	from, to, err = p.GetVersions(ctx)
	if err != nil {
		return 0, 0, r.fault(ctx, "migrate", err)
	}
	if from > to {
		return from, to, r.newer(from, to)
	}
	if _, err := p.Up(ctx); err != nil {
		return from, to, r.fault(ctx, "migrate", err)
	}
	return from, to, nil
}

// checkSchema refuses a schema other than this program's.
func (r *Registry) checkSchema(ctx context.Context) error {
	known, err := latest()
	if err != nil {
		return err
	}
	var have int64
	err = r.attempt(ctx, "open", func(ctx context.Context) error {
		err := r.pool.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&have)
		if sqlState(err) == undefinedTable {
			return nil
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case have > known:
		return r.newer(have, known)
	case have < known:
		return fmt.Errorf("registry %s: its schema has version %d, this program needs %d: run edgesignal migrate", r.name, have, known)
	}
	now := time.Now()
	r.fits.Store(&now)
	return nil
}

const undefinedTable = "42P01"

func (r *Registry) newer(have, known int64) error {
	return fmt.Errorf("registry %s: its schema has version %d, this program knows up to %d: use a newer program", r.name, have, known)
}

// latest returns the highest number of the migrations.
func latest() (int64, error) {
	names, err := fs.Glob(migrations.Postgres, "postgres/*.sql")
	if err != nil {
		return 0, err
	}
	var most int64
	for _, name := range names {
		n, err := goose.NumericComponent(name)
		if err != nil {
			return 0, err
		}
		most = max(most, n)
	}
	return most, nil
}
