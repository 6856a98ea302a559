package portfolio_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/portfolio"
)

func TestColumnsAreThoseOfTheABI(t *testing.T) {
	var names []string
	for _, c := range portfolio.Columns {
		names = append(names, c.Name)
		require.NotEmpty(t, c.Meaning, c.Name)
		require.True(t, portfolio.ProvidedColumns[c.Name])
	}
	require.Equal(t, []string{"previous_weight", "close", "volatility_20d", "dollar_volume_20d", "sector", "beta_60d"}, names)
	require.Len(t, portfolio.ProvidedColumns, len(names))
	require.False(t, portfolio.ProvidedColumns["prediction"], "every rule has it without asking")
}
