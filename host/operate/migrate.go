package operate

import (
	"context"

	"edgesignal/host/registry/postgres"
	"edgesignal/host/settings"
)

// Migration is what Migrate did.
type Migration struct {
	Embedded bool  // nothing to do: an embedded registry migrates itself
	From, To int64 // versions of the schema; From 0 = there was none
}

// Migrate brings the schema of the registry up to date.
func Migrate(ctx context.Context, set settings.Shelf) (Migration, error) {
	if !set.DatabaseURL.Fleet() {
		return Migration{Embedded: true}, nil
	}
	from, to, err := postgres.Migrate(ctx, string(set.DatabaseURL))
	return Migration{From: from, To: to}, err
}
