package rule

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"sort"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// topBottomReference returns the stock rule as its description reads, in plain Go.
func topBottomReference(predictions []float64, top, bottom int) []float64 {
	order := make([]int, len(predictions))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return predictions[order[a]] > predictions[order[b]] })
	weights := make([]float64, len(predictions))
	for place, i := range order {
		if place < top {
			weights[i] += 1 / float64(top)
		}
		if place >= len(order)-bottom {
			weights[i] -= 1 / float64(bottom)
		}
	}
	return weights
}

func requireSameBits(t require.TestingT, want, got []float64) {
	require.Len(t, got, len(want))
	for i := range want {
		require.Equal(t, math.Float64bits(want[i]), math.Float64bits(got[i]), "weight %d is %v, want %v", i, got[i], want[i])
		require.False(t, got[i] == 0 && math.Signbit(got[i]), "weight %d is -0", i)
	}
}

func counts(top, bottom int) string {
	return fmt.Sprintf(`{"top_n":%d,"bottom_n":%d}`, top, bottom)
}

func TestTopBottomEqualsReference(t *testing.T) {
	m := topBottom(t)
	rapid.Check(t, func(r *rapid.T) {
		value := rapid.OneOf(
			rapid.Float64Range(-0.01, 0.01),
			rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64}), // ties
		)
		predictions := rapid.SliceOfN(value, 1, 200).Draw(r, "predictions")
		count := rapid.OneOf(rapid.IntRange(0, 8), rapid.IntRange(0, len(predictions)+3), rapid.IntRange(0, 10000))
		top, bottom := count.Draw(r, "top_n"), count.Draw(r, "bottom_n")
		in := over(predictions...)
		in.Params = parsed(r, counts(top, bottom))
		_, err := m.Accept(in.Params)
		require.NoError(r, err)
		got, err := run(t, m, in)
		require.NoError(r, err)
		requireSameBits(r, topBottomReference(predictions, top, bottom), got)
	})
}

// Orders that are hard on a heap, at a size where n^2 would show.
func TestTopBottomLarge(t *testing.T) {
	const n = 3000
	shapes := []struct {
		name string
		at   func(i int) float64
	}{
		{"ascending", func(i int) float64 { return float64(i) }},
		{"descending", func(i int) float64 { return float64(-i) }},
		{"all equal", func(int) float64 { return 0.5 }},
		{"saw", func(i int) float64 { return float64(i * 7919 % 101) }},
		{"shuffled", func(i int) float64 { return float64(i * 7919 % n) }},
	}
	m := topBottom(t)
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			predictions := make([]float64, n)
			for i := range predictions {
				predictions[i] = s.at(i)
			}
			for _, k := range [][2]int{{1, 1}, {50, 50}, {n / 2, n / 2}, {n - 1, 1}, {n, n}, {10000, 2}} {
				in := over(predictions...)
				in.Params = parsed(t, counts(k[0], k[1]))
				got, err := run(t, m, in)
				require.NoError(t, err)
				requireSameBits(t, topBottomReference(predictions, k[0], k[1]), got)
			}
		})
	}
}

func TestTopBottomGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/golden/portfolios-v1.0.0.json")
	require.NoError(t, err)
	var golden struct {
		Portfolios []struct {
			Date        string
			Symbols     []string
			Predictions []float64
			Params      Params
			Weights     []float64
		}
	}
	require.NoError(t, json.Unmarshal(text, &golden))
	require.Len(t, golden.Portfolios, 3)
	m := topBottom(t)
	for _, p := range golden.Portfolios {
		t.Run(fmt.Sprintf("%s %d symbols", p.Date, len(p.Symbols)), func(t *testing.T) {
			_, err := m.Accept(p.Params)
			require.NoError(t, err)
			in := over(p.Predictions...)
			in.Params = p.Params
			got, err := run(t, m, in)
			require.NoError(t, err)
			requireSameBits(t, p.Weights, got)
		})
	}
}

func TestTopBottomParams(t *testing.T) {
	predictions := []float64{7, 6, 5, 4, 3, 2, 1, 0}
	tests := []struct {
		name, params string
		top, bottom  int
	}{
		{"defaults", "", 3, 3},
		{"empty", "{}", 3, 3},
		{"one given", `{"top_n":2}`, 2, 3},
		{"each call replaces both", `{"bottom_n":1}`, 3, 1},
		{"no top leg", `{"top_n":0}`, 0, 3},
		{"no leg", `{"top_n":0,"bottom_n":0}`, 0, 0},
		{"fraction of zero", `{"top_n":2.0,"bottom_n":10e-1}`, 2, 1},
		{"exponents", `{"top_n":0.2e1,"bottom_n":1E+0}`, 2, 1},
		{"minus zero", `{"top_n":-0,"bottom_n":-0.0}`, 0, 0},
		{"white space and order", "{ \"top_n\" :\t1 ,\n\"bottom_n\":2 }", 1, 2},
		{"escaped key", `{"top\u005fn":1}`, 1, 3},
		{"more than the symbols", `{"top_n":10000,"bottom_n":9}`, 10000, 9},
	}
	m := topBottom(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := over(predictions...)
			in.Params = parsed(t, tt.params)
			_, err := m.Accept(in.Params)
			require.NoError(t, err)
			got, err := run(t, m, in)
			require.NoError(t, err)
			requireSameBits(t, topBottomReference(predictions, tt.top, tt.bottom), got)
		})
	}
}

// What the schema refuses the rule refuses too, should it ever get there.
func TestTopBottomRefusesParams(t *testing.T) {
	tests := []struct {
		name, params, field, message string
		status                       int32
	}{
		{"negative", `{"top_n":-1}`, "top_n", "minimum: got -1, want 0", 1},
		{"fraction", `{"bottom_n":2.5}`, "bottom_n", "got number, want integer", 1},
		{"too large", `{"top_n":10001}`, "top_n", "maximum: got 10001, want 10000", 1},
		{"far too large", `{"top_n":1e300}`, "top_n", "maximum: got 1e+300, want 10000", 1},
		{"many digits", `{"top_n":3.000000000000000000000001}`, "", "", 1},
		{"text", `{"top_n":"3"}`, "top_n", "got string, want integer", 1},
		{"null", `{"bottom_n":null}`, "bottom_n", "got null, want integer", 1},
		{"object", `{"top_n":{"bottom_n":1}}`, "top_n", "got object, want integer", 1},
		{"unknown", `{"top":3}`, "top", "is not a parameter of this rule", 0},
	}
	m := topBottom(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.field != "" {
				var pe *ParamsError
				require.ErrorAs(t, accepts(m, tt.params), &pe)
				require.Len(t, pe.Fields, 1)
				require.Equal(t, tt.field, pe.Fields[0].Field)
				require.Contains(t, pe.Fields[0].Message, tt.message)
			}
			in := over(1, 2, 3)
			in.Params = asWritten(tt.params)
			_, err := run(t, m, in)
			if tt.status == 0 {
				require.NoError(t, err)
				return
			}
			require.Equal(t, tt.status, requireFault(t, err, FaultStatus, "rule_configure").Status)
		})
	}
}

func TestTopBottomRefusesNaN(t *testing.T) {
	m := topBottom(t)
	_, err := run(t, m, over(1, math.NaN(), 2))
	require.Equal(t, int32(2), requireFault(t, err, FaultStatus, "rule_construct answered 2").Status)
}

func TestTopBottomMeta(t *testing.T) {
	meta := topBottom(t).Meta()
	require.Equal(t, "top_bottom", meta.Name)
	require.Equal(t, "1.0.0", meta.Version)
	require.Empty(t, meta.Columns)
	require.NotEmpty(t, meta.Description)
}
