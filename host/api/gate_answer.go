package api

import (
	"encoding/json"

	"edgesignal/host/gate"
	"edgesignal/host/model"
	"edgesignal/host/rule"
)

// gateAnswer is what the gate did; how close it came to the golden file
// stands beside it.
type gateAnswer struct {
	Steps []gate.Step      `json:"steps"`
	Probe gate.ProbeReport `json:"probe"`

	Evaluator *model.Evaluator `json:"evaluator,omitempty"`
}

func gateAnswerOf(r *gate.Report) gateAnswer { return gateAnswer{r.Steps, r.Probe, r.Evaluator} }

// ruleAnswer is a rule with the parameters in effect.
type ruleAnswer struct {
	Name        string          `json:"name"`
	Version     string          `json:"version"`
	Description string          `json:"description"`
	Columns     []string        `json:"columns"`
	Params      json.RawMessage `json:"params"`
	Schema      json.RawMessage `json:"schema"`
}

func ruleAnswerOf(meta rule.Meta, params json.RawMessage) ruleAnswer {
	return ruleAnswer{
		Name: meta.Name, Version: meta.Version, Description: meta.Description,
		Columns: append([]string{}, meta.Columns...), Params: rawOrNull(params), Schema: rawOrNull(meta.Params),
	}
}
