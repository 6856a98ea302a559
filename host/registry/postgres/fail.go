package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// Fail implements registry.Registry.
func (r *Registry) Fail(ctx context.Context, ref release.Ref, by, why string) (changed bool, err error) {
	err = r.change(ctx, "fail", registry.OneLine(by), registry.OneLine(why), func(ctx context.Context, tx pgx.Tx) error {
		stored, err := get(ctx, tx, ref)
		changed = err == nil && stored.Status != release.Failed
		if !changed {
			return err
		}
		// A host's role may set no status; this function does it for the role.
		_, err = tx.Exec(ctx, "SELECT fail_model($1, $2)", ref.Strategy, ref.Version)
		return err
	})
	return changed && err == nil, err
}
