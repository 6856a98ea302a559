package docs

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/expr"
	"edgesignal/host/feature"
)

// The example of FEATURES.md is a set that can be served, and what its last
// table lists is refused.
func TestTheFeatureSetsExampleHolds(t *testing.T) {
	b, err := os.ReadFile("FEATURES.md")
	require.NoError(t, err)
	example := jsonBlock.FindSubmatch(b)
	require.NotNil(t, example)
	set, err := feature.Parse(example[1])
	require.NoError(t, err)
	plan, err := feature.Compile(set, feature.Serving)
	require.NoError(t, err)
	require.Equal(t, []string{"KMID", "MOM20", "TURN5"}, plan.Inputs())

	rows := regexp.MustCompile("(?m)^\\| (`.*?`) \\| [^|]* \\| [^|]* \\|$").FindAllSubmatch(b[regexp.MustCompile("accident of Python").FindIndex(b)[0]:], -1)
	require.Len(t, rows, 5)
	for _, row := range rows {
		for _, text := range regexp.MustCompile("`([^`]+)`").FindAllSubmatch(row[1], -1) {
			_, err := expr.Compile([]expr.Field{{Name: "F", Expression: string(text[1])}}, expr.Options{})
			require.Error(t, err, "%s", text[1])
		}
	}
}
