// Package release is the domain: what a release is, how it is named, which
// statuses it may have, and how a refusal or an outage reads. Standard library only.
package release

import (
	"encoding/json"
	"time"
)

// Ref names a release: one version of one strategy.
type Ref struct {
	Strategy string
	Version  string
}

func (r Ref) String() string { return r.Strategy + " " + r.Version }

// Status is where a release stands in the registry.
type Status string

// The statuses of CHECK (status IN (...)) in both schemas.
const (
	Active   Status = "active"
	Inactive Status = "inactive"
	Testing  Status = "testing"
	Failed   Status = "failed"
)

// Record is one row of the registry. The first group is what every model
// registry of this family has; the second names the bytes and parameters that
// make the release reproducible.
type Record struct {
	ID                 int64
	Strategy           string
	Version            string
	MLflowRunID        string
	MLflowExperimentID string
	ModelPath          string
	Status             Status
	PerformanceMetrics json.RawMessage // a JSON object, or nil
	Config             json.RawMessage // a JSON object, or nil
	CreatedAt          time.Time       // UTC
	ActivatedAt        *time.Time      // UTC; nil = never active
	DeactivatedAt      *time.Time      // UTC; nil = never deactivated
	CreatedBy          string
	Notes              string

	ModelSHA256  string          // 64 hex digits; "" = not recorded yet
	RulePath     string          // "" = the stock rule top_bottom
	RuleSHA256   string          // 64 hex digits; "" = not recorded yet, or the stock rule
	RuleParams   json.RawMessage // a JSON object; nil = the host's defaults
	FeatureSet   string          // a built-in set's name, or the path of a feature set's file
	GoldenPath   string          // "" = no golden file
	GoldenSHA256 string

	FeatureSetSHA256 string // 64 hex digits; "" = not recorded yet, or a built-in set
}

// Ref names the record.
func (r *Record) Ref() Ref { return Ref{Strategy: r.Strategy, Version: r.Version} }

// Event is one status change, written by the database itself.
type Event struct {
	ID       int64 // ascending in the order of the changes
	Strategy string
	Version  string
	From     Status    // "" = the row was inserted
	To       Status    // "" = the row was deleted
	At       time.Time // UTC
	By       string
	Why      string
}

// The feature sets that the program has built in. Any other text in
// Record.FeatureSet is the path of a feature set's file.
const (
	FeatureSetAlpha158 = "alpha158"
	FeatureSetAlpha360 = "alpha360"

	// FeatureSetFile stands in a manifest for a feature set that is a file: its
	// digest says what it holds, and where it lies does not matter.
	FeatureSetFile = "file"
)

// BuiltInFeatureSet reports whether name is a feature set that the program has
// built in.
func BuiltInFeatureSet(name string) bool {
	return name == FeatureSetAlpha158 || name == FeatureSetAlpha360
}
