package registrytest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// testModel plays random changes from two handles against a map.
func testModel(t *testing.T, fresh func(t *testing.T) Open) {
	open := fresh(t)
	handles := []registry.Registry{open(t), open(t)}
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		strategy := fmt.Sprintf("s%d", run) // each run has the database to itself
		want := map[string]release.Status{}
		paths := map[string]string{}
		changes := 0
		set := func(v string, s release.Status) {
			if s == release.Active {
				for o, os := range want {
					if os == release.Active {
						want[o] = release.Inactive
						changes++
					}
				}
			}
			want[v] = s
			changes++
		}
		version := rapid.SampledFrom([]string{"v1", "v2", "v3"})
		status := rapid.SampledFrom([]release.Status{"", release.Active, release.Inactive, release.Testing, release.Failed})
		path := rapid.SampledFrom([]string{"a", "b"})
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			r := rapid.SampledFrom(handles).Draw(rt, "handle")
			v := version.Draw(rt, "version")
			switch rapid.SampledFrom([]string{"register", "activate", "fail"}).Draw(rt, "change") {
			case "register":
				rec := release.Record{Strategy: strategy, Version: v, ModelPath: path.Draw(rt, "path"), Status: status.Draw(rt, "status")}
				_, err := r.Register(t.Context(), rec)
				switch p, known := paths[v]; {
				case !known:
					require.NoError(rt, err)
					paths[v] = rec.ModelPath
					if rec.Status == "" {
						rec.Status = release.Inactive
					}
					set(v, rec.Status)
				case p == rec.ModelPath:
					require.NoError(rt, err)
				default:
					require.ErrorIs(rt, err, release.ErrConflict)
				}
			case "activate":
				_, _, err := r.Activate(t.Context(), ref(strategy, v), "", "")
				if s, known := want[v]; !known {
					require.ErrorIs(rt, err, release.ErrNotFound)
				} else {
					require.NoError(rt, err)
					if s != release.Active {
						set(v, release.Active)
					}
				}
			case "fail":
				changed, err := r.Fail(t.Context(), ref(strategy, v), "", "")
				if s, known := want[v]; !known {
					require.ErrorIs(rt, err, release.ErrNotFound)
				} else {
					require.NoError(rt, err)
					require.Equal(rt, s != release.Failed, changed)
					if changed {
						set(v, release.Failed)
					}
				}
			}
		}
		list, err := handles[0].List(t.Context(), strategy)
		require.NoError(rt, err)
		got := map[string]release.Status{}
		for _, rec := range list {
			got[rec.Version] = rec.Status
		}
		require.Equal(rt, want, got)
		events, err := handles[1].Events(t.Context(), strategy)
		require.NoError(rt, err)
		require.Len(rt, events, changes)
		for rf, s := range requireChain(rt, events) {
			require.Equal(rt, want[rf.Version], s)
		}
		change, err := handles[1].ActiveChange(t.Context(), strategy)
		requireActiveChange(rt, events, change, err)
	})
}
