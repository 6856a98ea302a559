package registrytest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// calls returns every method that talks to the database.
func calls(r registry.Registry) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Register": func(ctx context.Context) error { _, err := r.Register(ctx, plain("s", "v2")); return err },
		"Get":      func(ctx context.Context) error { _, err := r.Get(ctx, ref("s", "v1")); return err },
		"List":     func(ctx context.Context) error { _, err := r.List(ctx, ""); return err },
		"Active":   func(ctx context.Context) error { _, err := r.Active(ctx, "s"); return err },
		"Activate": func(ctx context.Context) error { _, _, err := r.Activate(ctx, ref("s", "v1"), "", ""); return err },
		"Rollback": func(ctx context.Context) error { _, _, err := r.Rollback(ctx, "s", "", ""); return err },
		"Fail":     func(ctx context.Context) error { _, err := r.Fail(ctx, ref("s", "v1"), "", ""); return err },
		"RecordDigests": func(ctx context.Context) error {
			return r.RecordDigests(ctx, ref("s", "v1"), registry.Digests{Model: sum("aa")})
		},
		"Events":       func(ctx context.Context) error { _, err := r.Events(ctx, ""); return err },
		"ActiveChange": func(ctx context.Context) error { _, err := r.ActiveChange(ctx, "s"); return err },
		"Observe":      func(ctx context.Context) error { return r.Observe(ctx, served("s", "h:1")) },
		"Observations": func(ctx context.Context) error { _, err := r.Observations(ctx, ""); return err },
		"Beat": func(ctx context.Context) error {
			_, err := r.Beat(ctx, registry.Host{Name: "h:1", Started: began})
			return err
		},
		"Leave": func(ctx context.Context) error { return r.Leave(ctx, registry.Host{Name: "h:1", Started: began}) },
		"Hosts": func(ctx context.Context) error { _, err := r.Hosts(ctx); return err },
		"Wait":  func(ctx context.Context) error { _, err := r.Wait(ctx, ""); return err },
	}
}

func testErrors(t *testing.T, fresh func(t *testing.T) Open) {
	t.Run("the caller gave up", func(t *testing.T) {
		r := fresh(t)(t)
		register(t, r, plain("s", "v1"))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for name, call := range calls(r) {
			require.ErrorIs(t, call(ctx), context.Canceled, name)
		}
		list, err := r.List(t.Context(), "")
		require.NoError(t, err, "the handle still works")
		require.Equal(t, []string{"v1"}, versions(list), "and nothing was changed")
		require.Equal(t, release.Inactive, list[0].Status)
		require.Empty(t, observations(t, r, ""))
	})
	t.Run("closed", func(t *testing.T) {
		open := fresh(t)
		r, other := open(t), open(t)
		register(t, r, plain("s", "v1"))
		require.NoError(t, r.Close())
		require.NoError(t, r.Close())
		for name, call := range calls(r) {
			t.Run(name, func(t *testing.T) { requireUnavailable(t, call(t.Context())) })
		}
		_, err := other.Get(t.Context(), ref("s", "v1"))
		require.NoError(t, err, "other handles are not touched")
	})
}
