package live_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/release"
)

// A row may name any file as a model, a rule, a golden file or a feature set:
// what is said of it has nothing of the file.
func TestNothingOfAFileIsSaid(t *testing.T) {
	for _, file := range []struct{ name, text string }{
		{"passwd", "root:x:hunter2:0:/root:/bin/sh\ndaemon:*:1:1::/:/bin/false\n"},
		{"a secret in JSON", `{"hunter2": "hunter2", "predictions": {"hunter2": 1}}`},
		{"a secret in a list", `["hunter2"]`},
		{"a secret as a golden key", `{"predictions":{"features":["hunter2"],"rows":[[1]],"expected":[1]}}`},
		{"a secret as a golden symbol", `{"portfolios":[{"symbols":["hunter2","hunter2"],"predictions":[1,2],"weights":[1,2],"columns":{"hunter2":[1]}}]}`},
		{"a model's beginning", "tree\nversion=hunter2\nhunter2=hunter2\n"},
		{"a private key", "-----BEGIN PRIVATE KEY-----\nhunter2\n"},
		{"a module's beginning", "\x00asm\x01\x00\x00\x00hunter2hunter2hunter2"},
	} {
		t.Run(file.name, func(t *testing.T) {
			b := demotest.NewServingBoard(t, nil)
			require.NoError(t, os.WriteFile(filepath.Join(b.Folder, "secret"), []byte(file.text), 0o600))
			good, err := b.Active(t.Context(), artifacts.Strategy)
			require.NoError(t, err)
			for _, as := range []struct {
				name string
				set  func(*release.Record)
			}{
				{"model", func(r *release.Record) { r.ModelPath, r.ModelSHA256 = "secret", "" }},
				{"rule", func(r *release.Record) { r.RulePath, r.RuleSHA256 = "secret", "" }},
				{"golden file", func(r *release.Record) { r.GoldenPath, r.GoldenSHA256 = "secret", "" }},
			} {
				rec := release.Record{
					Strategy: artifacts.Strategy, Version: "as a " + as.name, Status: release.Inactive, FeatureSet: release.FeatureSetAlpha158,
					ModelPath: good.ModelPath, ModelSHA256: good.ModelSHA256, GoldenPath: good.GoldenPath, GoldenSHA256: good.GoldenSHA256,
				}
				as.set(&rec)
				_, err := b.Register(t.Context(), rec)
				require.NoError(t, err)
				b.MakeActive(artifacts.Strategy, rec.Version)
				_, err = b.Reload(t.Context(), "")
				require.Error(t, err, as.name)
				require.NotEmpty(t, b.Problems())
				said := err.Error() + errors.Join(b.Problems()...).Error() + observation(t, b).Detail
				for _, word := range []string{"hunter2", "root:", "BEGIN"} {
					require.NotContains(t, said, word, as.name)
				}
			}
		})
	}
}
