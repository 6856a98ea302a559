package gate

import (
	"errors"
	"math"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// The sandbox leaves no way to be impure, so the probe is held against runs
// that no module can bring about.
func TestProbePurity(t *testing.T) {
	inputs := []rule.Input{{Predictions: []float64{3}}, {Predictions: []float64{1, 2}}}
	honest := func(in rule.Input) (rule.Output, error) {
		return rule.Output{Weights: append([]float64(nil), in.Predictions...), Fuel: 7}, nil
	}
	// nth is honest but for its nth call.
	nth := func(n int, other func(rule.Output) (rule.Output, error)) construct {
		return func(in rule.Input) (rule.Output, error) {
			out, err := honest(in)
			if n--; n == 0 {
				return other(out)
			}
			return out, err
		}
	}
	fault := func(kind rule.FaultKind, status int32) construct {
		return func(rule.Input) (rule.Output, error) {
			return rule.Output{}, &rule.Fault{Kind: kind, Rule: "r 1", Status: status, Detail: "what it says"}
		}
	}
	gone := errors.New("gone")
	for _, tc := range []struct {
		name          string
		alone, shared construct
		reason        release.Reason
		detail        string
	}{
		{"pure", honest, honest, "", ""},
		{"its own error is an answer", fault(rule.FaultStatus, 9), fault(rule.FaultStatus, 9), "", ""},
		{"another weight on the way back", honest, nth(4, func(o rule.Output) (rule.Output, error) { o.Weights[0] = 4; return o, nil }),
			release.RuleImpure, "probe 1 of 2, 1 symbols, after 3 other calls: the weight at position 0 is 4, alone 3"},
		{"another zero", func(rule.Input) (rule.Output, error) { return rule.Output{Weights: []float64{0}}, nil },
			func(rule.Input) (rule.Output, error) {
				return rule.Output{Weights: []float64{math.Copysign(0, -1)}}, nil
			}, release.RuleImpure, "position 0 is -0, alone 0"},
		{"other fuel", honest, nth(1, func(o rule.Output) (rule.Output, error) { o.Fuel++; return o, nil }), release.RuleImpure, "it uses 8 units of fuel, alone 7"},
		{"another log", honest, nth(2, func(o rule.Output) (rule.Output, error) { o.Log = []rule.Line{{Text: "x"}}; return o, nil }), release.RuleImpure, "logs other lines"},
		{"a fault once", honest, nth(3, func(o rule.Output) (rule.Output, error) { return fault(rule.FaultTrap, 0)(rule.Input{}) }),
			release.RuleImpure, "it comes to rule r 1: trap: what it says, alone to weights"},
		{"a trap on the plain probe", fault(rule.FaultTrap, 0), honest, release.RuleABI, "on a probe of 1 symbols: rule r 1: trap: what it says"},
		{"a status that does not exist", fault(rule.FaultStatus, 100), honest, release.RuleABI, "what it says"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := probePurity(inputs, tc.alone, tc.shared)
			if tc.reason == "" {
				require.NoError(t, err)
				return
			}
			var refused *release.Rejection
			require.ErrorAs(t, err, &refused)
			require.Equal(t, tc.reason, refused.Reason)
			require.Contains(t, refused.Detail, tc.detail)
		})
	}
	_, err := probePurity(inputs, func(rule.Input) (rule.Output, error) { return rule.Output{}, gone }, honest)
	require.ErrorIs(t, err, gone)
}

func TestPostMortem(t *testing.T) {
	killed := exec.Command("sh", "-c", "kill -9 $$").Run()
	exited := exec.Command("sh", "-c", "exit 2").Run()
	limits := ProcessLimits{CPU: 10 * time.Second, Deadline: 20 * time.Second}
	for _, tc := range []struct {
		name   string
		p      postMortem
		reason release.Reason // "" = unavailable
		detail string
	}{
		{"out of memory in the model", postMortem{step: stepModel, err: exited, stderr: "fatal error: runtime: out of memory"},
			release.ModelMalformed, `died at step "model": it ended with exit status 2: fatal error: runtime: out of memory`},
		{"a crash in the golden predictions", postMortem{step: stepPredictions, err: exited}, release.ModelMalformed, "exit status 2"},
		{"a crash in the golden file", postMortem{step: stepGolden, err: exited}, release.GoldenMismatch, "exit status 2"},
		{"a crash in the rule", postMortem{step: stepPurity, err: exited}, release.RuleMalformed, "exit status 2"},
		{"a crash before the first step", postMortem{err: exited}, "", "exit status 2"},
		{"a crash in the digests", postMortem{step: stepDigests, err: exited}, "", "exit status 2"},
		{"the CPU limit", postMortem{step: stepRule, err: killed, cpu: 10 * time.Second}, release.RuleMalformed, "it used its 10s of processor time"},
		{"killed by somebody", postMortem{step: stepRule, err: killed, cpu: time.Second}, "", "signal: killed"},
		{"late, and busy", postMortem{step: stepRule, err: killed, cpu: 15 * time.Second, late: true}, release.RuleMalformed, "not done after 20s, of which it computed 15s"},
		{"late, on a machine that had no time", postMortem{step: stepRule, err: killed, cpu: time.Second, late: true}, "", "not done after 20s"},
		{"no thread to be had", postMortem{step: stepRule, err: exited, stderr: "runtime: failed to create new OS thread"}, "", "OS thread"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.p.limits = limits
			err := tc.p.verdict()
			var refused *release.Rejection
			var unavailable *release.Unavailable
			if tc.reason == "" {
				require.ErrorAs(t, err, &unavailable)
				require.ErrorContains(t, err, tc.detail)
				return
			}
			require.ErrorAs(t, err, &refused)
			require.Equal(t, tc.reason, refused.Reason)
			require.Contains(t, refused.Detail, tc.detail)
		})
	}
}
