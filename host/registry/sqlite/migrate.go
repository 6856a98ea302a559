package sqlite

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"edgesignal/migrations"
)

// prepare puts the file into WAL mode (readers and a writer do not wait for
// each other), looks for damage and migrates.
func (r *Registry) prepare(ctx context.Context) error {
	var mode, check string
	err := r.try(ctx, "open", func() error {
		if err := r.write.QueryRowContext(ctx, "PRAGMA journal_mode = wal").Scan(&mode); err != nil {
			return err
		}
		return r.write.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&check)
	})
	switch {
	case err != nil:
		return err
	case mode != "wal":
		return unavailable(r.cfg.Path, fmt.Errorf("journal mode is %q, the file system cannot do wal", mode))
	case check != "ok":
		return unavailable(r.cfg.Path, fmt.Errorf("the file is damaged: %s", check))
	}
	files, err := fs.Sub(migrations.SQLite, "sqlite")
	if err != nil {
		return err
	}
	return r.migrate(ctx, files)
}

// migrate applies all that is missing in one transaction, so that another
// process sees the old schema or the new one, and two that start together
// take turns. goose is told to begin none itself (WithIsolateDDL) and finds
// the transaction on the only connection of the pool; after an error the
// caller closes that connection, which rolls it back.
func (r *Registry) migrate(ctx context.Context, files fs.FS) error {
	exec := func(sql string) error {
		_, err := r.write.ExecContext(ctx, sql)
		return err
	}
	if err := r.try(ctx, "migrate", func() error { return exec("BEGIN IMMEDIATE") }); err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, r.write, files,
		goose.WithDisableGlobalRegistry(true), goose.WithIsolateDDL(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	have, known, err := p.GetVersions(ctx)
	if err != nil {
		return r.fault(ctx, "migrate", err)
	}
	if have > known {
		return fmt.Errorf("registry %s: its schema has version %d, this program knows up to %d: use a newer program", r.cfg.Path, have, known)
	}
	if _, err := p.Up(ctx); err != nil {
		return r.fault(ctx, "migrate", err)
	}
	return r.fault(ctx, "migrate", exec("COMMIT"))
}
