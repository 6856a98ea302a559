package live_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/demotest"
)

func TestAMarketThatCannotBeFollowedIsAProblem(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	require.Empty(t, b.Problems())
	lost := errors.New("bucket out of reach")
	b.SetMarketFault(lost)
	require.Equal(t, []error{lost}, b.Problems())
	require.NoError(t, b.Ready(), "it serves on")
	b.SetMarketFault(nil)
	require.Empty(t, b.Problems())
}

func TestAMarketIsRestoredOnlyWhereNoneServes(t *testing.T) {
	newer := demotest.Market(t)
	copied := *newer
	older := &copied
	why, other := errors.New("no answer yet"), errors.New("bucket out of reach")

	b := demotest.NewServingBoard(t, nil)
	require.NoError(t, b.SetMarket(newer))
	require.False(t, b.RestoreMarket(older, why))
	require.Same(t, newer, b.Market())
	require.Empty(t, b.Problems())

	b = demotest.NewBoard(t, nil)
	_, err := b.Reload(t.Context(), "")
	require.NoError(t, err)
	require.True(t, b.RestoreMarket(older, why))
	snap, done, err := b.Current("")
	require.NoError(t, err)
	done()
	require.Same(t, older, snap.Market, "every strategy is on it")
	require.Equal(t, []error{why}, b.Problems())
	require.NoError(t, b.SetMarket(newer))
	b.SetMarketFault(nil)
	require.Empty(t, b.Problems())

	b = demotest.NewBoard(t, nil)
	b.SetMarketFault(other)
	require.True(t, b.RestoreMarket(older, why))
	require.Contains(t, b.Problems(), other, "what is known already")
	require.NotContains(t, b.Problems(), why)
}
