package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// RecordDigests implements registry.Registry.
func (r *Registry) RecordDigests(ctx context.Context, ref release.Ref, d registry.Digests) error {
	return r.change(ctx, "record digests", "", "", func(ctx context.Context, tx pgx.Tx) error {
		stored, err := get(ctx, tx, ref)
		if err != nil {
			return err
		}
		m, err := d.Missing(stored)
		if err != nil || m == (registry.Digests{}) {
			return refuse(err)
		}
		_, err = tx.Exec(ctx, `UPDATE model_registry SET model_sha256 = coalesce(model_sha256, $1),
			rule_sha256 = coalesce(rule_sha256, $2), golden_sha256 = coalesce(golden_sha256, $3),
			feature_set_sha256 = coalesce(feature_set_sha256, $4) WHERE id = $5`,
			null(m.Model), null(m.Rule), null(m.Golden), null(m.Features), stored.ID)
		return err
	})
}
