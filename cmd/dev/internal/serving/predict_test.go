package serving

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPredictions(t *testing.T) {
	figures, err := predictions(`goos: linux
BenchmarkPredict/trees=100/rows=1-2     	      20	        60.00 leaves-ns	        30.00 ns	         2.0 x	    1086 B/op	       1 allocs/op
BenchmarkPredict/trees=100/rows=500-2   	      20	        80.00 leaves-ns	        20.00 ns	         4.0 x	    1086 B/op	       1 allocs/op
BenchmarkPredict/trees=100/rows=500-2   	      20	        90.00 leaves-ns	        18.00 ns	         5.0 x	    1086 B/op	       1 allocs/op
PASS
`)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, write(&out, figures))
	require.Contains(t, out.String(), "| predict, trees=100, rows=1 | CPU a row and tree | 30.0 ns | leaves | 60.0 ns | **0.50** | 0.50, 0.50 |  |\n"+
		"| predict, trees=100, rows=500 | CPU a row and tree | 20.0 ns | leaves | 90.0 ns | **0.25** | 0.20, 0.25 | <= 0.33 |\n")

	for name, printed := range map[string]string{
		"nothing":         "PASS\n",
		"other units":     "BenchmarkPredict/trees=100/rows=1-2 20 60.00 ns/op\n",
		"no number":       "BenchmarkPredict/trees=100/rows=1-2 20 x ns\n",
		"another's lines": "BenchmarkLoad-2 20 60.00 ns\n",
	} {
		_, err := predictions(printed)
		require.Error(t, err, name)
	}
}
