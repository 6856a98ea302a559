package host

import (
	"context"

	"edgesignal/host/registry/postgres"
)

// Migration is what Migrate did.
type Migration struct {
	Embedded bool  // nothing to do: an embedded registry migrates itself
	From, To int64 // versions of the schema; From 0 = there was none
}

// Migrate brings the schema of the registry up to date.
func Migrate(ctx context.Context, st Storage) (Migration, error) {
	if st.fleetRegistry() {
		from, to, err := postgres.Migrate(ctx, st.DatabaseURL)
		return Migration{From: from, To: to}, err
	}
	_, err := st.registryPath()
	return Migration{Embedded: true}, err
}
