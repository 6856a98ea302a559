package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"edgesignal/host/registry"
)

// Beat implements registry.Registry.
func (r *Registry) Beat(ctx context.Context, h registry.Host) (joined bool, err error) {
	h, err = h.Prepare()
	if err != nil {
		return false, err
	}
	started := h.Started.Format(millis)
	err = r.transact(ctx, "beat", func(tx *sql.Tx) error {
		var before string
		err := tx.QueryRowContext(ctx, "SELECT started_at FROM model_registry_hosts WHERE host = ?", h.Name).Scan(&before)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if joined = before != started; joined {
			if _, err := tx.ExecContext(ctx, "DELETE FROM model_registry_observations WHERE host = ?", h.Name); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO model_registry_hosts (host, started_at, program_version) VALUES (?, ?, ?)", h.Name, started, h.Version)
		if err != nil {
			return err
		}
		return removeHosts(ctx, tx, "unixepoch('subsec') - unixepoch(seen_at, 'subsec') > ?", registry.ForgetAfter.Seconds())
	})
	return joined && err == nil, err
}

// Leave implements registry.Registry.
func (r *Registry) Leave(ctx context.Context, h registry.Host) error {
	h, err := h.Prepare()
	if err != nil {
		return err
	}
	return r.transact(ctx, "leave", func(tx *sql.Tx) error {
		return removeHosts(ctx, tx, "host = ? AND started_at = ?", h.Name, h.Started.Format(millis))
	})
}

// removeHosts removes hosts and what they said.
func removeHosts(ctx context.Context, tx *sql.Tx, which string, args ...any) error {
	for _, remove := range []string{
		"DELETE FROM model_registry_observations WHERE host IN (SELECT host FROM model_registry_hosts WHERE " + which + ")",
		"DELETE FROM model_registry_hosts WHERE " + which,
	} {
		if _, err := tx.ExecContext(ctx, remove, args...); err != nil {
			return err
		}
	}
	return nil
}

// Hosts implements registry.Registry.
func (r *Registry) Hosts(ctx context.Context) (list []registry.Host, err error) {
	err = r.try(ctx, "hosts", func() error {
		list, err = all(ctx, r.read, scanHost, `SELECT host, started_at, program_version, seen_at,
			max(0, unixepoch('subsec') - unixepoch(seen_at, 'subsec')) FROM model_registry_hosts ORDER BY host`)
		return err
	})
	return list, err
}

func scanHost(row scanner) (registry.Host, error) {
	var h registry.Host
	var started, seen string
	var silent float64 // seconds
	if err := row.Scan(&h.Name, &started, &h.Version, &seen, &silent); err != nil {
		return registry.Host{}, err
	}
	var err, err2 error
	h.Started, err = instant(started)
	h.Seen, err2 = instant(seen)
	if err := errors.Join(err, err2); err != nil {
		return registry.Host{}, fmt.Errorf("host %q: %w", h.Name, err)
	}
	h.Silent = time.Duration(silent * float64(time.Second))
	return h, nil
}
