package rules_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/guest/rules"
	"edgesignal/host/portfolio"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// tolerance is the absolute difference that a weight may show.
const tolerance = 1e-12

var nan = math.NaN()

// input is one run of a rule, symbols by position.
type input struct {
	predictions []float64
	columns     map[string][]float64
	params      string // "" = {}
}

// noLimits lets every finite book pass: the tests look at the weights themselves.
var noLimits = release.Limits{MaxWeight: math.MaxFloat64, MaxGross: math.Inf(1)}

func module(t testing.TB, name string) *rule.Module {
	t.Helper()
	wasm, ok := rules.Stock(name)
	require.True(t, ok)
	m, err := rule.Compile(context.Background(), wasm, rule.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m
}

// construct runs the rule as the host does: schema, call, checks of the answer.
func construct(m *rule.Module, in input) ([]float64, error) {
	params, err := rule.ParseParams([]byte(in.params))
	if err != nil {
		return nil, err
	}
	book, err := portfolio.Construct(context.Background(), m, portfolio.Input{
		Predictions: in.predictions, Columns: in.columns, Params: params, Limits: noLimits,
	})
	return book.Weights, err
}

// constructUnchecked runs the rule with parameters that its schema may refuse.
func constructUnchecked(m *rule.Module, in input) error {
	columns := make([][]float64, len(m.Meta().Columns))
	for i, name := range m.Meta().Columns {
		columns[i] = in.columns[name]
	}
	params, err := rule.ParseParams([]byte(in.params))
	if err != nil {
		return err
	}
	_, err = m.Construct(context.Background(), rule.Input{
		Params: params, Predictions: in.predictions, Ranks: in.predictions, Columns: columns,
	})
	return err
}

func requireStatus(t require.TestingT, err error, status int32) {
	var fault *rule.Fault
	require.ErrorAs(t, err, &fault)
	require.Equal(t, rule.FaultStatus, fault.Kind)
	require.Equal(t, status, fault.Status)
}

func requireWeights(t require.TestingT, want, got []float64) {
	require.Len(t, got, len(want))
	for i := range want {
		require.InDelta(t, want[i], got[i], tolerance, "weight %d", i)
		require.False(t, got[i] == 0 && math.Signbit(got[i]), "weight %d is -0", i)
	}
}

func gross(weights []float64) float64 {
	sum := 0.0
	for _, w := range weights {
		sum += math.Abs(w)
	}
	return sum
}

func net(weights []float64) float64 {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	return sum
}

// columnsOf returns the three columns that stock rules ask for, n of each.
func columnsOf(volatility, sector, previous []float64) map[string][]float64 {
	return map[string][]float64{"volatility_20d": volatility, "sector": sector, "previous_weight": previous}
}
