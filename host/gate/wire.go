package gate

import (
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// What a host and its child tell each other, as gob: one order down the
// child's standard input, notes up its standard output.

// order is a job with what the child needs beside it.
type order struct {
	Ping      bool // whether children start at all; the rest is empty
	Job       Job
	HasModel  bool // gob does not keep nil and empty apart
	HasGolden bool
	Rule      rule.Options
	Limits    ProcessLimits
}

// note is one thing that a child says. The last one has a verdict or a refusal.
type note struct {
	Step     string // it begins this step
	Verdict  *Verdict
	Rejected *release.Rejection
	Failed   string // it could not check
}

func (o *order) job() Job {
	j := o.Job
	if o.HasModel && j.Model == nil {
		j.Model = []byte{}
	}
	if o.HasGolden && j.Golden == nil {
		j.Golden = []byte{}
	}
	if j.Rule == nil {
		j.Rule = []byte{}
	}
	return j
}

func orderOf(j Job, opt rule.Options, limits ProcessLimits) order {
	return order{Job: j, HasModel: j.Model != nil, HasGolden: j.Golden != nil, Rule: opt, Limits: limits}
}

// blame is the reason word when a child dies in a step: whose bytes it was
// working on. In other steps it works on bytes of the host's own making.
func blame(step string) (release.Reason, bool) {
	switch step {
	case stepModel, stepFeatures, stepPredictions:
		return release.ModelMalformed, true
	case stepRule, stepParameters, stepPortfolios, stepPurity, stepTrial:
		return release.RuleMalformed, true
	case stepGolden:
		return release.GoldenMismatch, true
	}
	return "", false
}
