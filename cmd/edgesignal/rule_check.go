package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"edgesignal/host/gate"
	"edgesignal/host/operate"
)

type ruleCheckCmd struct {
	Module string `arg:"" placeholder:"FILE.wasm" help:"The module, or builtin:NAME for a stock rule."`
	Params string `placeholder:"JSON" help:"The parameters of the release: a JSON object, or @FILE. Default {}."`
	JSON   bool   `name:"json" help:"As JSON."`
}

// ruleLine is an admissible rule as --json prints it.
type ruleLine struct {
	Name        string          `json:"name"`
	Version     string          `json:"version"`
	Description string          `json:"description"`
	Columns     []string        `json:"columns"`
	Params      json.RawMessage `json:"params"`
	Bytes       int             `json:"bytes"`
	SHA256      string          `json:"sha256"`
	Gate        gate.Report     `json:"gate"`
}

func (c *ruleCheckCmd) Run(ctx context.Context, s streams) error {
	params, err := textOrFile(c.Params)
	if err != nil {
		return fmt.Errorf("--params: %w", err)
	}
	v, err := operate.TryRule(ctx, operate.RuleTrial{Rule: c.Module, Params: params})
	if err != nil {
		return fmt.Errorf("%s: %w", c.Module, err)
	}
	if c.JSON {
		return sayJSON(s.out, ruleLine{
			v.Meta.Name, v.Meta.Version, v.Meta.Description, append([]string{}, v.Meta.Columns...), v.Meta.Params, v.Bytes, v.SHA256, v.Report,
		})
	}
	columns := "none"
	if len(v.Meta.Columns) > 0 {
		columns = strings.Join(v.Meta.Columns, ", ")
	}
	var took []string
	for _, step := range v.Report.Steps {
		took = append(took, fmt.Sprintf("%s %.1f ms", step.Name, step.Millis))
	}
	err = say(s.out, "%s %s: admissible, %d bytes, sha256:%s\n  %s\n  columns: %s\n  parameters: %s\n  probe: %d symbols, %d units of fuel\n  gate: %s\n",
		v.Meta.Name, v.Meta.Version, v.Bytes, v.SHA256, v.Meta.Description, columns, v.Meta.Params,
		v.Report.Probe.Symbols, v.Report.Probe.Fuel, strings.Join(took, ", "))
	return err
}
