package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/demotest"
	"edgesignal/host/live"
)

// The demo's bars end on 2024-12-31. A kept answer of yesterday does not say of
// itself today that it is not stale.
func TestAnswersSayThatTheirBarsAreStale(t *testing.T) {
	now := time.Date(2025, 1, 3, 23, 59, 0, 0, time.UTC)
	b := demotest.NewServingBoard(t, func(o *live.Options) {
		o.MaxDataAge, o.Now = 3, func() time.Time { return now }
	})
	s := serve(t, b.Board, defaultLimits, caching)
	metadata := func(path string) signalsMetadata {
		return decode[signalsAnswer](t, s.get(path), http.StatusOK).Metadata
	}
	require.False(t, metadata("/signals").Stale)
	require.Equal(t, http.StatusOK, s.get("/readyz").StatusCode)
	require.NotContains(t, string(s.get("/signals").body), "stale")

	now = now.Add(time.Minute)
	require.True(t, metadata("/signals").Stale)
	require.True(t, metadata("/signals?as_of_date=2025-01-02").Stale)
	require.False(t, metadata("/signals?as_of_date=2024-12-31").Stale, "these were asked for")
	require.True(t, decode[signalsAnswer](t, s.post(generatePath, `{"symbols":["AAPL","MSFT"]}`), http.StatusOK).Metadata.Stale)
	p := decode[problem](t, s.get("/readyz"), http.StatusServiceUnavailable)
	require.Equal(t, stale, p.Code)
	require.Equal(t, "the newest bars are too old: they are of 2024-12-31, 4 days ago, the limit is 3", p.Detail)
	health := decode[healthAnswer](t, s.get("/health"), http.StatusOK)
	require.Equal(t, "degraded", health.Status)
}

func TestAClientMayRefuseOldBars(t *testing.T) {
	s := serve(t, demotest.NewServingBoard(t, nil).Board, defaultLimits, caching)
	for _, answer := range []reply{
		s.get("/signals?min_data_as_of=2025-01-01"), s.get("/signals?as_of_date=2024-12-30&min_data_as_of=2024-12-31"),
		s.post(generatePath, `{"symbols":["AAPL"],"min_data_as_of":"2025-01-01"}`),
	} {
		p := decode[problem](t, answer, http.StatusUnprocessableEntity)
		require.Equal(t, dataTooOld, p.Code)
		require.NotNil(t, p.DataAsOf)
		require.Contains(t, p.Detail, "the bars are of "+p.DataAsOf.String()+", 202")
	}
	whole := s.get("/signals")
	require.Equal(t, http.StatusOK, whole.StatusCode)
	require.Equal(t, http.StatusOK, s.get("/signals?min_data_as_of=2024-12-31").StatusCode)
	require.Equal(t, http.StatusUnprocessableEntity, s.get("/signals?min_data_as_of=2025-01-01").StatusCode, "not from what is kept")
}
