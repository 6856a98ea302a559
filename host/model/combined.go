package model

import (
	"errors"

	"edgesignal/host/release"
)

var errNoRaw = errors.New("model: several models have no raw score together: each has its own transform; score them one by one")

// loadContainer returns the model that a file of several models is. one makes a
// part of its forest and is given its number.
func loadContainer(text []byte, one func(i int, f *forest) (*Model, error)) (*Model, error) {
	c, err := parseContainer(text)
	if err != nil {
		return nil, err
	}
	models, steps := make([]*Model, len(c.Parts)), 0
	for i := range c.Parts {
		f, err := parse([]byte(c.Parts[i].Model))
		c.Parts[i].Model = "" // it may be large
		if err != nil {
			return nil, inPart(i, err)
		}
		if steps += f.steps; steps > maxSteps {
			return nil, inPart(i, unsupported("a row may pass %d splits, leaves and terms of linear leaves in the models up to here, the limit is %d", steps, maxSteps))
		}
		if models[i], err = one(i, f); err != nil {
			return nil, inPart(i, err)
		}
	}
	return combine(c, models)
}

// combine makes one model of several. Its columns are all names of theirs in the
// order in which they come first; parts without names have equal columns.
func combine(c *container, models []*Model) (*Model, error) {
	m := &Model{}
	at := map[string]bool{}
	for i, part := range models {
		if i > 0 && (part.names == nil) != (models[0].names == nil) {
			return nil, inPart(i, unsupported("of this model and parts[0] one has names of its inputs and one has Column_0, Column_1, ...: its inputs cannot be told; train both with names, or both without"))
		}
		if i > 0 && part.names == nil && part.width != models[0].width {
			return nil, inPart(i, unsupported("it has %d inputs without names, parts[0] has %d", part.width, models[0].width))
		}
		for _, name := range part.names {
			if !at[name] {
				at[name] = true
				m.names = append(m.names, name)
			}
		}
		m.trees += part.trees
	}
	columns := m.names
	if columns == nil {
		columns = make([]string, models[0].width)
	}
	if m.width = len(columns); m.width > maxFeatureIdx+1 {
		return nil, unsupported("the models have %d inputs of different names, the limit is %d", m.width, maxFeatureIdx+1)
	}
	parts := make([]Part, len(models))
	for i, part := range models {
		places, err := part.Places(columns)
		if err != nil {
			return nil, inPart(i, malformed("%v", err))
		}
		parts[i] = Part{Model: part, Columns: places}
		if w := c.Parts[i].Weight; w != nil {
			parts[i].Weight = *w
		}
	}
	of := Mean
	if c.Combine == CombineSum {
		of = WeightedSum
	}
	var err error
	if m.parts, err = of(m.width, parts); err != nil {
		return nil, malformed("%v", err)
	}
	return m, nil
}

// inPart says of an error which of several models it is about.
func inPart(i int, err error) error {
	var r *release.Rejection
	if errors.As(err, &r) {
		return release.Reject(r.Reason, "parts[%d]: %s", i, r.Detail)
	}
	return err
}

// holdParts returns the model of the same parts, each held against its other evaluator
// on its own columns of rows; m itself where that changes none.
func (m *Model) holdParts(rows []float64) *Model {
	e := m.parts
	models, changed := make([]*Model, len(e.parts)), false
	for i, p := range e.parts {
		inputs := make([]float64, 0, len(rows)/m.width*len(p.Columns))
		for r := 0; r < len(rows); r += m.width {
			for _, column := range p.Columns {
				inputs = append(inputs, rows[r+column])
			}
		}
		models[i] = p.Model.Hold(inputs)
		changed = changed || models[i] != p.Model
	}
	if !changed {
		return m
	}
	on := *m
	on.parts = e.with(models)
	return &on
}
