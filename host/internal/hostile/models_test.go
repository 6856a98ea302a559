package hostile_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/guest/rules"
	"edgesignal/host/gate"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/internal/hostile"
	"edgesignal/host/release"
)

// demo returns v1.0.0 of the demo.
func demo(t testing.TB) hostile.Parts {
	stock, ok := rules.Stock(rules.TopBottom)
	require.True(t, ok)
	r := artifacts.Releases()[0]
	return hostile.Parts{
		Model: demotest.File(t, r.Model), Rule: stock, Golden: demotest.File(t, r.Golden),
		Params: json.RawMessage(`{"bottom_n":3,"top_n":3}`),
	}
}

// candidate returns parts under a manifest that names the bytes of signed.
func candidate(p, signed hostile.Parts) gate.Candidate {
	return gate.Candidate{
		Files: gate.Files{Model: p.Model, Rule: p.Rule, Golden: p.Golden},
		Manifest: release.Manifest{
			Strategy: artifacts.Strategy, Version: "v1.0.0", FeatureSet: release.FeatureSetAlpha158,
			RuleParams: p.Params, Limits: release.DefaultLimits,
			ModelSHA256: release.Sum(signed.Model), RuleSHA256: release.Sum(signed.Rule), GoldenSHA256: release.Sum(signed.Golden),
		},
	}
}

func refusal(t *testing.T, c gate.Candidate) error {
	_, err := gate.InPlace{}.Check(t.Context(), gate.Job{Candidate: c})
	return err
}

func TestModels(t *testing.T) {
	good := demo(t)
	before := bytes.Clone(good.Model)
	names := map[string]bool{}
	for _, c := range hostile.Models(good.Model) {
		require.False(t, names[c.Name], "twice: %s", c.Name)
		names[c.Name] = true
		t.Run(c.Name, func(t *testing.T) {
			p := good
			p.Model = c.Text()
			requireRejection(t, refusal(t, candidate(p, p)), c.Reason, c.Detail)
		})
	}
	require.Equal(t, before, good.Model)
}

func TestMutations(t *testing.T) {
	base, mutations := hostile.Mutations(demo(t))
	require.NoError(t, refusal(t, candidate(base, base)), "the good release itself")
	names := map[string]bool{}
	for _, m := range mutations {
		require.False(t, names[m.Name], "twice: %s", m.Name)
		names[m.Name] = true
		t.Run(m.Name, func(t *testing.T) {
			requireRejection(t, refusal(t, candidate(m.Parts, m.Parts)), m.Reason, m.Detail)
			requireRejection(t, refusal(t, candidate(m.Parts, base)), m.Unsigned, "")
		})
	}
}
