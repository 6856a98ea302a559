package rule

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConstructRefusesInput(t *testing.T) {
	m := admitted(t, wat(t, "columns", `{"name":"columns","version":"2","columns":["close"]}`), Options{})
	one := []float64{1}
	tests := []struct {
		name string
		in   Input
		want string
	}{
		{"no symbols", Input{Columns: [][]float64{nil}}, "rule columns 2: 0 symbols, want 1 to 20000"},
		{"too many symbols", Input{Predictions: make([]float64, MaxSymbols+1)}, "20001 symbols, want 1 to 20000"},
		{"ranks", Input{Predictions: one, Columns: [][]float64{one}}, "0 ranks for 1 predictions"},
		{"no column", Input{Predictions: one, Ranks: one}, "0 columns, want the 1 of its metadata"},
		{"short column", Input{Predictions: one, Ranks: one, Columns: [][]float64{{}}}, "column close has 0 values for 1 predictions"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := run(t, m, tt.in)
			require.ErrorContains(t, err, tt.want)
			var f *Fault
			require.NotErrorAs(t, err, &f)
		})
	}
}

func TestConstructGivesTheColumnsInOrder(t *testing.T) {
	m := admitted(t, wat(t, "columns", `{"name":"columns","version":"1","columns":["close","sector"]}`), Options{})
	weights, err := run(t, m, Input{
		Predictions: []float64{1, 2, 3},
		Ranks:       []float64{3, 2, 1},
		Columns:     [][]float64{{10, 20, 30}, {0.1, math.Copysign(0, -1), 0.3}},
	})
	require.NoError(t, err)
	require.Equal(t, []float64{0.1, math.Copysign(0, -1), 0.3}, weights)
}

func TestConstructRank(t *testing.T) {
	m := admitted(t, wat(t, "columns", plainMeta), Options{})
	weights, err := run(t, m, Input{Predictions: []float64{1, 2}, Ranks: []float64{2, 1}})
	require.NoError(t, err)
	require.Equal(t, []float64{2, 1}, weights)
}

// The largest n with the most columns must fit into the default memory, even
// when the buffers have grown to it step by step.
func TestConstructLargest(t *testing.T) {
	meta := Meta{Name: "counts", Version: "1", Params: noParams}
	for c := range MaxColumns - 2 {
		meta.Columns = append(meta.Columns, "c"+string(rune('a'+c/10))+string(rune('0'+c%10)))
	}
	text, err := json.Marshal(meta)
	require.NoError(t, err)
	m := admitted(t, wat(t, "counts", string(text)), Options{Instances: 1})
	for n := 50; ; n = min(n*2, MaxSymbols) {
		column := make([]float64, n)
		in := Input{Predictions: column, Ranks: column}
		for range meta.Columns {
			in.Columns = append(in.Columns, column)
		}
		weights, err := run(t, m, in)
		require.NoError(t, err)
		require.Equal(t, []float64{MaxColumns, float64(n)}, weights[4:6])
		if n == MaxSymbols {
			break
		}
	}
}

// Each call is as if it were the first: three allocations, one configure.
func TestEachCallIsTheFirst(t *testing.T) {
	m := admitted(t, wat(t, "counts", plainMeta), Options{Instances: 1})
	n := func(n int) []float64 { return make([]float64, n) }
	head := float64('{') + 256*float64('}')
	headA := float64('{') + 256*float64('"')
	tests := []struct {
		name           string
		n              int
		params         string
		length, first2 float64
	}{
		{"first call", 64, "", 2, head},
		{"the same again", 64, "", 2, head},
		{"spelt out", 64, "{}", 2, head},
		{"fewer symbols", 6, "", 2, head},
		{"more symbols", 650, "", 2, head},
		{"other parameters", 128, `{"a":1}`, 7, headA},
		{"the same parameters", 128, `{"a":1}`, 7, headA},
		{"canonical for the guest", 128, ` { "b" : 3, "a" : 1.50 } `, 16, headA},
		{"back to none", 128, "{}", 2, head},
		{"long", 128, `{"a":"` + string(repeat('x', 300)) + `"}`, 308, headA},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			weights, err := run(t, m, Input{Predictions: n(tt.n), Ranks: n(tt.n), Params: parsed(t, tt.params)})
			require.NoError(t, err)
			require.Equal(t, []float64{3, 1, tt.length, tt.first2}, weights[:4])
		})
	}
}

func repeat(b byte, n int) []byte {
	s := make([]byte, n)
	for i := range s {
		s[i] = b
	}
	return s
}

func TestInitializeRunsOncePerInstance(t *testing.T) {
	m := admitted(t, wat(t, "init_once", plainMeta), Options{Instances: 1})
	for range 3 {
		weights, err := run(t, m, over(0.5))
		require.NoError(t, err)
		require.Equal(t, []float64{0.5}, weights)
	}
}
