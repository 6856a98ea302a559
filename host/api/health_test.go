package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/release"
)

// Everybody may ask for /health; why something failed is for those who are known.
func TestHealthTellsStrangersNoDetails(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	b.Publish(release.Record{Strategy: artifacts.Strategy, Version: "damaged"}, []byte("tree\ndamaged"), nil)
	b.MakeActive(artifacts.Strategy, "damaged")
	_, err := b.Reload(t.Context(), "")
	require.Error(t, err)
	b.SetMarketFault(errors.New("s3://bars/adjusted: no such bucket"))
	detailed := []string{"s3://bars/adjusted: no such bucket", err.Error()}
	for _, c := range []struct {
		name string
		on   *site
		key  string
		want []string
	}{
		{"this machine, where there are no tokens", serve(t, b.Board, defaultLimits, nil), "", detailed},
		{"elsewhere", far(t, b.Board, nil), "", []string{"market_data", "strategy alpha_baseline: model_malformed"}},
		{"no token", guarded(t, b.Board, nil), "", []string{"market_data", "strategy alpha_baseline: model_malformed"}},
		{"a wrong token", guarded(t, b.Board, nil), "es_wrong", []string{"market_data", "strategy alpha_baseline: model_malformed"}},
		{"a token", guarded(t, b.Board, nil), keys["signals"], detailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			var header []string
			if c.key != "" {
				header = []string{"Authorization", "Bearer " + c.key}
			}
			r := c.on.do(http.MethodGet, "/health", "", header...)
			var a healthAnswer
			require.NoError(t, json.Unmarshal(r.body, &a))
			require.Equal(t, "degraded", a.Status)
			require.Equal(t, c.want, a.Problems)
		})
	}
}
