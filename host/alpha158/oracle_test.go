package alpha158

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/market"
	"edgesignal/host/numpy"
)

// oracle evaluates Qlib's expressions as they are written, one operator and
// one window at a time: the slow, obvious reading of alpha158_table.csv that
// the engine is held against.
type oracle struct {
	t     testing.TB
	bars  market.Columns
	cache map[string]column
}

// column is the value of an expression: a column of float32, float64 or bool
// (as 0 and 1), or a number.
type column struct {
	kind   kind
	values []float64 // float32 columns hold float32 values
	number float64
}

type kind int

const (
	number kind = iota
	boolean
	single // float32
	double // float64
)

// formula is one line of the table.
type formula struct {
	name       string
	expression ast.Expr
	text       string
	leftWindow int
}

// readTable parses the table. With its dollar signs dropped a Qlib expression
// is a Go expression of the same precedence.
func readTable(t testing.TB) []formula {
	t.Helper()
	header, records := readCSV(t, "testdata/alpha158_table.csv")
	require.Equal(t, []string{"idx", "name", "expression", "left_window"}, header)
	var table []formula
	for i, r := range records {
		require.Equal(t, strconv.Itoa(i), r[0])
		text := strings.ReplaceAll(strings.ReplaceAll(r[2], "$", ""), " ", "")
		expression, err := parser.ParseExpr(text)
		require.NoError(t, err, r[2])
		back, err := strconv.Atoi(r[3])
		require.NoError(t, err)
		table = append(table, formula{name: r[1], expression: expression, text: text, leftWindow: back})
	}
	return table
}

func newOracle(t testing.TB, bars market.Columns) *oracle {
	return &oracle{t: t, bars: bars, cache: map[string]column{}}
}

// feature returns one formula's column, cast to float32.
func (o *oracle) feature(f formula) []float32 {
	c := o.eval(f.text, f.expression)
	out := make([]float32, len(c.values))
	for i, v := range c.values {
		out[i] = float32(v)
	}
	return out
}

// eval returns the value of e, a part of text.
func (o *oracle) eval(text string, e ast.Expr) column {
	key := text[e.Pos()-1 : e.End()-1]
	if c, ok := o.cache[key]; ok {
		return c
	}
	var c column
	switch e := e.(type) {
	case *ast.ParenExpr:
		c = o.eval(text, e.X)
	case *ast.BasicLit:
		v, err := strconv.ParseFloat(e.Value, 64)
		require.NoError(o.t, err)
		c = column{kind: number, number: v}
	case *ast.Ident:
		c = o.field(e.Name)
	case *ast.BinaryExpr:
		c = elementwise(o.eval(text, e.X), o.eval(text, e.Y), e.Op)
	case *ast.CallExpr:
		var args []column
		for _, a := range e.Args {
			args = append(args, o.eval(text, a))
		}
		operator, ok := e.Fun.(*ast.Ident)
		require.True(o.t, ok, "%s", key)
		c = o.call(operator.Name, args)
	default:
		require.Fail(o.t, "unknown expression", "%s", key)
	}
	o.cache[key] = c
	return c
}

// field returns a column of the bars; a vwap that is not there is NaN.
func (o *oracle) field(name string) column {
	values := map[string][]float32{
		"open": o.bars.Open, "high": o.bars.High, "low": o.bars.Low,
		"close": o.bars.Close, "volume": o.bars.Volume, "vwap": o.bars.VWAP,
	}[name]
	c := column{kind: single, values: make([]float64, o.bars.Len())}
	for i := range c.values {
		c.values[i] = math.NaN()
		if values != nil {
			c.values[i] = float64(values[i])
		}
	}
	return c
}

// elementwise returns a binary operator. Two float32 columns, or one and a number
// rounded to float32, give float32; with a float64 column it is float64. One
// operation on float32 values in float64, rounded once more to float32, is the
// float32 operation exactly.
func elementwise(a, b column, op token.Token) column {
	n := max(len(a.values), len(b.values))
	out := column{kind: max(a.kind, b.kind, single), values: make([]float64, n)}
	if op == token.GTR || op == token.LSS {
		out.kind = boolean
	}
	at := func(c column, i int) float64 {
		switch {
		case c.kind == number && out.kind == double:
			return c.number
		case c.kind == number:
			return float64(float32(c.number))
		}
		return c.values[i]
	}
	for i := range n {
		x, y := at(a, i), at(b, i)
		var v float64
		switch op {
		case token.ADD:
			v = x + y
		case token.SUB:
			v = x - y
		case token.MUL:
			v = float64(x * y)
		case token.QUO:
			v = x / y
		case token.GTR:
			v = truth(x > y)
		case token.LSS:
			v = truth(x < y)
		}
		if out.kind == single {
			v = float64(float32(v))
		}
		out.values[i] = v
	}
	return out
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// each applies a float64 function to a column, keeping its kind.
func each(c column, f func(float64) float64) column {
	out := column{kind: c.kind, values: make([]float64, len(c.values))}
	for i, v := range c.values {
		out.values[i] = f(v)
	}
	return out
}

// call returns an operator by name.
func (o *oracle) call(name string, args []column) column {
	x := args[0]
	switch name {
	case "Greater", "Less":
		pick := math.Max
		if name == "Less" {
			pick = math.Min
		}
		y := args[1]
		out := column{kind: single, values: make([]float64, len(x.values))}
		for i, v := range x.values {
			w := y.number
			if y.kind != number {
				w = y.values[i]
			}
			out.values[i] = pick(v, w)
			if v != v || w != w { // math.Max(+Inf, NaN) is +Inf
				out.values[i] = math.NaN()
			}
		}
		return out
	case "Abs":
		return each(x, math.Abs)
	case "Log":
		return each(x, func(v float64) float64 { return float64(numpy.Log32(float32(v))) })
	case "Ref":
		n := int(args[1].number)
		out := column{kind: x.kind, values: make([]float64, len(x.values))}
		for i := range out.values {
			out.values[i] = math.NaN()
			if i >= n {
				out.values[i] = x.values[i-n]
			}
		}
		return out
	case "Corr":
		return o.roll(int(args[2].number), len(x.values), func(from, to, _ int) float64 {
			return naiveCorr(x.values[from:to], args[1].values[from:to])
		})
	case "Slope", "Rsquare", "Resi":
		return o.roll(int(args[1].number), len(x.values), func(from, to, n int) float64 {
			return naiveLine(name, x.values[from:to], n)
		})
	}
	// The rest turn an infinity into NaN first.
	x = each(x, missingInf)
	q := 0.0
	if name == "Quantile" {
		q = args[2].number
	}
	return o.roll(int(args[1].number), len(x.values), func(from, to, _ int) float64 {
		return naive(o.t, name, x.values[from:to], q)
	})
}

// roll calls f with each row's window [from, to) and its full length.
func (o *oracle) roll(n, rows int, f func(from, to, n int) float64) column {
	out := column{kind: double, values: make([]float64, rows)}
	for i := range out.values {
		out.values[i] = f(max(0, i+1-n), i+1, n)
	}
	return out
}
