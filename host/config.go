package host

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"edgesignal/host/market"
)

// Storage says where releases are: the registry's database and the store of
// their bytes. The tags are read by the command line: each setting is a flag,
// else an environment variable, else a line of .env, else the default.
type Storage struct {
	DatabaseURL   string `env:"DATABASE_URL" placeholder:"URL" help:"The registry: postgres://user:password@host/database or sqlite:///path. Unset = registry.db in the state directory."`
	StateDir      string `env:"STATE_DIR" default:".edgesignal" placeholder:"DIR" help:"Where this host keeps its own files (${default})."`
	ArtifactStore string `env:"ARTIFACT_STORE" default:"artifacts" placeholder:"URL" help:"The store of models and rules: file:///dir, a directory, or s3://bucket/prefix (${default})."`
	S3Endpoint    string `name:"s3-endpoint" env:"S3_ENDPOINT" placeholder:"URL" help:"S3-compatible storage: http://host:port or https://host. Unset = Amazon S3. Its credentials come from the usual AWS_ variables, files and roles."`
	S3Addressing  string `name:"s3-addressing" env:"S3_ADDRESSING" default:"auto" help:"Where a bucket's name stands in an address: path, virtual (before the host's name), or auto."`
	AWSRegion     string `name:"aws-region" env:"AWS_REGION,AWS_DEFAULT_REGION" placeholder:"REGION" help:"Region of the buckets. Unset = us-east-1."`
	CacheBytes    int64  `env:"CACHE_BYTES" default:"2147483648" placeholder:"N" help:"How much a host of a fleet keeps of the artifacts that it fetched, in its state directory (${default}). What it serves is kept in any case."`
	MLflow        `embed:""`
	GateProgram   string `kong:"-"` // the program that checks releases; "" = this one. No flag or variable sets it
}

// Config is everything that a host can be told.
type Config struct {
	Storage `embed:""`

	Host     string `env:"HOST" default:"0.0.0.0" help:"Address to listen on."`
	Port     uint16 `env:"PORT" default:"8001" help:"Port to listen on."`
	LogLevel string `env:"LOG_LEVEL" default:"INFO" help:"DEBUG, INFO, WARN or ERROR."`
	Debug    bool   `env:"DEBUG" help:"The same as LOG_LEVEL=DEBUG."`

	DataDir         string `env:"DATA_DIR" default:"data/adjusted" placeholder:"URL" help:"Run folders of Parquet bars: a directory, or s3://bucket/prefix (${default})."`
	DefaultStrategy string `env:"DEFAULT_STRATEGY" default:"alpha_baseline" placeholder:"S" help:"The strategy of a request that names none (${default})."`
	TradableSymbols string `env:"TRADABLE_SYMBOLS" placeholder:"LIST" sep:"none" help:"What a strategy's own book is built over: AAPL,MSFT or a JSON list. Empty = every symbol with data."`
	TopN            int    `env:"TOP_N" default:"3" help:"top_n of the stock rule where a release sets none."`
	BottomN         int    `env:"BOTTOM_N" default:"3" help:"bottom_n of the stock rule where a release sets none."`

	ReloadIntervalSeconds int    `name:"model-reload-interval-seconds" env:"MODEL_RELOAD_INTERVAL_SECONDS" default:"300" help:"Seconds between full checks of the registry; a change is seen at once."`
	AuthTokensFile        string `env:"AUTH_TOKENS_FILE" placeholder:"FILE" help:"Who may call what: lines of name scope[,scope] sha256:<hex of the token>, reread on change. Unset = anyone may read, and clients on this machine may do everything."`
	ScoreCacheBytes       int64  `env:"SCORE_CACHE_BYTES" default:"67108864" placeholder:"BYTES" help:"Features, predictions and extra columns of days that are kept (${default}). 0 = none."`
	AnswerCacheBytes      int64  `env:"ANSWER_CACHE_BYTES" default:"33554432" placeholder:"BYTES" help:"Encoded answers that are kept (${default}). 0 = none."`
	MaxStaleness          string `env:"MAX_STALENESS" default:"0" placeholder:"TIME" help:"A registry not reached for longer makes /readyz fail: 90s, 10m, or seconds. 0 = off."`
}

// What is kept in memory where nothing else is said.
const (
	DefaultScoreCacheBytes  = 64 << 20
	DefaultAnswerCacheBytes = 32 << 20
)

// Level returns the log level.
func (c *Config) Level() (slog.Level, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return l, fmt.Errorf("LOG_LEVEL %q: one of DEBUG, INFO, WARN, ERROR is expected", c.LogLevel)
	}
	if c.Debug {
		l = slog.LevelDebug
	}
	return l, nil
}

// fleetRegistry reports whether the registry is a PostgreSQL database.
func (s *Storage) fleetRegistry() bool {
	return strings.HasPrefix(s.DatabaseURL, "postgres://") || strings.HasPrefix(s.DatabaseURL, "postgresql://")
}

// registryPath returns the file of the embedded registry.
func (s *Storage) registryPath() (string, error) {
	if s.DatabaseURL == "" {
		return filepath.Join(s.StateDir, "registry.db"), nil
	}
	path, ok := strings.CutPrefix(s.DatabaseURL, "sqlite://")
	if !ok || path == "" {
		return "", fmt.Errorf("DATABASE_URL %s: postgres://user:password@host/database or sqlite:///path is expected", redacted(s.DatabaseURL))
	}
	return path, nil
}

// bucketStore reports whether the store is a bucket.
func (s *Storage) bucketStore() bool { return strings.HasPrefix(s.ArtifactStore, "s3://") }

// The bounds of CACHE_BYTES: the least has room for some releases of the
// largest size on their way in.
const (
	minCache     = 256 << 20
	defaultCache = 2 << 30 // also where nothing is said
)

func (s *Storage) cacheBytes() (int64, error) {
	switch {
	case s.CacheBytes == 0:
		return defaultCache, nil
	case s.CacheBytes < minCache:
		return 0, fmt.Errorf("CACHE_BYTES %d: at least %d is expected", s.CacheBytes, minCache)
	}
	return s.CacheBytes, nil
}

// directory reads file:///dir or a plain path.
func directory(setting, value string) (string, error) {
	if path, ok := strings.CutPrefix(value, "file://"); ok {
		value = path
	} else if strings.Contains(value, "://") {
		return "", fmt.Errorf("%s %s: this build reads file:///dir or a directory", setting, redacted(value))
	}
	if value == "" {
		return "", fmt.Errorf("%s is empty: a directory is expected", setting)
	}
	return value, nil
}

// universe returns TRADABLE_SYMBOLS, canonical and ascending.
func (c *Config) universe() ([]string, error) {
	text := strings.TrimSpace(c.TradableSymbols)
	var list []string
	if strings.HasPrefix(text, "[") {
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			return nil, fmt.Errorf("TRADABLE_SYMBOLS: not a JSON list of strings: %w", err)
		}
	} else if text != "" {
		list = strings.Split(text, ",")
	}
	var symbols []string
	for _, s := range list {
		sym, err := market.CanonicalSymbol(strings.TrimSpace(s))
		if err != nil {
			return nil, fmt.Errorf("TRADABLE_SYMBOLS: %w", err)
		}
		symbols = append(symbols, sym)
	}
	slices.Sort(symbols)
	return slices.Compact(symbols), nil
}

// defaults returns the parameters of the stock rule where a release sets none.
func (c *Config) defaults() (json.RawMessage, error) {
	for name, v := range map[string]int{"TOP_N": c.TopN, "BOTTOM_N": c.BottomN} {
		if v < 0 {
			return nil, fmt.Errorf("%s %d is below 0", name, v)
		}
	}
	return json.Marshal(map[string]int{"top_n": c.TopN, "bottom_n": c.BottomN})
}

// caches checks the bounds of what is kept.
func (c *Config) caches() error {
	for name, v := range map[string]int64{"SCORE_CACHE_BYTES": c.ScoreCacheBytes, "ANSWER_CACHE_BYTES": c.AnswerCacheBytes} {
		if v < 0 {
			return fmt.Errorf("%s %d is below 0", name, v)
		}
	}
	return nil
}

func (c *Config) staleness() (time.Duration, error) {
	d, err := ParseDuration(c.MaxStaleness)
	if err != nil {
		return 0, fmt.Errorf("MAX_STALENESS %w", err)
	}
	return d, nil
}

// ParseDuration reads 90s, 10m, 1h30m or a plain count of seconds; not below 0.
func ParseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		d, err = time.ParseDuration(s + "s")
	}
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q: a time such as 90s, 10m or 600 is expected", s)
	}
	return d, nil
}

func (c *Config) reloadInterval() (time.Duration, error) {
	if c.ReloadIntervalSeconds < 1 {
		return 0, fmt.Errorf("MODEL_RELOAD_INTERVAL_SECONDS %d: at least 1 is expected", c.ReloadIntervalSeconds)
	}
	return time.Duration(c.ReloadIntervalSeconds) * time.Second, nil
}

// logged returns the effective configuration for the log, secrets masked.
func (c *Config) logged() slog.Attr {
	symbols := c.TradableSymbols
	if symbols == "" {
		symbols = "(every symbol with data)"
	}
	tokens := c.AuthTokensFile
	if tokens == "" {
		tokens = "(none: reading is open, control calls are for this machine)"
	}
	database := redacted(c.DatabaseURL)
	if path, err := c.registryPath(); err == nil && !c.fleetRegistry() {
		database = "sqlite://" + path
	}
	data := c.DataDir
	if strings.Contains(data, "://") {
		data = redacted(data)
	}
	return slog.Group("config", append(c.MLflow.logged(),
		"HOST", c.Host, "PORT", c.Port, "LOG_LEVEL", c.LogLevel, "DEBUG", c.Debug,
		"DATABASE_URL", database, "STATE_DIR", c.StateDir, "ARTIFACT_STORE", redacted(c.ArtifactStore), "DATA_DIR", data,
		"S3_ENDPOINT", redacted(c.S3Endpoint), "S3_ADDRESSING", c.S3Addressing, "AWS_REGION", c.AWSRegion, "CACHE_BYTES", c.CacheBytes,
		"DEFAULT_STRATEGY", c.DefaultStrategy, "TRADABLE_SYMBOLS", symbols, "TOP_N", c.TopN, "BOTTOM_N", c.BottomN,
		"MODEL_RELOAD_INTERVAL_SECONDS", c.ReloadIntervalSeconds, "AUTH_TOKENS_FILE", tokens,
		"SCORE_CACHE_BYTES", c.ScoreCacheBytes, "ANSWER_CACHE_BYTES", c.AnswerCacheBytes, "MAX_STALENESS", c.MaxStaleness)...)
}

// redacted returns a URL without its password.
func redacted(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(not a URL)"
	}
	if q := u.Query(); q.Has("password") {
		q.Set("password", "xxxxx")
		u.RawQuery = q.Encode()
	}
	return u.Redacted()
}
