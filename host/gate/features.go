package gate

import (
	"errors"
	"fmt"

	"edgesignal/host/alpha158"
	"edgesignal/host/feature"
	"edgesignal/host/model"
	"edgesignal/host/release"
	"edgesignal/host/text"
)

// inputs is where a model's inputs come from.
type inputs struct {
	plan   *feature.Plan // nil = the built-in alpha158, which is not compiled
	set    string        // names what the plan computes; "" where it is nil
	of     string        // the feature set, for errors
	names  []string      // of the columns that the set gives a model, in order
	places []int         // of each of the model's inputs among them
}

// planOf compiles the feature set of a release.
func planOf(c *Candidate) (in inputs, err error) {
	m := &c.Manifest
	in.of = "feature set " + m.FeatureSet
	set, builtIn := (*feature.Set)(nil), release.BuiltInFeatureSet(m.FeatureSet)
	switch {
	case m.FeatureSet == release.FeatureSetAlpha158:
		in.names = alpha158.Names()
		return in, nil
	case builtIn:
		set, _ = feature.BuiltIn(m.FeatureSet)
	case m.FeatureSet == release.FeatureSetFile && c.Features != nil:
		in.of = "the release's feature set"
		if set, err = feature.Parse(c.Features); err != nil {
			return in, release.Reject(release.FeaturesMalformed, "%v", err)
		}
	default:
		return in, release.Reject(release.FeaturesMismatch, "feature set %q: no file of it came, and this host has none of that name built in", text.Clip(m.FeatureSet, 60))
	}
	if in.plan, err = feature.Compile(set, feature.Serving); err != nil {
		return in, release.Reject(release.FeaturesMalformed, "%v", err)
	}
	in.names = in.plan.Inputs()
	in.set, err = set.Digest()
	return in, err
}

// meet finds the model's inputs among the columns of the set: by name where the model
// has real names, in any order and as few as it likes.
func (in *inputs) meet(m *model.Model) (err error) {
	in.places, err = m.Places(in.names)
	var missing *model.MissingInputError
	switch {
	case errors.As(err, &missing):
		return release.Reject(release.FeaturesMismatch, "input %d of the model is %q, which %s does not have%s",
			missing.Input, text.Clip(missing.Name, 60), in.of, feature.Suggest(missing.Name, in.names))
	case err != nil: // a model that was trained without names has Column_0...
		return release.Reject(release.FeaturesMismatch, "the model has %d inputs without names, %s has %d", m.Width(), in.of, len(in.names))
	}
	return nil
}

// golden finds the model's inputs among the columns of the golden rows: by name too. A
// column that is none of the set's is a check that its author believes is made.
func (in *inputs) golden(columns []string) (places []int, err error) {
	at := make(map[string]int, len(columns))
	for i, name := range columns {
		if _, twice := at[name]; twice {
			return nil, fmt.Errorf("features[%d] is there twice", i)
		}
		at[name] = i
	}
	known := make(map[string]bool, len(in.names))
	for _, name := range in.names {
		known[name] = true
	}
	for i, name := range columns {
		if !known[name] {
			return nil, fmt.Errorf("features[%d] is no column of %s%s", i, in.of, feature.Suggest(name, in.names))
		}
	}
	for _, place := range in.places {
		i, ok := at[in.names[place]]
		if !ok {
			return nil, fmt.Errorf("features lacks %q, an input of the model", in.names[place])
		}
		places = append(places, i)
	}
	return places, nil
}

// wide reports whether a column of the set reaches the model as a float64.
func (in *inputs) wide(place int) bool { return in.plan != nil && in.plan.Wide()[place] }

func (c *checking) featureSet() (err error) {
	c.inputs, err = planOf(&c.Candidate)
	return err
}

func (c *checking) features() error { return c.inputs.meet(c.model) }
