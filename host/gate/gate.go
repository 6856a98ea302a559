// Package gate is the order of the checks that a release passes before it may
// serve, with one reason word for each. The same code runs when a release is
// published, when an author checks a rule, and in every host: in a child
// process that may die of what it is given (Child), so that only accepted
// bytes are loaded where they serve (Load).
package gate

import (
	"context"

	"edgesignal/host/feature"
	"edgesignal/host/model"
	"edgesignal/host/portfolio"
	"edgesignal/host/rule"
)

// Caps on what is fetched, in bytes.
const (
	MaxModelBytes  = model.MaxBytes
	MaxRuleBytes   = rule.MaxModuleBytes
	MaxGoldenBytes = 64 << 20

	MaxFeaturesBytes = feature.MaxBytes
)

// Job is what a gate is asked to do.
type Job struct {
	Candidate
	// Trial is what the rule is run on after the checks; nil = nothing. Its
	// Params are laid over the manifest's; the limits are the manifest's.
	Trial *portfolio.Input
}

// Verdict is what a gate says of a job that it accepts.
type Verdict struct {
	Report Report
	Rule   rule.Meta
	Trial  *Trial // nil = none was asked for
}

// Gate takes a job through the checks. It returns the first refusal as a
// *release.Rejection, *release.Unavailable when it could not check, and the
// context's error when that ended first.
type Gate interface {
	Check(ctx context.Context, job Job) (*Verdict, error)
}

// Report says what was checked, in order.
type Report struct {
	Steps  []Step        `json:"steps"`
	Golden *GoldenReport `json:"golden,omitempty"` // nil = the release has no golden file
	Probe  ProbeReport   `json:"probe"`

	// Evaluator is what sums the model's trees; nil = no model was checked.
	Evaluator *model.Evaluator `json:"evaluator,omitempty"`
}

// Step is one check that passed.
type Step struct {
	Name   string  `json:"name"`
	Millis float64 `json:"ms"`
}

// The steps, in order. The model is held against the features right after both are
// read.
const (
	stepProcess     = "process" // starting a child, handing it the bytes, and its end
	stepDigests     = "digests"
	stepModel       = "model"
	stepFeatureSet  = "feature set" // compiling it
	stepFeatures    = "features"
	stepRule        = "rule"
	stepParameters  = "parameters"
	stepGolden      = "golden file"
	stepPredictions = "golden predictions"
	stepPortfolios  = "golden portfolios"
	stepBars        = "golden bars"
	stepPurity      = "purity"
	stepRehearsal   = "rehearsal"
	stepTrial       = "trial"
	stepLoad        = "load" // in the process that will serve it
	stepWarm        = "warm"
)
