package registrytest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

func digests(model, rule, golden string) registry.Digests {
	return registry.Digests{Model: model, Rule: rule, Golden: golden}
}

func testDigests(t *testing.T, fresh func(t *testing.T) Open) {
	r := fresh(t)(t) // one database, a strategy a case
	unhashed := func() release.Record {
		return with(full("s", "v1"), func(r *release.Record) { r.ModelSHA256, r.RuleSHA256, r.GoldenSHA256 = "", "", "" })
	}
	for _, c := range []struct {
		name  string
		row   release.Record
		given registry.Digests
		want  registry.Digests // what the row holds afterwards
		err   string           // "" none, "conflict", or what a plain refusal says
	}{
		{"all", unhashed(), digests(sum("a1"), sum("b1"), sum("c1")), digests(sum("a1"), sum("b1"), sum("c1")), ""},
		{"one", unhashed(), registry.Digests{Rule: sum("b1")}, registry.Digests{Rule: sum("b1")}, ""},
		{"none", unhashed(), registry.Digests{}, registry.Digests{}, ""},
		{"the same again", full("s", "v1"), digests(sum("aa"), sum("bb"), sum("cc")), digests(sum("aa"), sum("bb"), sum("cc")), ""},
		{"other model", full("s", "v1"), registry.Digests{Model: sum("a1")}, digests(sum("aa"), sum("bb"), sum("cc")), "conflict"},
		{"other golden file", full("s", "v1"), digests(sum("aa"), sum("bb"), sum("c1")), digests(sum("aa"), sum("bb"), sum("cc")), "conflict"},
		{
			"all or none", with(unhashed(), func(r *release.Record) { r.GoldenSHA256 = sum("cc") }),
			digests(sum("a1"), sum("b1"), sum("c1")), registry.Digests{Golden: sum("cc")}, "conflict",
		},
		{"no digest", unhashed(), registry.Digests{Model: "beef"}, registry.Digests{}, "model_sha256"},
		{"golden digest without a file", plain("s", "v1"), digests(sum("a1"), "", sum("c1")), registry.Digests{}, "golden_sha256"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.row.Strategy = c.name
			stored, err := r.Register(t.Context(), c.row)
			require.NoError(t, err)
			err = r.RecordDigests(t.Context(), ref(c.name, "v1"), c.given)
			switch c.err {
			case "":
				require.NoError(t, err)
			case "conflict":
				require.ErrorIs(t, err, release.ErrConflict)
				requireRefusal(t, err)
			default:
				requireRefusal(t, err)
				require.ErrorContains(t, err, c.err)
			}
			got, err := r.Get(t.Context(), ref(c.name, "v1"))
			require.NoError(t, err)
			stored.ModelSHA256, stored.RuleSHA256, stored.GoldenSHA256 = c.want.Model, c.want.Rule, c.want.Golden
			requireSame(t, stored, got)
		})
	}
	t.Run("feature set", func(t *testing.T) {
		own := with(plain("own features", "v1"), func(r *release.Record) { r.FeatureSet = "sha256/dd" })
		register(t, r, own, with(own, func(r *release.Record) { r.FeatureSet = "sha256/dd" }))
		require.NoError(t, r.RecordDigests(t.Context(), own.Ref(), registry.Digests{Features: sum("dd")}))
		got, err := r.Get(t.Context(), own.Ref())
		require.NoError(t, err)
		require.Equal(t, sum("dd"), got.FeatureSetSHA256)
		require.ErrorIs(t, r.RecordDigests(t.Context(), own.Ref(), registry.Digests{Features: sum("de")}), release.ErrConflict)
		register(t, r, with(own, func(r *release.Record) { r.FeatureSet, r.FeatureSetSHA256 = "elsewhere", sum("dd") }), got)
	})
	t.Run("unknown", func(t *testing.T) {
		err := r.RecordDigests(t.Context(), ref("s", "v1"), registry.Digests{Model: sum("a1")})
		require.ErrorIs(t, err, release.ErrNotFound)
	})
}
