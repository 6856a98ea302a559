// Package migrations holds the registry's schema as numbered SQL files, one
// folder a database; the same number makes the same step in each. A file that
// was released is never edited: the next change is the next number.
//
// There is no way down: it would drop the history that
// model_registry_events promises to keep.
package migrations

import "embed"

// SQLite is the schema of the embedded registry, in the folder "sqlite".
//
//go:embed sqlite/*.sql
var SQLite embed.FS

// Postgres is the schema of the registry of a fleet, in the folder "postgres".
//
//go:embed postgres/*.sql
var Postgres embed.FS
