// Package qlib says what of a Qlib workflow file can be served, without Python
// and without running anything of the file.
package qlib

import (
	"errors"
	"fmt"
)

// Verdict is what becomes of one part of a workflow.
type Verdict string

// The verdicts.
const (
	Served      Verdict = "served"       // as it stands
	NeedsExport Verdict = "needs_export" // by what guest/qlib/export.py writes
	Cannot      Verdict = "cannot"
)

// Servable says whether a whole workflow can be a release. The strategy does
// not count: it decides weights, and a rule takes its place.
type Servable string

// The answers.
const (
	Yes         Servable = "yes"
	AfterExport Servable = "after_export"
	Unknown     Servable = "unknown" // own code decides, and only the exporter runs it
	No          Servable = "no"
)

// The parts of a workflow that a Line is about.
const (
	partFile      = "file"
	partData      = "data"
	partModel     = "model"
	partDataset   = "dataset"
	partHandler   = "handler"
	partUniverse  = "universe"
	partLoader    = "loader"
	partField     = "field"
	partProcessor = "processor"
	partLearn     = "learn processor"
	partStrategy  = "strategy"
)

// Line is the verdict on one part of a workflow.
type Line struct {
	Line    int     `json:"line"` // of the file, from 1; 0 = the file has no such part
	Part    string  `json:"part"`
	What    string  `json:"what"` // the class, the field or the file that it names
	Verdict Verdict `json:"verdict"`
	Why     string  `json:"why"`
	OwnCode bool    `json:"own_code,omitempty"` // Python outside of Qlib decides
}

// Report is the verdict on a workflow, line by line in the order of a
// request's way: data, model, features, strategy.
type Report struct {
	Servable Servable `json:"servable"`
	Lines    []Line   `json:"lines"`
}

// Check reads a workflow file as Qlib's qrun takes it. Its errors are about
// the file as a whole, and never show its bytes: it is too large, it is not
// YAML, it is a template, or it holds no task.
func Check(file []byte) (*Report, error) {
	root, err := parse(file)
	if err != nil {
		return nil, err
	}
	task := root.at("task")
	if !task.exists() && root.at("model").exists() && root.at("dataset").exists() {
		task = root
	}
	if !task.isMapping() {
		return nil, errors.New("it has no task with a model and a dataset: is it a Qlib workflow?")
	}
	c := &checker{}
	if base := root.at("BASE_CONFIG_PATH"); base.exists() {
		c.add(base, partFile, "BASE_CONFIG_PATH", Cannot, "the file adds to another one, which is not read here: check the merged file")
	}
	c.data(root.at("qlib_init"))
	c.model(task.at("model"))
	c.dataset(task.at("dataset"))
	c.strategy(root, task)
	if c.full {
		return nil, fmt.Errorf("it has more than %d parts, or %d expressions", maxLines, maxFields)
	}
	return &Report{Servable: c.servable(), Lines: c.lines}, nil
}

// checker collects lines.
type checker struct {
	lines  []Line
	full   bool // there are more lines or fields than a report may have
	depth  int  // of loaders within loaders
	fields int  // expressions so far
}

func (c *checker) add(at value, part, what string, v Verdict, why string, args ...any) {
	if len(c.lines) == maxLines {
		c.full = true
		return
	}
	c.lines = append(c.lines, Line{Line: at.line(), Part: part, What: clip(what), Verdict: v, Why: fmt.Sprintf(why, args...)})
}

// own adds a part that Python outside of Qlib decides.
func (c *checker) own(at value, part, what, why string) {
	c.add(at, part, what, NeedsExport, "%s", why)
	c.lines[len(c.lines)-1].OwnCode = true // a full report is not given to anybody
}

func (c *checker) servable() Servable {
	answer := Yes
	for _, l := range c.lines {
		switch {
		case l.Part == partStrategy:
		case l.Verdict == Cannot:
			return No
		case l.OwnCode:
			answer = Unknown
		case l.Verdict == NeedsExport && answer == Yes:
			answer = AfterExport
		}
	}
	return answer
}
