package processor

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var nan, inf = math.NaN(), math.Inf(1)

// values returns what a chain makes of one feature.
func values(t require.TestingT, list string, pandas3 bool, x ...float64) (out []float64, f *Frame) {
	specs, err := Parse(list)
	require.NoError(t, err)
	labels := []Label{{"feature", "A"}}
	chain, err := Compile(specs, labels, pandas3)
	require.NoError(t, err)
	narrow := make([]float32, len(x))
	for i, v := range x {
		narrow[i] = float32(v)
	}
	f = NewFrame(labels, [][]float32{narrow})
	require.NoError(t, chain.Apply(f))
	for i := range f.Rows {
		out = append(out, f.Columns[0].Value(i))
	}
	return out, f
}

func requireBits(t require.TestingT, want, got []float64) {
	require.Len(t, got, len(want))
	for i := range want {
		if !math.IsNaN(want[i]) || !math.IsNaN(got[i]) {
			require.Equal(t, math.Float64bits(want[i]), math.Float64bits(got[i]), "value %d: want %v, got %v", i, want[i], got[i])
		}
	}
}

func TestSmallDays(t *testing.T) {
	tenth := float64(float32(0.1))
	negative := math.Copysign(0, -1)
	for _, c := range []struct {
		name, list string
		pandas3    bool
		x, want    []float64
	}{
		{"no processors", `[]`, false, []float64{1, nan}, []float64{1, nan}},
		{"a filling that is no float32, pandas 3", `[{"class":"Fillna","kwargs":{"fill_value":0.1}}]`, true, []float64{nan, inf}, []float64{tenth, inf}},
		{"a filling that is no float32, pandas 2", `[{"class":"Fillna","kwargs":{"fill_value":0.1}}]`, false, []float64{nan, inf}, []float64{0.1, inf}},
		{"infinite by the mean of the others", `[{"class":"ProcessInf"}]`, false, []float64{1, inf, nan, 3, -inf}, []float64{1, 2, nan, 3, 2}},
		{"infinite or missing only", `[{"class":"ProcessInf"}]`, false, []float64{inf, nan}, []float64{nan, nan}},
		{"one symbol has no deviation", `[{"class":"CSZScoreNorm"}]`, false, []float64{5}, []float64{nan}},
		{"robust, zeros with a sign", `[{"class":"CSZScoreNorm","kwargs":{"method":"robust"}}]`, false, []float64{negative, 4, -4}, []float64{negative, 0.6744907498359680, -0.6744907498359680}},
		{"equal values share their ranks", `[{"class":"CSRankNorm"}]`, false, []float64{2, nan, 1, 2, inf}, []float64{(2.5/4 - 0.5) * 3.46, nan, (0.25 - 0.5) * 3.46, (2.5/4 - 0.5) * 3.46, 0.5 * 3.46}},
		{"missing by the mean", `[{"class":"CSZFillna"}]`, false, []float64{nan, 1, 2}, []float64{1.5, 1, 2}},
		{"a day without any", `[{"class":"CSZFillna"}]`, false, []float64{nan}, []float64{nan}},
		{"rows with missing values", `[{"class":"DropnaProcessor"}]`, false, []float64{nan, 1, inf, nan}, []float64{1, inf}},
		{"ranks are float64 on", `[{"class":"CSRankNorm"},{"class":"Fillna","kwargs":{"fill_value":0.1}}]`, true, []float64{1, nan}, []float64{0.5 * 3.46, 0.1}},
		{"an empty day", `[{"class":"CSRankNorm"},{"class":"CSZScoreNorm"},{"class":"DropnaProcessor"}]`, false, []float64{}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _ := values(t, c.list, c.pandas3, c.x...)
			requireBits(t, c.want, got)
		})
	}
}

func TestDroppedRowsKeepTheirNumbers(t *testing.T) {
	_, f := values(t, `[{"class":"DropnaProcessor","kwargs":{"fields_group":"feature"}}]`, false, nan, 1, nan, 2)
	require.Equal(t, []int{1, 3}, f.Rows)
	require.Len(t, f.Columns[0].F32, 2)
}

func TestWhatAChainNeeds(t *testing.T) {
	for list, want := range map[string][2]bool{
		`[]`:                            {false, false},
		`[{"class":"Fillna"}]`:          {false, false},
		`[{"class":"CSRankNorm"}]`:      {true, false},
		`[{"class":"DropnaProcessor"}]`: {false, true},
		`[{"class":"ProcessInf"},{"class":"Fillna"}]`: {true, false},
	} {
		specs, err := Parse(list)
		require.NoError(t, err)
		chain, err := Compile(specs, []Label{{"feature", "A"}}, false)
		require.NoError(t, err)
		require.Equal(t, want, [2]bool{chain.Crosses(), chain.Drops()}, list)
		require.Error(t, chain.Apply(NewFrame([]Label{{"feature", "B"}}, [][]float32{{1}})))
		require.Error(t, chain.Apply(NewFrame(nil, nil)))
	}
}

// What must hold of any day: ranks lie evenly around 0 whatever the order of the
// symbols; a processor that does not look across rows gives each row what it
// would have alone.
func TestAnyDay(t *testing.T) {
	value := rapid.OneOf(rapid.Float64Range(-1e6, 1e6), rapid.SampledFrom([]float64{nan, inf, -inf, 0, math.Copysign(0, -1), 1}))
	fitted := `{"class":"RobustZScoreNorm","state":{"mean_train":{"A":2.5},"std_train":{"A":0.1}}}`
	rapid.Check(t, func(rt *rapid.T) {
		x := rapid.SliceOfN(value, 1, 150).Draw(rt, "values")
		ranks, _ := values(rt, `[{"class":"CSRankNorm"}]`, true, x...)
		turned := slices.Clone(x)
		slices.Reverse(turned)
		again, _ := values(rt, `[{"class":"CSRankNorm"}]`, true, turned...)
		slices.Reverse(again)
		requireBits(rt, ranks, again)
		for i, v := range x {
			require.Equal(rt, math.IsNaN(v), math.IsNaN(ranks[i]))
			require.False(rt, ranks[i] > 1.73 || ranks[i] < -1.73)
		}
		for _, list := range []string{`[` + fitted + `]`, `[{"class":"Fillna","kwargs":{"fill_value":3}},` + fitted + `,{"class":"TanhProcess"}]`} {
			together, _ := values(rt, list, true, x...)
			for i, v := range x {
				alone, _ := values(rt, list, true, v)
				requireBits(rt, together[i:i+1], alone)
			}
		}
	})
}
