// Package settings is everything that a host and the commands can be told, as
// typed values. Each is a flag, else an environment variable, else a line of
// .env, else its default; a value that is none stops the program with exit
// status 2, and all such faults are said at once.
//
// A new setting is one field below and nothing else: its checks, its line in
// the log and its row in docs/SETTINGS.md (go run ./cmd/dev docs)
// come from its tags.
//
//	env          its name: NAME, or NAME,ALIAS
//	name         its flag, where that is not the field's name with hyphens
//	default      the text that holds where nothing is said
//	unset        what no value means, for people; without it the value must not be empty
//	allowed      what a value must be: 'NAME "value": <allowed> is expected'
//	min, max     bounds of a number, both included
//	secret       neither the log nor an error shows it
//	placeholder  the value's name in --help
//	help         what it does
//
// A text that needs more than bounds has a type with UnmarshalText; see values.go.
package settings

import (
	"edgesignal/host/market"
	"edgesignal/host/market/check"
)

// Shelf names where releases lie: the registry's database, the store of their
// bytes, and what both need.
type Shelf struct {
	DatabaseURL   RegistryURL `env:"DATABASE_URL" unset:"sqlite://<STATE_DIR>/registry.db" allowed:"postgres://user:password@host/database or sqlite:///path" placeholder:"URL" help:"The registry."`
	StateDir      string      `env:"STATE_DIR" default:".edgesignal" allowed:"a directory" placeholder:"DIR" help:"This host's own disk, one a host: embedded registry, compiled rules, cache, last known good (${default})."`
	ArtifactStore Place       `env:"ARTIFACT_STORE" default:"artifacts" allowed:"a directory, file:///dir or s3://bucket/prefix" placeholder:"URL" help:"The store of models, rules and golden files (${default})."`
	ArtifactFiles string      `env:"ARTIFACT_FILES" unset:"the working directory with an embedded registry, nothing with PostgreSQL" allowed:"a directory" placeholder:"DIR" help:"The one directory beside the store's own below which a release's paths may name files of this machine, links resolved."`
	S3Endpoint    Endpoint    `name:"s3-endpoint" env:"S3_ENDPOINT" unset:"Amazon S3" allowed:"http://host:port or https://host" placeholder:"URL" help:"S3-compatible storage. Its credentials come from the usual AWS_ variables, files and roles."`
	S3Addressing  Addressing  `name:"s3-addressing" env:"S3_ADDRESSING" default:"auto" allowed:"auto, path or virtual" help:"Where a bucket's name stands in an address: path, virtual (before the name of the machine), or auto."`
	AWSRegion     string      `name:"aws-region" env:"AWS_REGION,AWS_DEFAULT_REGION" unset:"us-east-1" allowed:"the name of a region" placeholder:"REGION" help:"Region of the buckets."`
	CacheBytes    int64       `env:"CACHE_BYTES" default:"2147483648" min:"268435456" allowed:"a number of bytes from 268435456 (256 MiB)" placeholder:"N" help:"How much a host of a fleet keeps of the artifacts that it fetched, in STATE_DIR (${default}). What it serves is kept in any case."`
	MLflow        `embed:""`
	GateProgram   string `kong:"-"` // the program that checks releases; "" = this one. No flag or variable sets it
}

// MLflow says where the tracking server is that knows the releases whose paths
// are ids of MLflow. The settings are those of MLflow's own client.
type MLflow struct {
	TrackingURI Endpoint `name:"mlflow-tracking-uri" env:"MLFLOW_TRACKING_URI" unset:"none" allowed:"http://host:port or https://host" placeholder:"URL" help:"The MLflow tracking server, for paths such as runs:/<run_id>/<path> and models:/<name>/<version or alias>."`
	Token       string   `name:"mlflow-tracking-token" env:"MLFLOW_TRACKING_TOKEN" unset:"none" allowed:"a bearer token" secret:"" placeholder:"TOKEN" help:"Its bearer token; better in the environment."`
	Username    string   `name:"mlflow-tracking-username" env:"MLFLOW_TRACKING_USERNAME" unset:"none" allowed:"a user's name" placeholder:"NAME" help:"Its user."`
	Password    string   `name:"mlflow-tracking-password" env:"MLFLOW_TRACKING_PASSWORD" unset:"none" allowed:"a password" secret:"" placeholder:"PASSWORD" help:"The user's password; better in the environment."`
}

// Legs are the parameters of the stock rule top_bottom where a release sets none.
type Legs struct {
	TopN    int `env:"TOP_N" default:"3" min:"0" max:"10000" allowed:"a number from 0 to 10000" help:"top_n of the stock rule where a release sets none (${default})."`
	BottomN int `env:"BOTTOM_N" default:"3" min:"0" max:"10000" allowed:"a number from 0 to 10000" help:"bottom_n of the stock rule where a release sets none (${default})."`
}

// Listen says where a host listens.
type Listen struct {
	Host string `env:"HOST" default:"0.0.0.0" unset:"every address" allowed:"an address" help:"Address to listen on (${default})."`
	Port uint16 `env:"PORT" default:"8001" allowed:"a port from 0 to 65535" help:"Port to listen on (${default})."`
}

// MarketGate says which runs of bars serve, and what becomes of bars that cannot be.
type MarketGate struct {
	MinSymbols    int            `name:"market-min-symbols-percent" env:"MARKET_MIN_SYMBOLS_PERCENT" default:"90" min:"0" max:"100" allowed:"a percentage from 0 to 100" placeholder:"N" help:"Percent of the symbols that served last which a new run must have (${default})."`
	MaxFailed     int            `name:"market-max-failed-percent" env:"MARKET_MAX_FAILED_PERCENT" default:"10" min:"0" max:"100" allowed:"a percentage from 0 to 100" placeholder:"N" help:"Percent of the files of a run that may fail (${default})."`
	ThinDay       int            `name:"thin-day-percent" env:"THIN_DAY_PERCENT" default:"10" min:"0" max:"100" allowed:"a percentage from 0 to 100" placeholder:"N" help:"A day is thin on which fewer percent of the symbols alive have a bar (${default})."`
	AllowThinDays bool           `env:"ALLOW_THIN_DAYS" unset:"false" allowed:"true or false" help:"A run with thin days serves even without a calendar.txt."`
	BadBars       market.BadBars `env:"BAD_BARS" default:"warn" allowed:"warn, drop or refuse" placeholder:"WORD" help:"What becomes of bars that cannot be: warn uses them, drop leaves them out, refuse fails their file (${default})."`
}

// GateLimits returns what a run may lack.
func (g *MarketGate) GateLimits() check.Limits {
	return check.Limits{MinSymbols: g.MinSymbols, MaxFailed: g.MaxFailed, ThinDay: g.ThinDay, AllowThinDays: g.AllowThinDays}
}

// ReadOptions returns how a run is read.
func (g *MarketGate) ReadOptions() market.Options { return market.Options{BadBars: g.BadBars} }

// Settings is everything that a host can be told.
type Settings struct {
	Shelf `embed:""`

	Listen   `embed:""`
	LogLevel LogLevel `env:"LOG_LEVEL" default:"INFO" allowed:"DEBUG, INFO, WARN or ERROR" help:"What is logged (${default})."`
	Debug    bool     `env:"DEBUG" unset:"false" allowed:"true or false" help:"The same as LOG_LEVEL=DEBUG."`

	DataDir         Place   `env:"DATA_DIR" default:"data/adjusted" allowed:"a directory, file:///dir or s3://bucket/prefix" placeholder:"URL" help:"Run folders of Parquet bars (${default}). A bucket is looked at every 10 s; what changed is fetched to STATE_DIR and serves once all of it is there."`
	DefaultStrategy string  `env:"DEFAULT_STRATEGY" default:"alpha_baseline" allowed:"the name of a strategy" placeholder:"S" help:"The strategy of a request that names none (${default})."`
	TradableSymbols Symbols `env:"TRADABLE_SYMBOLS" unset:"every symbol with data" allowed:"a list such as AAPL,MSFT or [\"AAPL\",\"MSFT\"]" placeholder:"LIST" help:"What a strategy's own book is built over."`
	Legs            `embed:""`
	MarketGate      `embed:""`

	ReloadIntervalSeconds int      `name:"model-reload-interval-seconds" env:"MODEL_RELOAD_INTERVAL_SECONDS" default:"300" min:"1" max:"86400" allowed:"a number of seconds from 1 to 86400" help:"Seconds between full checks of the registry; a change is seen at once (${default})."`
	AuthTokensFile        string   `env:"AUTH_TOKENS_FILE" unset:"none: anyone may read, and clients on this machine may do everything" allowed:"a file" placeholder:"FILE" help:"Who may call what: lines of name scope[,scope] sha256:<hex of the token>, reread on change."`
	ScoreCacheBytes       int64    `env:"SCORE_CACHE_BYTES" default:"67108864" min:"0" allowed:"a number of bytes from 0" placeholder:"BYTES" help:"Features, predictions and extra columns of days that are kept in memory (${default}). 0 = none."`
	AnswerCacheBytes      int64    `env:"ANSWER_CACHE_BYTES" default:"33554432" min:"0" allowed:"a number of bytes from 0" placeholder:"BYTES" help:"Encoded answers that are kept in memory (${default}). 0 = none."`
	MaxDataAge            int      `env:"MAX_DATA_AGE" default:"0" min:"0" max:"36500" allowed:"a number of days from 0 to 36500" placeholder:"DAYS" help:"Calendar days, in UTC, that the newest bars may be old: with older ones /readyz fails and answers say stale; 0 = off (${default})."`
	MaxStaleness          Duration `env:"MAX_STALENESS" default:"0s" allowed:"a time such as 90s, 10m or 600 (seconds)" placeholder:"TIME" help:"A registry not reached for longer makes /readyz fail; 0 = off (${default})."`
}
