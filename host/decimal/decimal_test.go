package decimal_test

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/host/decimal"
)

func TestAppend(t *testing.T) {
	for _, tc := range []struct {
		v    float64
		want string
	}{
		{0, "0"}, {math.Copysign(0, -1), "0"}, {1, "1"}, {-1.0 / 3, "-0.3333333333333333"}, {0.1, "0.1"},
		{1e-6, "0.000001"}, {9.9999999999999e-7, "9.9999999999999e-7"}, {1e-10, "1e-10"}, {-1e-9, "-1e-9"}, {1e-100, "1e-100"},
		{1e20, "100000000000000000000"}, {1e21, "1e+21"}, {math.MaxFloat64, "1.7976931348623157e+308"}, {math.SmallestNonzeroFloat64, "5e-324"},
	} {
		t.Run(tc.want, func(t *testing.T) {
			require.Equal(t, "x"+tc.want, string(decimal.Append([]byte("x"), tc.v)))
		})
	}
}

func TestAppendIsJSONsOwnAndReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := math.Float64frombits(rapid.Uint64().Draw(t, "bits"))
		if rapid.Bool().Draw(t, "near one") {
			v = rapid.Float64Range(-2, 2).Draw(t, "v")
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return
		}
		text := decimal.Append(nil, v)
		if v != 0 {
			want, err := json.Marshal(v)
			require.NoError(t, err)
			require.Equal(t, string(want), string(text))
		}
		back, err := strconv.ParseFloat(string(text), 64)
		require.NoError(t, err)
		require.Equal(t, v, back)
	})
}
