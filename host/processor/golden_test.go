package processor

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// table is what Qlib has for some days, a row a symbol and day.
type table struct {
	columns []string
	rows    [][]string // date, symbol, then the columns
}

func readTable(t testing.TB, name string) table {
	f, err := os.Open(filepath.Join("testdata", name+".csv"))
	require.NoError(t, err)
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	return table{records[0][2:], records[1:]}
}

// days gives each day's rows to use.
func (tb table) days(use func(date string, rows [][]string)) {
	for begin := 0; begin < len(tb.rows); {
		end := begin + 1
		for end < len(tb.rows) && tb.rows[end][0] == tb.rows[begin][0] {
			end++
		}
		use(tb.rows[begin][0], tb.rows[begin:end])
		begin = end
	}
}

// golden is one of Qlib's processors as the recorder wrote it down.
type golden struct {
	Name, Class, Input string
	Kwargs             json.RawMessage
	State              map[string]struct{ Values []string }
	StateColumns       [][]string `json:"state_columns"`
	Columns            [][]string
	ForInfer           bool `json:"for_infer"`
}

func goldens(t testing.TB) (list []golden) {
	text, err := os.ReadFile("testdata/processors.json")
	require.NoError(t, err)
	var file struct{ Processors []golden }
	require.NoError(t, json.Unmarshal(text, &file))
	return file.Processors
}

// spec writes the processor as a feature set has it.
func (g *golden) spec(t testing.TB) string {
	state := map[string]map[string]any{}
	for kind, values := range g.State {
		state[kind] = map[string]any{}
		for i, column := range g.StateColumns {
			v, err := strconv.ParseFloat(values.Values[i], 32)
			require.NoError(t, err)
			state[kind][column[1]] = v
			if math.IsNaN(v) || math.IsInf(v, 0) {
				state[kind][column[1]] = values.Values[i]
			}
		}
	}
	text, err := json.Marshal([]any{map[string]any{"class": g.Class, "kwargs": g.Kwargs, "state": state}})
	require.NoError(t, err)
	return string(text)
}

// label returns a column of the recorder's frame.
func label(name string) Label {
	if name == "LABEL0" {
		return Label{"label", name}
	}
	return Label{"feature", name}
}

// TestQlib holds every infer processor against Qlib's own output, in bits; the
// hyperbolic tangent within one unit in the last place.
func TestQlib(t *testing.T) {
	tested := map[string]bool{}
	for _, g := range goldens(t) {
		if !g.ForInfer {
			_, err := Parse(g.spec(t))
			require.ErrorContains(t, err, "it is for training alone")
			continue
		}
		tested[g.Class] = true
		t.Run(g.Name, func(t *testing.T) {
			in, out := readTable(t, g.Input), readTable(t, g.Name)
			var labels []Label
			for _, name := range in.columns {
				labels = append(labels, label(name))
			}
			chain := compile(t, g.spec(t), labels)
			var names []string
			for i, l := range chain.Columns() {
				require.Equal(t, Label{g.Columns[i][0], g.Columns[i][1]}, l)
				names = append(names, l.Name)
			}
			require.Equal(t, out.columns, names)

			want := map[string][]string{}
			for _, r := range out.rows {
				want[r[0]+" "+r[1]] = r[2:]
			}
			seen := 0
			in.days(func(date string, rows [][]string) {
				f := frameOf(t, labels, rows)
				require.NoError(t, chain.Apply(f))
				for i, row := range f.Rows {
					w := want[date+" "+rows[row][1]]
					require.NotNil(t, w, "%s %s is to be dropped", date, rows[row][1])
					seen++
					for j := range f.Columns {
						requireCell(t, w[j], &f.Columns[j], i, g.Class == "TanhProcess", "%s %s %s", date, rows[row][1], names[j])
					}
				}
			})
			require.Equal(t, len(want), seen)
		})
	}
	for name := range classes {
		require.True(t, tested[name], "no golden output of %s", name)
	}
}

func compile(t testing.TB, list string, labels []Label) *Chain {
	specs, err := Parse(list)
	require.NoError(t, err)
	chain, err := Compile(specs, labels, true)
	require.NoError(t, err)
	return chain
}

func frameOf(t testing.TB, labels []Label, rows [][]string) *Frame {
	values := make([][]float32, len(labels))
	for j := range labels {
		for _, r := range rows {
			v, err := strconv.ParseFloat(r[2+j], 32)
			require.NoError(t, err)
			values[j] = append(values[j], float32(v))
		}
	}
	return NewFrame(labels, values)
}

func requireCell(t testing.TB, want string, c *Column, row int, ulp bool, place string, args ...any) {
	t.Helper()
	if c.F64 != nil {
		w, err := strconv.ParseFloat(want, 64)
		require.NoError(t, err)
		g := c.F64[row]
		if math.Float64bits(w) != math.Float64bits(g) && !(w != w && g != g) {
			require.Failf(t, "bits differ", place+": want %v, got %v", append(args, w, g)...)
		}
		return
	}
	w64, err := strconv.ParseFloat(want, 32)
	require.NoError(t, err)
	w, g := float32(w64), c.F32[row]
	same := math.Float32bits(w) == math.Float32bits(g) || w != w && g != g
	if !same && !(ulp && math.Nextafter32(w, g) == g) {
		require.Failf(t, "bits differ", place+": want %v, got %v", append(args, w, g)...)
	}
}
