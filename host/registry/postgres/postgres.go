// Package postgres is the registry of a fleet: a PostgreSQL database (14 or
// newer) that any number of hosts share.
//
// The schema is migrations/postgres, brought up to date by Migrate alone.
// Plain SQL may be written beside running hosts; triggers keep the rules of
// package registry and the events, and every host sees the change.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// Config says where the database is and how patient its users are.
type Config struct {
	// URL is postgres://user:password@host:port/database?parameter=value.
	URL string

	// PollInterval is how often at most Wait looks for a change that no
	// notification told it of. 0 = 600 ms: a change that must do without one
	// reaches a host within a second all the same.
	PollInterval time.Duration

	// Timeout is how long a call, connecting included, waits for an answer
	// before it is *release.Unavailable. 0 = 10 s.
	Timeout time.Duration

	// Patience makes a database that is out of reach no error of Open: after
	// this long Open returns all the same, and the first call that reaches the
	// database looks at the schema. 0 = Open fails.
	Patience time.Duration

	// Recheck is how often at most a call looks at the schema first: somebody
	// may migrate it, or put an old backup in its place. 0 = 10 s.
	Recheck time.Duration
}

// Registry is a pool of connections, and one more that listens from the first
// Wait on.
type Registry struct {
	cfg  Config
	name string // the URL without its password, for messages
	pool *pgxpool.Pool

	fits atomic.Pointer[time.Time] // when the schema was last seen to be this program's

	close  sync.Once
	closed chan struct{}
	bell   bell
}

var _ registry.Registry = (*Registry)(nil)

// Open opens the registry at url with the default Config.
func Open(ctx context.Context, url string) (*Registry, error) {
	return OpenConfig(ctx, Config{URL: url})
}

// CheckURL returns why a URL cannot be one of a registry, nil = it can. It
// touches no network.
func CheckURL(url string) error {
	_, _, err := parse(Config{URL: url}.withDefaults())
	return err
}

// OpenConfig connects and looks at the schema. Besides *release.Unavailable it
// fails when the URL cannot be read and when the schema is older or newer than
// this program.
func OpenConfig(ctx context.Context, cfg Config) (*Registry, error) {
	cfg = cfg.withDefaults()
	name, pc, err := parse(cfg)
	if err != nil {
		return nil, err
	}
	r := &Registry{cfg: cfg, name: name, closed: make(chan struct{})}
	if r.pool, err = pgxpool.NewWithConfig(ctx, pc); err != nil {
		return nil, r.fault(ctx, "open", err)
	}
	if err := r.look(ctx); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// look checks the schema when the registry is opened. With Patience a database
// that gives no answer in that time is no error: the first call that reaches it
// checks.
func (r *Registry) look(ctx context.Context) error {
	if r.cfg.Patience == 0 {
		return r.checkSchema(ctx)
	}
	limited, cancel := context.WithTimeout(ctx, r.cfg.Patience)
	defer cancel()
	err := r.checkSchema(limited)
	var gone *release.Unavailable
	if err != nil && ctx.Err() == nil && (limited.Err() != nil || errors.As(err, &gone)) {
		return nil
	}
	return err
}

// Close implements registry.Registry.
func (r *Registry) Close() error {
	r.close.Do(func() {
		close(r.closed)
		r.bell.stop()
		r.pool.Close()
	})
	return nil
}

func (c Config) withDefaults() Config {
	if c.PollInterval == 0 {
		c.PollInterval = 600 * time.Millisecond
	}
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Recheck == 0 {
		c.Recheck = 10 * time.Second
	}
	return c
}

// parse reads the URL. Its errors do not repeat it, for it may hold a password.
func parse(cfg Config) (name string, pc *pgxpool.Config, err error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return "", nil, errors.New("registry: not a URL of the form postgres://user:password@host:port/database")
	}
	query := u.Query()
	if query.Has("password") {
		query.Set("password", "xxxxx")
		u.RawQuery = query.Encode()
	}
	name = u.Redacted()
	if pc, err = pgxpool.ParseConfig(cfg.URL); err != nil {
		return "", nil, fmt.Errorf("registry %s: the URL cannot be read", name)
	}
	if pc.ConnConfig.ConnectTimeout == 0 || pc.ConnConfig.ConnectTimeout > cfg.Timeout {
		pc.ConnConfig.ConnectTimeout = cfg.Timeout
	}
	ms := strconv.FormatInt(cfg.Timeout.Milliseconds(), 10)
	// The server gives up the locks of a host that hangs or is cut off.
	for _, name := range []string{"statement_timeout", "idle_in_transaction_session_timeout"} {
		if _, set := pc.ConnConfig.RuntimeParams[name]; !set {
			pc.ConnConfig.RuntimeParams[name] = ms
		}
	}
	return name, pc, nil
}
