package sqlite

import (
	"context"
	"database/sql"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// RecordDigests implements registry.Registry.
func (r *Registry) RecordDigests(ctx context.Context, ref release.Ref, d registry.Digests) error {
	return r.change(ctx, "record digests", "", "", func(tx *sql.Tx) error {
		stored, err := get(ctx, tx, ref)
		if err != nil {
			return err
		}
		m, err := d.Missing(stored)
		if err != nil || m == (registry.Digests{}) {
			return refuse(err)
		}
		_, err = tx.ExecContext(ctx, `UPDATE model_registry SET model_sha256 = coalesce(model_sha256, ?),
			rule_sha256 = coalesce(rule_sha256, ?), golden_sha256 = coalesce(golden_sha256, ?),
			feature_set_sha256 = coalesce(feature_set_sha256, ?) WHERE id = ?`,
			null(m.Model), null(m.Rule), null(m.Golden), null(m.Features), stored.ID)
		return err
	})
}
