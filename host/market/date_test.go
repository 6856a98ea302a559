package market_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/host/market"
)

func TestDate(t *testing.T) {
	for _, tc := range []struct {
		text string
		days market.Date
	}{{"1970-01-01", 0}, {"1969-12-31", -1}, {"2024-02-29", 19782}, {"2024-12-31", 20088}} {
		t.Run(tc.text, func(t *testing.T) {
			d, err := market.ParseDate(tc.text)
			require.NoError(t, err)
			require.Equal(t, tc.days, d)
			require.Equal(t, tc.text, d.String())
		})
	}
	for _, bad := range []string{"", "2024-02-30", "2024-1-2", "20240102", "2024-01-02T00:00:00Z", " 2024-01-02"} {
		_, err := market.ParseDate(bad)
		require.Error(t, err, bad)
	}
}

func TestDateOfIsTheDayOnTheClock(t *testing.T) {
	late := time.Date(2024, 12, 31, 23, 30, 0, 0, time.FixedZone("UTC-5", -5*3600))
	require.Equal(t, "2024-12-31", market.DateOf(late).String())
}

func TestDateSurvivesJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := market.Date(rapid.Int32Range(-25567, 84005).Draw(t, "day"))
		b, err := json.Marshal(d)
		require.NoError(t, err)
		var back market.Date
		require.NoError(t, json.Unmarshal(b, &back))
		require.Equal(t, d, back)
	})
}
