package release_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/host/release"
)

func TestCanonicalJSON(t *testing.T) {
	for _, tc := range []struct {
		name, in, want string
	}{
		{"keys are sorted at every level", `{"b":{"d":1,"c":2},"a":[{"z":0,"y":0}]}`, `{"a":[{"y":0,"z":0}],"b":{"c":2,"d":1}}`},
		{"white space goes", " { \"a\" :\t1 }\n", `{"a":1}`},
		{"numbers stay as written", `[1.0,1e3,0.1,12345678901234567890]`, `[1.0,1e3,0.1,12345678901234567890]`},
		{"markup is not escaped", `"<a&b>"`, `"<a&b>"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := release.CanonicalJSON([]byte(tc.in))
			require.NoError(t, err)
			require.Equal(t, tc.want, string(got))
		})
	}
	for _, bad := range []string{"", "{", `{"a":1} {"b":2}`, `{"a":1}}`, `[1]]`, "nonsense"} {
		_, err := release.CanonicalJSON([]byte(bad))
		require.Error(t, err, bad)
	}
}

func TestCanonicalJSONIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.MapOf(rapid.String(), rapid.OneOf(rapid.Float64Range(-1e6, 1e6).AsAny(), rapid.String().AsAny(), rapid.Bool().AsAny())).Draw(t, "object")
		in, err := json.Marshal(m)
		require.NoError(t, err)
		once, err := release.CanonicalJSON(in)
		require.NoError(t, err)
		twice, err := release.CanonicalJSON(once)
		require.NoError(t, err)
		require.Equal(t, string(once), string(twice))
		require.JSONEq(t, string(in), string(once))
	})
}

func TestManifestDigest(t *testing.T) {
	base := release.Manifest{
		Strategy: "s", Version: "v1", FeatureSet: "alpha158", ModelSHA256: "aa", RuleSHA256: "bb",
		RuleParams: json.RawMessage(`{"top_n":3,"bottom_n":3}`), Limits: release.DefaultLimits,
	}
	digest := func(m release.Manifest) string {
		d, err := m.Digest()
		require.NoError(t, err)
		return d
	}
	t.Run("it is the SHA-256 of canonical JSON", func(t *testing.T) {
		canonical := `{"feature_set":"alpha158","limits":{"max_gross":2,"max_weight":1},"model_sha256":"aa",` +
			`"rule_params":{"bottom_n":3,"top_n":3},"rule_sha256":"bb","strategy":"s","version":"v1"}`
		require.Equal(t, "sha256:"+release.Sum([]byte(canonical)), digest(base))
	})
	t.Run("order and space of the parameters do not matter", func(t *testing.T) {
		m := base
		m.RuleParams = json.RawMessage(`{ "bottom_n": 3, "top_n": 3 }`)
		require.Equal(t, digest(base), digest(m))
	})
	for name, change := range map[string]func(*release.Manifest){
		"strategy": func(m *release.Manifest) { m.Strategy = "t" },
		"version":  func(m *release.Manifest) { m.Version = "v2" },
		"model":    func(m *release.Manifest) { m.ModelSHA256 = "ab" },
		"rule":     func(m *release.Manifest) { m.RuleSHA256 = "ab" },
		"params":   func(m *release.Manifest) { m.RuleParams = json.RawMessage(`{"top_n":4,"bottom_n":3}`) },
		"golden":   func(m *release.Manifest) { m.GoldenSHA256 = "cc" },
		"limits":   func(m *release.Manifest) { m.Limits.MaxAbsNet = 0.1 },
	} {
		t.Run(name+" changes it", func(t *testing.T) {
			m := base
			change(&m)
			require.NotEqual(t, digest(base), digest(m))
		})
	}
}

func TestValidSum(t *testing.T) {
	require.True(t, release.ValidSum(release.Sum(nil)))
	for _, bad := range []string{"", "e3b0", release.Sum(nil)[1:], release.Sum(nil) + "0", "G" + release.Sum(nil)[1:], "E" + release.Sum(nil)[1:]} {
		require.False(t, release.ValidSum(bad), bad)
	}
}
