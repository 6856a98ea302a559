package expr

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// print writes a tree as Qlib prints expressions.
func print(t *tree) string {
	switch t.kind {
	case treeField:
		return "$" + t.name
	case treeText:
		return "'" + t.name + "'"
	case treeNumber:
		if t.number.isInt() {
			return t.number.key()
		}
		return fmt.Sprint(t.number.float)
	}
	var args []string
	for _, a := range t.args {
		args = append(args, print(a))
	}
	return t.name + "(" + strings.Join(args, ",") + ")"
}

// TestParse: precedence, folding and mirrored comparisons are Python's.
func TestParse(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"products before sums", "$a+$b*$c", "Add($a,Mul($b,$c))"},
		{"from the left", "$a-$b-$c", "Sub(Sub($a,$b),$c)"},
		{"parentheses", "$a-($b-$c)", "Sub($a,Sub($b,$c))"},
		{"power before products", "2*$a**2", "Mul(2,Power($a,2))"},
		{"power from the right", "$a**$b**2", "Power($a,Power($b,2))"},
		{"power before a sign", "-2**2*$a", "Mul(-4,$a)"},
		{"a sign in an exponent", "$a**-1", "Power($a,-1)"},
		{"two signs", "$a--1", "Sub($a,-1)"},
		{"and before comparisons", "$a>$b&$c>$d", ""},
		{"or after and", "($a>1)|($b>1)&($c>1)", "Or(Gt($a,1),And(Gt($b,1),Gt($c,1)))"},
		{"a number on the left of a comparison", "2<$a", "Gt($a,2)"},
		{"a number on the left of an equation", "2==$a", "Eq($a,2)"},
		{"spaces", " Mean( $a , 5 ) ", "Mean($a,5)"},
		{"spaces in a sign", "$a < = $b", "Le($a,$b)"},
		{"line breaks in parentheses", "Mean($a,\n5)\n", "Mean($a,5)"},
		{"whole numbers", "$a*(2**70+1)", "Mul($a,1180591620717411303425)"},
		{"a quotient of whole numbers", "$a*(1/3)", "Mul($a,0.3333333333333333)"},
		{"rounded down", "$a*(-7//2)", "Mul($a,-4)"},
		{"rest with the sign of the divisor", "$a*(-7%3)", "Mul($a,2)"},
		{"rest of numbers with a point", "$a*(5.5%-2)", "Mul($a,-0.5)"},
		{"a negative exponent", "$a*2**-2", "Mul($a,0.25)"},
		{"a root", "$a**2**0.5", "Power($a,1.4142135623730951)"},
		{"a power of numbers with a point", "$a*1.1**-7.3", "Mul($a,0.4986931448463441)"},
		{"hexadecimal", "0x1F*$a", "Mul(31,$a)"},
		{"underscores", "1_000.5*$a", "Mul(1000.5,$a)"},
		{"full-width signs in a field", "$净利（元）", "$净利（元）"},
		{"a text", `Mask($a,"sh600000")`, "Mask($a,'sh600000')"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree, err := parse(tt.text)
			if tt.want == "" {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, print(tree))
		})
	}
}

// TestRefused: an error says what is wrong, where, and how to write it.
func TestRefused(t *testing.T) {
	tests := []struct {
		name, text string
		position   int
		problem    string
		cure       string
	}{
		{"a chain of comparisons", "1<$a<50", 5, "a chain of comparisons", "(a<b) & (b<c)"},
		{"a minus before a field", "2*-$a", 3, "a minus before what is not a number", "0-a"},
		{"a plus before a field", "+$a", 1, "a plus before what is not a number", "leave it out"},
		{"a tilde", "~($a>1)", 1, "~ is not supported", "Not(a)"},
		{"and", "$a and $b", 4, `"and" is a word of Python`, "(a) & (b)"},
		{"or between parentheses", "($a>1) or ($b>1)", 8, `"or" is a word of Python`, "(a) | (b)"},
		{"not", "not ($a>1)", 1, `"not" is a word of Python`, "Not(a)"},
		{"if", "$a if 1 else 2", 4, `"if" is a word of Python`, "If(condition, a, b)"},
		{"a space in a field", "$clo se", 6, "a space inside a name", ""},
		{"a space in a number", "1 0*$a", 3, "a space inside a name or a number", ""},
		{"a window with a point", "Mean($a,5.0)", 9, "Mean: the window is a number with a point", "without a point"},
		{"a negative window", "Mean($a,-5)", 9, "Mean: the window is negative", ""},
		{"too long a window", "Mean($a,1000001)", 9, "a window of more than 1000000 rows", ""},
		{"too short a window", "Skew($a,2)", 9, "at least 3 rows", ""},
		{"no window", "Mean($a)", 1, "Mean takes 2 operands, not 1", ""},
		{"a column as window", "Mean($a,$b)", 9, "where a number is needed", ""},
		{"an operator in lower case", "mean($a,5)", 1, `unknown operator "mean"`, "is it Mean?"},
		{"an unknown operator", "$b+Foo($a)", 4, `unknown operator "Foo"`, ""},
		{"point-in-time data", "P($a)", 1, "point-in-time", ""},
		{"a point-in-time field", "$$roe", 1, "point-in-time", ""},
		{"resampling", "TResample($a,'W','mean')", 1, "TResample", ""},
		{"a name of Python", "$a*pi", 4, `"pi" is a name of Python`, "fields begin with $"},
		{"numbers only", "Add(1,2)", 1, "Add of numbers only", ""},
		{"a number alone", "1+1", 1, "the expression is a whole number", "$close"},
		{"a text alone", "'a'", 1, "the expression is a text", "$close"},
		{"a text in arithmetic", "$a+'b'", 4, "a text where", ""},
		{"a list", "($a,$b)", 4, "a list", ""},
		{"brackets", "[$a]", 1, "character U+005B", ""},
		{"no end", "Mean($a,5", 5, "a parenthesis that does not end", ""},
		{"no operand", "$a+", 4, "ends too early", ""},
		{"two operands", "$a$b", 3, `"b" does not belong here`, ""},
		{"nothing", "", 1, "ends too early", ""},
		{"an open quote", "Mask($a,'b)", 9, "a quote that does not end", ""},
		{"a keyword", "Mean($a,N=5)", 10, "= is not supported", "by position"},
		{"a rest of fields", "$a%2", 3, "% is not supported on fields", ""},
		{"a complex number", "$a*1j", 4, `"1j" is no number`, ""},
		{"a number with zeros before it", "$a*007", 4, `"007" is no number`, ""},
		{"a division by zero", "$a*(1/0)", 6, "a division of numbers by zero", ""},
		{"too large a power", "$a*9**9999", 5, "more than 4096 bits", ""},
		{"a tower of powers", "$a*9**9**9**9", 8, "more than 4096 bits", ""},
		{"a line break", "$a\n+1", 3, "a line break", "in one line"},
		{"not of a field", "Not($a)", 1, "Not of a column of float32", "Not($close>0)"},
		{"and of fields", "$a&$b", 3, "and of a column of float32", "($close>0)"},
		{"a difference of comparisons", "($a>1)-($b>1)", 7, "a comparison minus a comparison", "multiply"},
		{"a quotient of comparisons", "($a>1)/($b>1)", 7, "a comparison divided by a comparison", "multiply"},
		{"a condition that is a number", "If(1,$a,$b)", 4, "If of a whole number, where a column is needed", ""},
		{"an operand that is a number", "Mean(5,3)", 6, "Mean of a whole number", ""},
		{"a correlation with a number", "Corr($a,1,5)", 9, "Corr with a number", ""},
		{"a correlation over all rows", "Corr($a,$b,0)", 12, "over all rows", "a window"},
		{"a quantile beyond 1", "Quantile($a,5,1.5)", 15, "outside of 0 to 1", ""},
		{"a label", "Ref($a,-1)", 8, "Ref of a later day", "training"},
		{"a symbol without quotes", "Mask($a,$b)", 9, "a symbol in quotes", "Mask($close,'AAPL')"},
		{"too deep", strings.Repeat("(", 101) + "$a" + strings.Repeat(")", 101), 101, "more than 100 operators and parentheses", ""},
		{"too many signs", strings.Repeat("-", 101) + "1*$a", 101, "more than 100 operators and parentheses", ""},
		{"too long", "$a" + strings.Repeat("+1", MaxText/2), 0, "the limit is 10000", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Compile([]Field{{"X", tt.text}}, Options{})
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, "X", e.Column)
			require.Equal(t, tt.position, e.Position, "%v", err)
			require.Contains(t, e.Problem, tt.problem)
			require.Contains(t, e.Cure, tt.cure)
		})
	}
}

// FuzzCompile: no text makes the compiler fail but with an Error, and what it accepts can
// be evaluated.
func FuzzCompile(f *testing.F) {
	for _, field := range goldenFields(f, "expressions.csv") {
		f.Add(field.Expression)
	}
	for _, text := range []string{"1<$a<50", "$a and $b", "9**9**9", "((((", "Mask($close,'AAA')/$close", "0x_1*$a", "$净", "Ref($close>1,1)&($open>1)"} {
		f.Add(text)
	}
	source := golden(f)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Compile([]Field{{"X", text}}, Options{Research: true})
		if err != nil {
			var e *Error
			require.ErrorAs(t, err, &e)
			require.GreaterOrEqual(t, e.Position, 0)
			return
		}
		got := make([]float32, len(source.calendar))
		e := NewEvaluator(p)
		if e.History(got, source, "BBB", len(got), 0, len(got)) == nil {
			_ = e.Day(got[:1], source, "BBB", 100)
		}
	})
}

// A chain of comparisons is its last one for Qlib. Research may ask for that; a release may not.
func TestChains(t *testing.T) {
	for _, text := range []string{"1<$a<50", "$b>$a>0", "1<2*$a<$b<=50", "($a<1)&$b<$a<2"} {
		t.Run(text, func(t *testing.T) {
			_, err := Compile([]Field{{"X", text}}, Options{})
			require.ErrorContains(t, err, "a chain of comparisons")
			p, err := Compile([]Field{{"X", text}}, Options{Research: true})
			require.NoError(t, err)
			require.Equal(t, []string{"X"}, p.Chained())
		})
	}
	last, _, err := read("1<$a<$b", true)
	require.NoError(t, err)
	only, err := parse("$a<$b")
	require.NoError(t, err)
	require.Equal(t, only.name, last.name)
	require.Equal(t, only.args[0].name, last.args[0].name)
	require.Equal(t, only.args[1].name, last.args[1].name)
}
