package expr

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// obvious evaluates a tree as one would by hand: whole columns as float64 with the
// name of their type beside, every window read anew. It knows float32, float64 and
// bool, and the operators for which that is exact.
type obvious struct {
	fields map[string][]float32
	rows   int
}

type plain struct {
	typ    Type
	values []float64
	number bool
}

func (o *obvious) eval(t *tree) plain {
	switch t.kind {
	case treeField:
		p := plain{typ: Float32}
		for _, v := range o.fields[strings.ToLower(t.name)] {
			p.values = append(p.values, float64(v))
		}
		return p
	case treeNumber:
		v, _ := t.number.float64()
		return plain{number: true, values: []float64{v}}
	}
	var in []plain
	for _, a := range t.args {
		in = append(in, o.eval(a))
	}
	if f := windowed1[t.name]; f != nil {
		n := int(in[1].values[0])
		return o.each(Float64, func(i int) float64 {
			from := 0
			if n > 0 {
				from = max(0, i+1-n)
			}
			window := slices.Clone(in[0].values[from : i+1])
			if t.name != "Count" {
				for k, v := range window {
					if math.IsInf(v, 0) {
						window[k] = math.NaN()
					}
				}
			}
			return f(window)
		})
	}
	if f := pairs[t.name]; f != nil {
		typ, a, b := o.meet(in[0], in[1])
		out := o.each(typ, func(i int) float64 { return round(typ, f(a[i], b[i])) })
		if strings.Contains("Gt Ge Lt Le Eq Ne And Or", t.name) {
			out.typ = Bool
		}
		return out
	}
	x := in[0].values
	switch t.name {
	case "Not":
		return o.each(Bool, func(i int) float64 { return 1 - x[i] })
	case "Abs":
		return o.each(in[0].typ, func(i int) float64 { return math.Abs(x[i]) })
	case "If":
		typ, a, b := o.meet(in[1], in[2])
		return o.each(typ, func(i int) float64 {
			if x[i] != 0 {
				return a[i]
			}
			return b[i]
		})
	case "Ref", "Delta":
		n := int(in[1].values[0])
		return o.each(in[0].typ, func(i int) float64 {
			before := math.NaN()
			if n == 0 {
				before = x[0]
			} else if i >= n {
				before = x[i-n]
			}
			if t.name == "Ref" {
				return before
			}
			return round(in[0].typ, x[i]-before)
		})
	}
	panic(t.name)
}

func (o *obvious) each(t Type, f func(i int) float64) plain {
	p := plain{typ: t}
	for i := range o.rows {
		p.values = append(p.values, f(i))
	}
	return p
}

// meet returns two operands in their common type, a number in the other's.
func (o *obvious) meet(x, y plain) (t Type, a, b []float64) {
	spread := func(p plain) []float64 {
		if !p.number {
			return p.values
		}
		return slices.Repeat([]float64{round(t, p.values[0])}, o.rows)
	}
	switch {
	case x.number:
		t = y.typ
	case y.number:
		t = x.typ
	default:
		t = max(x.typ, y.typ)
	}
	return t, spread(x), spread(y)
}

func round(t Type, v float64) float64 {
	if t == Float32 {
		return float64(float32(v))
	}
	return v
}

var pairs = map[string]func(a, b float64) float64{
	"Add": func(a, b float64) float64 { return a + b }, "Sub": func(a, b float64) float64 { return a - b },
	"Mul": func(a, b float64) float64 { return a * b }, "Div": func(a, b float64) float64 { return a / b },
	"Greater": func(a, b float64) float64 { return max(a, b) }, "Less": func(a, b float64) float64 { return min(a, b) },
	"Gt": func(a, b float64) float64 { return number(a > b) }, "Ge": func(a, b float64) float64 { return number(a >= b) },
	"Lt": func(a, b float64) float64 { return number(a < b) }, "Le": func(a, b float64) float64 { return number(a <= b) },
	"Eq": func(a, b float64) float64 { return number(a == b) }, "Ne": func(a, b float64) float64 { return number(a != b) },
	"And": func(a, b float64) float64 { return a * b }, "Or": func(a, b float64) float64 { return max(a, b) },
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// windowed1 are operators of one window, oldest row first.
var windowed1 = map[string]func(w []float64) float64{
	"Count": func(w []float64) float64 { return float64(len(there(w))) },
	"Max":   func(w []float64) float64 { return overThere(w, slices.Max[[]float64]) },
	"Min":   func(w []float64) float64 { return overThere(w, slices.Min[[]float64]) },
	"Med": func(w []float64) float64 {
		return overThere(w, func(v []float64) float64 {
			slices.Sort(v)
			return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
		})
	},
	"IdxMax": func(w []float64) float64 { return position(w, slices.Max[[]float64]) },
	"IdxMin": func(w []float64) float64 { return position(w, slices.Min[[]float64]) },
	"Rank": func(w []float64) float64 {
		today, below, equal := w[len(w)-1], 0.0, 0.0
		for _, v := range w {
			below += number(v < today)
			equal += number(v == today)
		}
		if equal == 0 {
			return math.NaN()
		}
		return (below + (equal+1)/2) / float64(len(there(w)))
	},
}

func there(w []float64) []float64 { return slices.DeleteFunc(slices.Clone(w), math.IsNaN) }

func overThere(w []float64, f func([]float64) float64) float64 {
	v := there(w)
	if len(v) == 0 {
		return math.NaN()
	}
	return f(v)
}

func position(w []float64, best func([]float64) float64) float64 {
	return overThere(w, func(v []float64) float64 {
		if i := slices.IndexFunc(w, math.IsNaN); i >= 0 {
			return float64(i + 1)
		}
		return float64(slices.Index(w, best(v)) + 1)
	})
}

// expression draws a text: kind is 'x' for a number a row, 'c' for a comparison.
func expression(t *rapid.T, kind byte, depth int) string {
	draw := func(words ...string) string { return rapid.SampledFrom(words).Draw(t, "word") }
	x := func() string { return expression(t, 'x', depth-1) }
	c := func() string { return expression(t, 'c', depth-1) }
	value := func() string {
		if rapid.IntRange(0, 3).Draw(t, "number") == 0 {
			return draw("0", "1", "-1", "2.5", "1e-12", "0.1")
		}
		return x()
	}
	if kind == 'c' {
		switch {
		case depth <= 0 || rapid.Bool().Draw(t, "simple"):
			return "(" + x() + draw("<", "<=", ">", ">=", "==", "!=") + value() + ")"
		case rapid.Bool().Draw(t, "not"):
			return "Not(" + c() + ")"
		}
		return "(" + c() + draw("&", "|") + c() + ")"
	}
	window := draw("0", "1", "2", "3", "5", "8", "13", "40", "100")
	switch rapid.IntRange(0, 7).Draw(t, "form") * min(depth, 1) {
	case 1:
		return "(" + x() + draw("+", "-", "*", "/") + value() + ")"
	case 2:
		return draw("Greater", "Less") + "(" + x() + "," + x() + ")"
	case 3:
		return "If(" + c() + "," + x() + "," + value() + ")"
	case 4:
		return draw("Ref", "Delta") + "(" + x() + "," + window + ")"
	case 5:
		return "Abs(" + x() + ")"
	case 6, 7:
		operand := x()
		if rapid.IntRange(0, 4).Draw(t, "comparison") == 0 {
			operand = c()
		}
		return draw("Count", "Max", "Min", "Med", "IdxMax", "IdxMin", "Rank") + "(" + operand + "," + window + ")"
	}
	return draw("$close", "$open", "$volume")
}

// TestPropertyObvious: random expressions over random bars are what the obvious evaluator
// says, over all days and from any checkpoint.
func TestPropertyObvious(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := expression(t, 'x', 4)
		rows := rapid.IntRange(1, 60).Draw(t, "rows")
		value := rapid.SampledFrom([]float32{nan32, 0, 0.5, 1, 1, 2, 3, 10.1, 10.1, 99.7, 1e6, 3e7, -1.5, 1e-7})
		source := &bars{calendar: make([]string, rows), first: map[string]int{"A": 0}, columns: map[string]map[string][]float32{"A": {}}}
		for _, field := range []string{"close", "open", "volume"} {
			source.columns["A"][field] = rapid.SliceOfN(value, rows, rows).Draw(t, field)
		}
		tree, err := parse(text)
		require.NoError(t, err)
		want := (&obvious{source.columns["A"], rows}).eval(tree).values
		p, err := Compile([]Field{{"X", text}}, Options{})
		require.NoError(t, err)
		e := NewEvaluator(p)
		got := make([]float32, rows)
		require.NoError(t, e.History(got, source, "A", rows, 0, rows))
		for i := range got {
			require.True(t, float32(want[i]) == got[i] || want[i] != want[i] && got[i] != got[i], "%s, row %d: %v, by hand %v", text, i, got[i], want[i])
		}
		at := rapid.IntRange(0, rows-1).Draw(t, "checkpoint")
		kept, _, err := e.Pass(source, "A", rows, nil, []int{at})
		require.NoError(t, err)
		again := make([]float32, rows-at)
		require.NoError(t, e.From(kept[0], again, source, "A", at, rows))
		for i := range again {
			require.True(t, same(got[at+i], again[i]), "%s, row %d from %d: %v, %v over all days", text, at+i, at, again[i], got[at+i])
		}
	})
}
