package registrytest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

func testRegister(t *testing.T, fresh func(t *testing.T) Open) {
	t.Run("every field is kept", func(t *testing.T) {
		r := fresh(t)(t)
		given := full("s", "v1")
		got, err := r.Register(t.Context(), given)
		require.NoError(t, err)
		require.Positive(t, got.ID)
		require.WithinDuration(t, time.Now(), got.CreatedAt, time.Minute)
		require.Equal(t, time.UTC, got.CreatedAt.Location())
		requireSame(t, with(given, func(r *release.Record) {
			r.ID, r.CreatedAt, r.Status = got.ID, got.CreatedAt, release.Inactive
		}), got)
		again, err := r.Get(t.Context(), given.Ref())
		require.NoError(t, err)
		requireSame(t, got, again)
	})
	t.Run("what is not given is nil, empty or the default", func(t *testing.T) {
		r := fresh(t)(t)
		got, err := r.Register(t.Context(), plain("s", "v1"))
		require.NoError(t, err)
		requireSame(t, release.Record{
			ID: got.ID, Strategy: "s", Version: "v1", ModelPath: "models/v1.txt",
			Status: release.Inactive, FeatureSet: "alpha158", CreatedAt: got.CreatedAt,
		}, got)
	})
	t.Run("what the database sets cannot be given", func(t *testing.T) {
		r := fresh(t)(t)
		long := time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)
		got, err := r.Register(t.Context(), with(plain("s", "v1"), func(r *release.Record) {
			r.ID, r.CreatedAt, r.ActivatedAt, r.DeactivatedAt = 4711, long, &long, &long
		}))
		require.NoError(t, err)
		require.NotEqual(t, int64(4711), got.ID)
		require.NotEqual(t, long, got.CreatedAt)
		require.Nil(t, got.ActivatedAt)
		require.Nil(t, got.DeactivatedAt)
	})
	each := fresh(t)(t)
	for _, s := range []release.Status{release.Active, release.Inactive, release.Testing, release.Failed} {
		t.Run("status "+string(s), func(t *testing.T) {
			got, err := each.Register(t.Context(), with(plain("s", string(s)), func(r *release.Record) { r.Status = s }))
			require.NoError(t, err)
			require.Equal(t, s, got.Status)
			require.Equal(t, s == release.Active, got.ActivatedAt != nil)
			require.Nil(t, got.DeactivatedAt)
		})
	}
	t.Run("active takes over", func(t *testing.T) {
		r := fresh(t)(t)
		active := func(v string) release.Record {
			return with(plain("s", v), func(r *release.Record) { r.Status = release.Active })
		}
		register(t, r, active("v1"), with(active("v1"), func(r *release.Record) { r.Strategy = "other" }), active("v2"))
		now, err := r.Active(t.Context(), "s")
		require.NoError(t, err)
		require.Equal(t, "v2", now.Version)
		old, err := r.Get(t.Context(), ref("s", "v1"))
		require.NoError(t, err)
		require.Equal(t, release.Inactive, old.Status)
		require.NotNil(t, old.DeactivatedAt)
		require.Equal(t, *now.ActivatedAt, *old.DeactivatedAt, "one transaction, one time")
		require.False(t, now.ActivatedAt.Before(now.CreatedAt))
		other, err := r.Active(t.Context(), "other")
		require.NoError(t, err)
		require.Equal(t, "v1", other.Version)
	})
}

func testRegisterAgain(t *testing.T, fresh func(t *testing.T) Open) {
	r := fresh(t)(t) // one database, a strategy a case
	object := func(s string) json.RawMessage { return json.RawMessage(s) }
	for _, c := range []struct {
		name     string
		change   func(*release.Record)
		conflict bool
	}{
		{"the same", func(*release.Record) {}, false},
		{"other order of keys, other white space", func(r *release.Record) { r.RuleParams = object(" {\n\"top_n\": 3, \"bottom_n\":2}\n") }, false},
		{"other notes, metrics, run and author", func(r *release.Record) {
			r.Notes, r.CreatedBy, r.MLflowRunID, r.MLflowExperimentID, r.PerformanceMetrics = "x", "bob", "run-2", "8", nil
		}, false},
		{"other status", func(r *release.Record) { r.Status = release.Active }, false},
		{"the same bytes in another place", func(r *release.Record) { r.ModelPath, r.RulePath, r.GoldenPath = "m", "r", "g" }, false},
		{"the same places, digests not given", func(r *release.Record) { r.ModelSHA256, r.RuleSHA256, r.GoldenSHA256 = "", "", "" }, false},
		{"feature set not given", func(r *release.Record) { r.FeatureSet = "" }, false},
		{"other model", func(r *release.Record) { r.ModelSHA256 = sum("ad") }, true},
		{"other model path, digest not given", func(r *release.Record) { r.ModelPath, r.ModelSHA256 = "m", "" }, true},
		{"other rule", func(r *release.Record) { r.RuleSHA256 = sum("bd") }, true},
		{"no rule", func(r *release.Record) { r.RulePath, r.RuleSHA256 = "", "" }, true},
		{"other golden file", func(r *release.Record) { r.GoldenSHA256 = sum("cd") }, true},
		{"no golden file", func(r *release.Record) { r.GoldenPath, r.GoldenSHA256 = "", "" }, true},
		{"other parameters", func(r *release.Record) { r.RuleParams = object(`{"bottom_n":2,"top_n":4}`) }, true},
		{"no parameters", func(r *release.Record) { r.RuleParams = nil }, true},
		{"other config", func(r *release.Record) { r.Config = object(`{}`) }, true},
		{"no config", func(r *release.Record) { r.Config = nil }, true},
		{"other feature set", func(r *release.Record) { r.FeatureSet = "alpha360" }, true},
		{"feature set of a file", func(r *release.Record) { r.FeatureSet, r.FeatureSetSHA256 = "sha256/dd", sum("dd") }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			stored, err := r.Register(t.Context(), full(c.name, "v1"))
			require.NoError(t, err)
			got, err := r.Register(t.Context(), with(full(c.name, "v1"), c.change))
			if c.conflict {
				require.ErrorIs(t, err, release.ErrConflict)
				requireRefusal(t, err)
				require.ErrorContains(t, err, c.name+" v1")
			} else {
				require.NoError(t, err)
				requireSame(t, stored, got)
			}
			kept, err := r.Get(t.Context(), ref(c.name, "v1"))
			require.NoError(t, err)
			requireSame(t, stored, kept)
			events, err := r.Events(t.Context(), c.name)
			require.NoError(t, err)
			require.Len(t, events, 1)
		})
	}
	t.Run("a digest that the row does not have cannot be confirmed", func(t *testing.T) {
		register(t, r, plain("s", "v1"), plain("s", "v1"))
		_, err := r.Register(t.Context(), with(plain("s", "v1"), func(r *release.Record) { r.ModelSHA256 = sum("aa") }))
		require.ErrorIs(t, err, release.ErrConflict)
		require.NoError(t, r.RecordDigests(t.Context(), ref("s", "v1"), registry.Digests{Model: sum("aa")}))
		register(t, r, plain("s", "v1"), with(plain("s", "v1"), func(r *release.Record) { r.ModelSHA256 = sum("aa") }))
	})
}

func testRegisterRefuses(t *testing.T, fresh func(t *testing.T) Open) {
	r := fresh(t)(t)
	for _, c := range []struct {
		name   string
		change func(*release.Record)
		says   string
	}{
		{"no strategy", func(r *release.Record) { r.Strategy = "" }, "strategy"},
		{"no version", func(r *release.Record) { r.Version = "" }, "version"},
		{"no model path", func(r *release.Record) { r.ModelPath = "" }, "model_path"},
		{"line break in the version", func(r *release.Record) { r.Version = "v1\nv2" }, "version"},
		{"a version that is read backwards", func(r *release.Record) { r.Version = "v1\u202e" }, "version has a character that cannot be printed, U+202E at byte 2"},
		{"a strategy that clears the screen", func(r *release.Record) { r.Strategy = "\x1b[2J" }, "strategy has a character that cannot be printed, U+001B at byte 0"},
		{"a strategy with what nobody sees", func(r *release.Record) { r.Strategy = "a\u200bb" }, "U+200B"},
		{"a version of 129 characters", func(r *release.Record) { r.Version = strings.Repeat("ä", 129) }, "version has 129 characters, at most 128"},
		{"NUL in the notes", func(r *release.Record) { r.Notes = "a\x00b" }, "notes"},
		{"no UTF-8 in the author", func(r *release.Record) { r.CreatedBy = "\xff" }, "created_by"},
		{"unknown status", func(r *release.Record) { r.Status = "paused" }, "paused"},
		{"status in capitals", func(r *release.Record) { r.Status = "ACTIVE" }, "ACTIVE"},
		{"config is an array", func(r *release.Record) { r.Config = json.RawMessage(`[1]`) }, "config"},
		{"config is null", func(r *release.Record) { r.Config = json.RawMessage(`null`) }, "config"},
		{"parameters are cut off", func(r *release.Record) { r.RuleParams = json.RawMessage(`{"a":1`) }, "rule_params"},
		{"metrics with something behind", func(r *release.Record) { r.PerformanceMetrics = json.RawMessage(`{}{}`) }, "performance_metrics"},
		{"digest too short", func(r *release.Record) { r.ModelSHA256 = "aa" }, "model_sha256"},
		{"digest in capitals", func(r *release.Record) { r.RuleSHA256 = strings.Repeat("A", 64) }, "rule_sha256"},
		{"golden digest without a file", func(r *release.Record) { r.GoldenPath = "" }, "golden_sha256"},
		{"digest of a built-in feature set", func(r *release.Record) { r.FeatureSetSHA256 = sum("dd") }, "feature_set_sha256"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := r.Register(t.Context(), with(full("s", "v1"), c.change))
			requireRefusal(t, err)
			require.ErrorContains(t, err, c.says)
			list, err := r.List(t.Context(), "")
			require.NoError(t, err)
			require.Empty(t, list)
		})
	}
}

// requireSame compares records, JSON by value.
func requireSame(t *testing.T, want, got release.Record) {
	t.Helper()
	for _, f := range []struct {
		name      string
		want, got *json.RawMessage
	}{
		{"performance_metrics", &want.PerformanceMetrics, &got.PerformanceMetrics},
		{"config", &want.Config, &got.Config},
		{"rule_params", &want.RuleParams, &got.RuleParams},
	} {
		require.Equal(t, *f.want == nil, *f.got == nil, f.name)
		if *f.want != nil {
			require.JSONEq(t, string(*f.want), string(*f.got), f.name)
		}
		*f.want, *f.got = nil, nil
	}
	require.Equal(t, want, got)
}
