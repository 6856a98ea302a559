package gate

import (
	"bufio"
	"encoding/gob"
	"io"

	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// What a host and its child tell each other: an order and then the bytes of
// the candidate down the child's standard input, notes up its standard output.

// order is a job, without the bytes, and what the child needs beside it, as gob.
type order struct {
	Ping   bool // whether children start at all; the rest is empty
	Job    Job
	Sizes  [4]int // of the files in the order of blobs, -1 = none: they follow
	Rule   rule.Options
	Limits ProcessLimits
}

func (j *Job) blobs() [4]*[]byte { return [4]*[]byte{&j.Model, &j.Features, &j.Files.Rule, &j.Golden} }

// send writes the order of a job and its bytes.
func send(w io.Writer, o order) error {
	var bytes [4][]byte
	for i, b := range o.Job.blobs() {
		bytes[i], o.Sizes[i] = *b, len(*b)
		if *b == nil {
			o.Sizes[i] = -1
		}
		*b = nil
	}
	if err := gob.NewEncoder(w).Encode(o); err != nil {
		return err
	}
	for _, b := range bytes {
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// receive reads an order; its limits are in force before the bytes come.
func receive(r io.Reader) (o order, err error) {
	in := bufio.NewReaderSize(r, 1<<16) // gob takes no more from it than it needs
	if err := gob.NewDecoder(in).Decode(&o); err != nil {
		return o, err
	}
	if err := o.Limits.apply(); err != nil {
		return o, err
	}
	for i, b := range o.Job.blobs() {
		if o.Sizes[i] < 0 {
			continue
		}
		*b = make([]byte, o.Sizes[i])
		if _, err := io.ReadFull(in, *b); err != nil {
			return o, err
		}
	}
	return o, nil
}

// note is one thing that a child says. The last one has a verdict or a refusal.
type note struct {
	Step     string // it begins this step
	Verdict  *Verdict
	Rejected *release.Rejection
	Failed   string // it could not check
}

// blame returns the reason word when a child dies in a step: whose bytes it was
// working on. In other steps it works on bytes of the host's own making.
func blame(step string) (release.Reason, bool) {
	switch step {
	case stepFeatureSet:
		return release.FeaturesMalformed, true
	case stepModel, stepFeatures, stepPredictions:
		return release.ModelMalformed, true
	case stepRule, stepParameters, stepPortfolios, stepPurity, stepRehearsal, stepTrial:
		return release.RuleMalformed, true
	case stepGolden, stepBars:
		return release.GoldenMismatch, true
	}
	return "", false
}
