package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"edgesignal/host/bucket"
	"edgesignal/host/market"
)

// The types of settings whose text must have a form. The errors of
// UnmarshalText are never shown: what the tag "allowed" says is.
var errForm = errors.New("another form is expected")

// RegistryURL names the registry's database.
type RegistryURL string

// UnmarshalText takes postgres://, postgresql://, sqlite:///path and nothing at all.
func (r *RegistryURL) UnmarshalText(text []byte) error {
	*r = RegistryURL(text)
	path, embedded := strings.CutPrefix(string(*r), "sqlite://")
	if _, err := url.Parse(string(*r)); err != nil || *r != "" && !(embedded && path != "") && !r.Fleet() {
		return errForm
	}
	return nil
}

// Fleet reports whether the registry is a PostgreSQL database, which several
// hosts share.
func (r RegistryURL) Fleet() bool {
	return strings.HasPrefix(string(r), "postgres://") || strings.HasPrefix(string(r), "postgresql://")
}

// RegistryFile returns the file of the embedded registry.
func (s *Shelf) RegistryFile() string {
	if s.DatabaseURL == "" {
		return filepath.Join(s.StateDir, "registry.db")
	}
	return strings.TrimPrefix(string(s.DatabaseURL), "sqlite://")
}

// Place is a directory, or a bucket and a prefix in it.
type Place string

// UnmarshalText takes a directory, file:///dir and s3://bucket/prefix.
func (p *Place) UnmarshalText(text []byte) error {
	*p = Place(text)
	if p.Bucket() {
		_, _, err := bucket.ParseFolder(string(*p))
		return err
	}
	if dir := p.Dir(); dir == "" || strings.Contains(dir, "://") {
		return errForm
	}
	return nil
}

// Bucket reports whether the place is a bucket.
func (p Place) Bucket() bool { return strings.HasPrefix(string(p), "s3://") }

// Dir returns the directory of a place that is one.
func (p Place) Dir() string { return strings.TrimPrefix(string(p), "file://") }

// Endpoint is the address of a server.
type Endpoint string

// UnmarshalText takes http://host[:port], https://host[:port] and nothing at all.
func (e *Endpoint) UnmarshalText(text []byte) error {
	*e = Endpoint(text)
	if *e == "" {
		return nil
	}
	u, err := url.Parse(string(*e))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return errForm
	}
	return nil
}

// Addressing says where the name of a bucket stands; see package bucket.
type Addressing string

// UnmarshalText takes auto, path and virtual.
func (a *Addressing) UnmarshalText(text []byte) error {
	*a = Addressing(text)
	if !slices.Contains([]string{bucket.AddressingAuto, bucket.AddressingPath, bucket.AddressingVirtual}, string(*a)) {
		return errForm
	}
	return nil
}

// LogLevel is the least level that is logged.
type LogLevel struct{ slog.Level }

// UnmarshalText takes DEBUG, INFO, WARN and ERROR.
func (l *LogLevel) UnmarshalText(text []byte) error { return l.Level.UnmarshalText(text) }

// Level returns the least level that is logged.
func (s *Settings) Level() slog.Level {
	if s.Debug {
		return slog.LevelDebug
	}
	return s.LogLevel.Level
}

// Symbols is a list of symbols, canonical, ascending, each once.
type Symbols []string

// UnmarshalText takes AAPL,MSFT, a JSON list of strings, and nothing at all.
func (s *Symbols) UnmarshalText(text []byte) error {
	*s = nil
	var list []string
	if trimmed := strings.TrimSpace(string(text)); strings.HasPrefix(trimmed, "[") {
		if err := json.Unmarshal([]byte(trimmed), &list); err != nil {
			return err
		}
	} else if trimmed != "" {
		list = strings.Split(trimmed, ",")
	}
	for _, name := range list {
		symbol, err := market.CanonicalSymbol(strings.TrimSpace(name))
		if err != nil {
			return err
		}
		*s = append(*s, symbol)
	}
	slices.Sort(*s)
	*s = slices.Compact(*s)
	return nil
}

func (s Symbols) String() string { return strings.Join(s, ",") }

// Duration is a time that is not below 0.
type Duration time.Duration

// UnmarshalText takes 90s, 10m, 1h30m and a plain count of seconds.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		v, err = time.ParseDuration(string(text) + "s")
	}
	if err == nil && v < 0 {
		err = errForm
	}
	*d = Duration(v)
	return err
}

func (d Duration) String() string { return time.Duration(d).String() }

// ReloadInterval returns the time between two full checks of the registry.
func (s *Settings) ReloadInterval() time.Duration {
	return time.Duration(s.ReloadIntervalSeconds) * time.Second
}

// Params returns the legs as the rule reads them.
func (l Legs) Params() json.RawMessage {
	return fmt.Appendf(nil, `{"bottom_n":%d,"top_n":%d}`, l.BottomN, l.TopN)
}
