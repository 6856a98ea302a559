package live_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/gate"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/live"
	"edgesignal/host/registry"
)

// heldGate checks nothing until it is let go.
type heldGate struct {
	gate.Gate
	let chan struct{}
}

func (g *heldGate) Check(ctx context.Context, j gate.Job) (*gate.Verdict, error) {
	select {
	case <-g.let:
		return g.Gate.Check(ctx, j)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func TestALoadThatTakesLongIsAProblem(t *testing.T) {
	held := &heldGate{let: make(chan struct{})}
	close(held.let)
	b := demotest.NewServingBoard(t, func(o *live.Options) { held.Gate, o.Gate = o.Gate, held })
	said := func() registry.Observation {
		list, err := b.Observations(t.Context(), strategy)
		require.NoError(t, err)
		require.Len(t, list, 1)
		return list[0]
	}
	held.let = make(chan struct{})
	b.MakeActive(strategy, "v1.1.0")
	loaded := make(chan error)
	go func() { _, err := b.Reload(t.Context(), ""); loaded <- err }()
	require.Eventually(t, func() bool { return said().Desired == "v1.1.0" }, time.Minute, 10*time.Millisecond)
	require.Equal(t, registry.OutcomeUnavailable, said().Outcome)
	require.Equal(t, "v1.1.0 is being loaded, for more than 2s by now", said().Detail)
	require.Len(t, b.Problems(), 1)
	require.Equal(t, "v1.0.0", serving(t, b))
	close(held.let)
	require.NoError(t, <-loaded)
	require.Empty(t, b.Problems())
	require.Equal(t, registry.OutcomeActivated, said().Outcome)

	// One that is given up leaves nothing behind, and says why it failed.
	held.let = make(chan struct{})
	b.MakeActive(strategy, "v1.0.0")
	go func() { _, err := b.Reload(t.Context(), ""); loaded <- err }()
	require.Eventually(t, func() bool { return len(b.Problems()) == 1 }, time.Minute, 10*time.Millisecond)
	b.Board.Close()
	require.ErrorIs(t, <-loaded, context.Canceled)
	st, _ := b.Strategy(strategy)
	require.ErrorIs(t, st.Err, context.Canceled)
}
