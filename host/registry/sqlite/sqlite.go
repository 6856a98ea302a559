// Package sqlite is the embedded registry: one SQLite file, made and migrated
// when it is opened, shared by as many processes of one machine as like.
//
// The schema is migrations/sqlite. Plain SQL by any SQLite 3.38 or newer may
// be written beside running hosts; triggers keep the rules of package
// registry and the events, and every host sees the change.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	driver "modernc.org/sqlite"

	"edgesignal/host/registry"
)

// Config says where the database is and how patient its users are.
type Config struct {
	// Path of the file. Its folder (0700) and itself (0600) are made when
	// missing.
	Path string

	// PollInterval is how often Wait looks for a change. 0 = 200 ms.
	PollInterval time.Duration

	// BusyTimeout is how long a call waits for the locks of other processes
	// before it is *release.Unavailable. 0 = 5 s.
	BusyTimeout time.Duration

	unsynced bool // this package's tests: a power cut may take what was confirmed
}

// Registry is an open database.
type Registry struct {
	cfg   Config
	read  *sql.DB
	write *sql.DB // one connection: writers of this process queue here, not in SQLite's busy loop

	close  sync.Once
	closed chan struct{}
}

var _ registry.Registry = (*Registry)(nil)

// Open opens the registry at path with the default Config.
func Open(ctx context.Context, path string) (*Registry, error) {
	return OpenConfig(ctx, Config{Path: path})
}

// OpenConfig opens the registry and brings its schema up to date. Besides
// *release.Unavailable (which a damaged file is too) it fails when the schema
// is newer than this program.
func OpenConfig(ctx context.Context, cfg Config) (*Registry, error) {
	if cfg.Path == "" {
		return nil, errors.New("registry: no path")
	}
	path, err := filepath.Abs(cfg.Path) // a later change of the working directory must not matter
	if err != nil {
		return nil, unavailable(cfg.Path, err)
	}
	cfg.Path = path
	if cfg.PollInterval == 0 {
		cfg.PollInterval = 200 * time.Millisecond
	}
	if cfg.BusyTimeout == 0 {
		cfg.BusyTimeout = 5 * time.Second
	}
	if err := create(cfg.Path); err != nil {
		return nil, unavailable(cfg.Path, err)
	}
	r := &Registry{cfg: cfg, closed: make(chan struct{})}
	if r.read, err = pool(cfg, 4); err != nil {
		return nil, err
	}
	if r.write, err = pool(cfg, 1); err != nil {
		return nil, errors.Join(err, r.read.Close())
	}
	if err := r.prepare(ctx); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// Close implements registry.Registry.
func (r *Registry) Close() error {
	var err error
	r.close.Do(func() {
		close(r.closed)
		err = errors.Join(r.read.Close(), r.write.Close())
	})
	return err
}

// pool connects lazily, with at most n connections.
func pool(cfg Config, n int) (*sql.DB, error) {
	sync := "synchronous(full)" // a change that was confirmed survives a power cut
	if cfg.unsynced {
		sync = "synchronous(off)"
	}
	options := url.Values{
		"_pragma": {
			// Short, because SQLite does not hear a context while it waits;
			// patience is the business of Registry.try.
			"busy_timeout(50)",
			"foreign_keys(1)",
			sync,
		},
		"_txlock":    {"immediate"}, // a write that reads first must not lose the race for the lock
		"_defensive": {"1"},
		"_dqs":       {"0"},
		"_error_rc":  {"1"}, // no stale text in error messages
	}
	u := url.URL{Scheme: "file", Path: cfg.Path, RawQuery: options.Encode()}
	c, err := driver.NewConnector(u.String())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}
