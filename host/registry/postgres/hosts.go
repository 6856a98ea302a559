package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"edgesignal/host/registry"
)

// Beat implements registry.Registry.
func (r *Registry) Beat(ctx context.Context, h registry.Host) (joined bool, err error) {
	h, err = h.Prepare()
	if err != nil {
		return false, err
	}
	err = r.transact(ctx, "beat", func(ctx context.Context, tx pgx.Tx) error {
		var before time.Time
		err := tx.QueryRow(ctx, "SELECT started_at FROM model_registry_hosts WHERE host = $1 FOR UPDATE", h.Name).Scan(&before)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if joined = err != nil || !before.Equal(h.Started); joined {
			if _, err := tx.Exec(ctx, "DELETE FROM model_registry_observations WHERE host = $1", h.Name); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `INSERT INTO model_registry_hosts AS h (host, started_at, program_version) VALUES ($1, $2, $3)
			ON CONFLICT (host) DO UPDATE SET started_at = excluded.started_at, program_version = excluded.program_version, seen_at = excluded.seen_at`,
			h.Name, h.Started, h.Version)
		if err != nil {
			return err
		}
		// Another host may be removing the same ones.
		return removeHosts(ctx, tx, `host IN (SELECT host FROM model_registry_hosts
			WHERE seen_at < clock_timestamp() - $1::interval FOR UPDATE SKIP LOCKED)`, registry.ForgetAfter)
	})
	return joined && err == nil, err
}

// Leave implements registry.Registry.
func (r *Registry) Leave(ctx context.Context, h registry.Host) error {
	h, err := h.Prepare()
	if err != nil {
		return err
	}
	return r.transact(ctx, "leave", func(ctx context.Context, tx pgx.Tx) error {
		return removeHosts(ctx, tx, "host = $1 AND started_at = $2", h.Name, h.Started)
	})
}

// removeHosts removes hosts and what they said.
func removeHosts(ctx context.Context, tx pgx.Tx, which string, args ...any) error {
	_, err := tx.Exec(ctx, "WITH gone AS (DELETE FROM model_registry_hosts WHERE "+which+` RETURNING host)
		DELETE FROM model_registry_observations WHERE host IN (SELECT host FROM gone)`, args...)
	return err
}

// Hosts implements registry.Registry.
func (r *Registry) Hosts(ctx context.Context) (list []registry.Host, err error) {
	err = r.try(ctx, "hosts", func(ctx context.Context) error {
		list, err = all(ctx, r.pool, scanHost, `SELECT host, started_at, program_version, seen_at,
			greatest(clock_timestamp() - seen_at, interval '0') FROM model_registry_hosts ORDER BY host`)
		return err
	})
	return list, err
}

func scanHost(row pgx.Row) (registry.Host, error) {
	var h registry.Host
	err := row.Scan(&h.Name, &h.Started, &h.Version, &h.Seen, &h.Silent)
	h.Started, h.Seen = h.Started.UTC(), h.Seen.UTC()
	return h, err
}
