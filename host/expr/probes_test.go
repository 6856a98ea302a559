package expr

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// accidents are probes that Qlib answers only because an expression is run as a Python
// program. They are refused; docs/FEATURES.md lists their kinds.
var accidents = map[string]string{
	"$close if 1 else 2":       "a word of Python",
	"$close*np.pi":             "names of Python",
	"$close*True":              "a name of Python",
	"P($$roe_q)":               "point-in-time",
	`Rolling($close,5,"mean")`: "base class",
	`Rolling($close,5,"max")`:  "base class",
	`Feature("close")`:         "write $close",
	"$close>$vwap>0":           "a chain of comparisons",
	"1<$close<2":               "a chain of comparisons",
	"$nofield&($close>1)":      "where a comparison is needed",
	"$close*1j":                "is no number",
	"Slope($close,0.5)":        "a number with a point",
}

// TestProbes: what Qlib refuses is refused, and what it answers is answered with its
// value on the first day of the probe's three.
func TestProbes(t *testing.T) {
	content, err := os.ReadFile("testdata/probes.txt")
	require.NoError(t, err)
	line := regexp.MustCompile(`^('.*'|".*") +(!! .*|-> \[(.*)\] \w+ rows \d+)$`)
	source := golden(t)
	const first, days = 41, 3
	probes := 0
	for _, l := range strings.Split(string(content), "\n") {
		parts := line.FindStringSubmatch(l)
		if parts == nil {
			continue
		}
		probes++
		text, err := unrepr(parts[1])
		require.NoError(t, err, l)
		t.Run(text, func(t *testing.T) {
			got := make([]float32, 1)
			p, err := Compile([]Field{{"X", text}}, Options{Numerics: Pandas3, Window: true})
			if err == nil {
				err = NewEvaluator(p).Day(got, source, "AAA", first)
			}
			if why, ok := accidents[text]; ok || strings.HasPrefix(parts[2], "!!") {
				require.ErrorContains(t, err, why)
				return
			}
			require.NoError(t, err)
			want := nan32
			if parts[3] != "" {
				want = parse32(t, strings.Split(parts[3], ", ")[0])
			}
			require.True(t, same(want, got[0]), "%v, Qlib has %v", got[0], want)
		})
	}
	require.Greater(t, probes, 110)
}

// unrepr reads a text as Python prints it.
func unrepr(s string) (string, error) {
	quote := s[0]
	s = s[1 : len(s)-1]
	if quote == '\'' {
		s = strings.ReplaceAll(strings.ReplaceAll(s, `\'`, `'`), `"`, `\"`)
	}
	return strconv.Unquote(`"` + s + `"`)
}
