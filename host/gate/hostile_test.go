package gate_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/gate"
	"edgesignal/host/internal/hostile"
	"edgesignal/host/portfolio"
	"edgesignal/host/release"
)

// The corpus through the gate's own process, while a release serves: each
// module gets its word, and the reader always its answer. The table that is printed has the words, with the fuel or the
// time for those that came to it.
func TestTheHostSurvivesTheCorpus(t *testing.T) {
	cases := hostile.Cases(t)
	plenty, little := child(t), child(t)
	little.Limits.CPU = time.Second // for what only a limit ends
	stop := readAllTheTime(t)
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "MODULE\tBYTES\tGATE\tTHEN\tms")
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			candidate := gate.Candidate{Files: gate.Files{Rule: c.Wasm}}
			candidate.Manifest.RuleParams, candidate.Manifest.Limits = c.Params, release.DefaultLimits
			sign(&candidate)
			g := plenty
			if c.Stage == hostile.Compiling {
				g = little
			}
			start := time.Now()
			v, err := g.Check(t.Context(), gate.Job{Candidate: candidate, Trial: &portfolio.Input{
				Predictions: ascending(2000), Columns: everyColumn(2000),
			}})
			took := time.Since(start)
			word, then := "passes", ""
			if c.Reason != "" {
				requireRejection(t, err, c.Reason, c.Detail)
				word = string(c.Reason)
			} else {
				require.NoError(t, err)
				then = requireOutcome(t, c, v.Trial)
			}
			fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%.0f\n", c.Name, len(c.Wasm), word, then, float64(took.Microseconds())/1000)
		})
	}
	require.NoError(t, w.Flush())
	t.Log("\n" + table.String())
	require.Positive(t, stop())
}

// requireOutcome holds a trial over more symbols than the probe against the
// case, and names what came of it.
func requireOutcome(t *testing.T, c hostile.Case, trial *gate.Trial) string {
	t.Helper()
	want := c.Beyond
	switch {
	case want.Fault != "":
		require.NotNil(t, trial.Fault)
		require.Equal(t, want.Fault, string(trial.Fault.Kind))
		require.Equal(t, want.Status, trial.Fault.Status)
		return "rule_failed: " + want.Fault
	case want.Breaks != "":
		require.NotNil(t, trial.Limit)
		require.Equal(t, want.Breaks, trial.Limit.Limit)
		return "rule_failed: " + want.Breaks
	}
	require.NotNil(t, trial.Book, "%v", trial.Err())
	for _, w := range trial.Book.Weights {
		if math.IsNaN(want.Each) {
			require.Equal(t, trial.Book.Weights[0], w)
		} else {
			require.Equal(t, want.Each/2000, w)
		}
	}
	return "weights"
}

// readAllTheTime serves the demo's release here and asks for its book until
// stop, which says how often it was answered.
func readAllTheTime(t *testing.T) (stop func() int64) {
	t.Helper()
	c := good(t)
	v, err := check(t, c)
	require.NoError(t, err)
	l, err := gate.Load(t.Context(), c, v, gate.InPlace{}.Rule)
	require.NoError(t, err)
	in := portfolio.Input{Predictions: ascending(500), Params: l.Params, Limits: c.Manifest.Limits}
	want, err := portfolio.Construct(t.Context(), l.Rule, in)
	require.NoError(t, err)
	var answers atomic.Int64
	var failed atomic.Pointer[error]
	done := make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
			got, err := portfolio.Construct(t.Context(), l.Rule, in)
			if err == nil && (fmt.Sprint(got.Weights) != fmt.Sprint(want.Weights) || got.Fuel != want.Fuel) {
				err = errors.New("another answer")
			}
			if err != nil {
				failed.Store(&err)
				return
			}
			answers.Add(1)
		}
	})
	return sync.OnceValue(func() int64 {
		close(done)
		reader.Wait()
		require.NoError(t, l.Rule.Close())
		if err := failed.Load(); err != nil {
			require.NoError(t, *err)
		}
		return answers.Load()
	})
}

func ascending(n int) []float64 {
	p := make([]float64, n)
	for i := range p {
		p[i] = float64(i) / 1000
	}
	return p
}

func everyColumn(n int) map[string][]float64 {
	columns := map[string][]float64{}
	for _, name := range portfolio.ColumnNames() {
		columns[name] = make([]float64, n)
	}
	return columns
}

// The same for models: what LightGBM never wrote.
func TestTheHostSurvivesHostileModels(t *testing.T) {
	g := child(t)
	stop := readAllTheTime(t)
	for _, m := range hostile.Models(good(t).Model) {
		t.Run(m.Name, func(t *testing.T) {
			c := good(t)
			c.Model = m.Text()
			sign(&c)
			_, err := g.Check(t.Context(), gate.Job{Candidate: c})
			requireRejection(t, err, m.Reason, m.Detail)
		})
	}
	require.Positive(t, stop())
}

// One thing changed in a good release: refused with its own reason when the
// manifest names what was changed, and with digest_mismatch when it does not.
func TestMutationsOfAGoodRelease(t *testing.T) {
	g := child(t)
	c := good(t)
	base, mutations := hostile.Mutations(hostile.Parts{Model: c.Model, Rule: c.Rule, Golden: c.Golden, Params: c.Manifest.RuleParams})
	with := func(p hostile.Parts) gate.Candidate {
		m := good(t)
		m.Model, m.Rule, m.Golden, m.Manifest.RuleParams = p.Model, p.Rule, p.Golden, p.Params
		return m
	}
	whole := with(base)
	sign(&whole)
	_, err := g.Check(t.Context(), gate.Job{Candidate: whole})
	require.NoError(t, err)
	for _, m := range mutations {
		t.Run(m.Name, func(t *testing.T) {
			changed := with(m.Parts)
			changed.Manifest = whole.Manifest
			changed.Manifest.RuleParams = m.Params
			_, err := g.Check(t.Context(), gate.Job{Candidate: changed})
			requireRejection(t, err, m.Unsigned, "")
			sign(&changed)
			_, err = g.Check(t.Context(), gate.Job{Candidate: changed})
			requireRejection(t, err, m.Reason, m.Detail)
		})
	}
}
