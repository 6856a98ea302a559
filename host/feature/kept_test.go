package feature

import (
	"fmt"
	"io/fs"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/alpha158"
	"edgesignal/host/expr"
	"edgesignal/host/market"
)

func demo(t testing.TB) *market.Market {
	bars, err := fs.Sub(artifacts.FS, artifacts.Bars)
	require.NoError(t, err)
	m, err := market.Load(t.Context(), bars)
	require.NoError(t, err)
	return m
}

// until returns the market as it was some days before its end.
func until(m *market.Market, days int) *market.Market {
	old := &market.Market{Calendar: m.Calendar[:days]}
	for _, s := range m.Series {
		if s.First < days {
			cut := *s
			cut.Columns = s.Slice(0, min(s.Len(), days-s.First))
			old.Series = append(old.Series, &cut)
		}
	}
	old.Arrange()
	return old
}

func compile(t testing.TB, text string, use Use) *Plan {
	s, err := Parse([]byte(text))
	require.NoError(t, err)
	p, err := Compile(s, use)
	require.NoError(t, err)
	return p
}

// stateful are expressions that carry a state, on other states too, and another symbol.
const stateful = `"fields": [
  {"name": "A", "expression": "Std(Mean($close,5)/Ref($close,3),20)+EMA($volume,12)"},
  {"name": "B", "expression": "Corr(Rank($close,10),Std($volume,7),15)"},
  {"name": "C", "expression": "Mean($close/Mask($close,'AAPL'),0)+Med($close,0)"},
  {"name": "D", "expression": "Skew($close/Ref($close,1)-1,30)*Slope(EMA($close,0.1),9)"}]`

// TestKept: a day from what was kept is that day of a query of all days.
func TestKept(t *testing.T) {
	m := demo(t)
	days := len(m.Calendar)
	for _, numerics := range []string{"pandas2", "pandas3"} {
		t.Run(numerics, func(t *testing.T) {
			p := compile(t, `{"feature_set": 1, "numerics": "`+numerics+`", `+stateful+`}`, Serving)
			kept, err := p.Keep(t.Context(), m, nil, 2)
			require.NoError(t, err)
			require.Positive(t, kept.Bytes())
			e, width := expr.NewEvaluator(p.Program), p.Program.Width()
			for _, series := range []int{0, 3, len(m.Series) - 1} {
				want := make([]float32, width*days)
				require.NoError(t, e.History(want, Bars{m}, m.Series[series].Symbol, days, 0, days))
				for _, day := range []int{m.Series[series].First, 100, 127, 128, 500, days - 2, days - 1} {
					got, err := kept.Day(t.Context(), []int{series}, day, 2)
					require.NoError(t, err)
					for k := range width {
						requireSame(t, want[k*days+day], got[k], "series %d, day %d, column %d", series, day, k)
					}
				}
			}
		})
	}
}

// TestKeptGoesOn: a market with more days goes on from what was kept of the one before, to
// the same values; a symbol whose past changed begins anew.
func TestKeptGoesOn(t *testing.T) {
	m := demo(t)
	days := len(m.Calendar)
	old := until(m, days-3)
	changed := *old.Series[1]
	changed.Close = slices.Clone(changed.Close)
	changed.Close[10]++
	old.Series[1] = &changed
	old.Arrange()
	p := compile(t, `{"feature_set": 1, "numerics": "pandas3", "fields": [
	  {"name": "A", "expression": "Std(Mean($close,5)/Ref($close,3),20)+EMA($volume,12)"}]}`, Serving)
	before, err := p.Keep(t.Context(), old, nil, 2)
	require.NoError(t, err)
	on, err := p.Keep(t.Context(), m, before, 2)
	require.NoError(t, err)
	anew, err := p.Keep(t.Context(), m, nil, 2)
	require.NoError(t, err)
	all := make([]int, len(m.Series))
	for i := range all {
		all[i] = i
	}
	for _, day := range []int{300, days - 4, days - 3, days - 1} {
		want, err := anew.Day(t.Context(), all, day, 2)
		require.NoError(t, err)
		got, err := on.Day(t.Context(), all, day, 2)
		require.NoError(t, err)
		for i := range want {
			requireSame(t, want[i], got[i], "day %d, series %d", day, i)
		}
	}
	require.Same(t, before.symbols[0].checkpoints[0], on.symbols[0].checkpoints[0])
	require.NotSame(t, before.symbols[1].checkpoints[0], on.symbols[1].checkpoints[0])
	require.Equal(t, anew.Bytes(), on.Bytes())
}

// TestAlpha158: the built-in table through the general engine, asked for single days, is the
// hand-written engine to the bit.
func TestAlpha158(t *testing.T) {
	m := demo(t)
	set, ok := BuiltIn("alpha158")
	require.True(t, ok)
	require.Equal(t, alpha158.Names(), set.names())
	set.History = Window
	p, err := Compile(set, Serving)
	require.NoError(t, err)
	kept, err := p.Keep(t.Context(), m, nil, 1)
	require.NoError(t, err)
	e, got, want := expr.NewEvaluator(p.Program), make([]float32, alpha158.Width), make([]float32, alpha158.Width)
	for i, s := range m.Series {
		for row := 0; row < s.Len(); row += 1 + row/7 {
			require.NoError(t, kept.Row(e, got, i, s.First+row))
			alpha158.History(want, s.Columns, row, row+1)
			for k, name := range set.names() {
				requireSame(t, want[k], got[k], "%s, row %d, %s", s.Symbol, row, name)
			}
		}
	}
}

func requireSame(t *testing.T, want, got float32, format string, args ...any) {
	t.Helper()
	if math.Float32bits(want) != math.Float32bits(got) && (want == want || got == got) {
		require.Fail(t, "other bits", "%v, want %v: %s", got, want, fmt.Sprintf(format, args...))
	}
}

// TestProcess: the inputs are what the processors leave, in the order that is asked for.
func TestProcess(t *testing.T) {
	p := compile(t, `{"feature_set": 1, "fields": [
	  {"name": "A", "expression": "$close"}, {"name": "B", "expression": "$open"}, {"name": "C", "expression": "$high"}],
	 "processors": [{"class": "CSRankNorm", "kwargs": {"fields_group": "feature"}}, {"class": "DropCol", "kwargs": {"col_list": ["B"]}}],
	 "inputs": ["C", "A"]}`, Serving)
	require.Equal(t, []string{"C", "A"}, p.Inputs())
	require.Equal(t, []bool{true, true}, p.Wide())
	m, err := p.Process([]float32{1, 0, 30, 2, 0, 20, 3, 0, 10}, 3)
	require.NoError(t, err)
	require.Equal(t, []int{0, 1, 2}, m.Rows)
	low, middle, high := (1.0/3-0.5)*3.46, (2.0/3-0.5)*3.46, (1-0.5)*3.46
	require.InDeltaSlice(t, []float64{high, low, middle, middle, low, high}, m.Values64, 1e-15)

	s, err := Parse([]byte(`{"feature_set": 1, "fields": [{"name": "A", "expression": "$close"}, {"name": "B", "expression": "$open"}],
	 "processors": [{"class": "DropCol", "kwargs": {"col_list": ["B"]}}], "inputs": ["B"]}`))
	require.NoError(t, err)
	_, err = Compile(s, Serving)
	require.ErrorContains(t, err, `inputs[0]: the processors drop the column "B"`)
}
