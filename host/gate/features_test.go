package gate_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/gate"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/internal/hostile"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// plainNames is a model of the inputs size, kind and age.
func plainNames(t testing.TB) []byte {
	text, err := os.ReadFile("../model/testdata/models/featnames_plain.txt")
	require.NoError(t, err)
	return text
}

func TestFeatureSetsThatAreRefused(t *testing.T) {
	robust := demotest.Researched(t, "robust")
	replaced := func(old, with string) []byte {
		require.Contains(t, string(robust.Features), old)
		return []byte(strings.Replace(string(robust.Features), old, with, 1))
	}
	fields := func(expression string) []byte {
		return fmt.Appendf(nil, `{"feature_set":1,"fields":[{"name":"A","expression":%q}]}`, expression)
	}
	costly := []byte(`{"feature_set":1,"fields":[{"name":"A","expression":"$close"}`)
	for i := range 300 {
		costly = fmt.Appendf(costly, `,{"name":"A%d","expression":"Mad($close,%d)"}`, i, 20_000+i)
	}
	costly = append(costly, "]}"...)
	for _, tc := range []struct {
		name     string
		features []byte
		reason   release.Reason
		says     []string
	}{
		{"no JSON", []byte("x"), release.FeaturesMalformed, []string{"byte 1"}},
		{"another file of JSON", []byte(`{"secret_key":"s3cr3t"}`), release.FeaturesMalformed, []string{"feature_set: the number 1 is expected"}},
		{"a member that nobody knows", replaced(`"numerics"`, `"numeric"`), release.FeaturesMalformed, []string{`unknown member "numeric"`}},
		{"a chain of comparisons", fields("1<$close<50"), release.FeaturesMalformed, []string{"column A: character 9: a chain of comparisons", "write (a<b) & (b<c)"}},
		{"tomorrow", fields("$close/Ref($close,-1)"), release.FeaturesMalformed, []string{"column A: character 19: Ref of a later day"}},
		{"a window that is no whole number", fields("Mean($close,5.0)"), release.FeaturesMalformed, []string{"column A: character 13: Mean", "write it without a point"}},
		{"an expression that costs too much", costly, release.FeaturesMalformed, []string{"limit"}},
		{"an expression that is too deep", fields(strings.Repeat("(", 200) + "$close" + strings.Repeat(")", 200)), release.FeaturesMalformed, []string{"column A: character 101: more than 100"}},
		{"a state that lacks a column", replaced(`"KLEN": 0.019945756,`, ``), release.FeaturesMalformed, []string{"processors[0] (RobustZScoreNorm).state.mean_train", "KLEN"}},
		{"a processor of training", replaced(`"Fillna"`, `"DropnaLabel"`), release.FeaturesMalformed, []string{"processors[1]", "DropnaLabel"}},
		{"an input that the set lacks", replaced(`"extend": "alpha158"`, `"extend": "alpha158","inputs":["KLENGTH"]`), release.FeaturesMalformed, []string{`inputs[0]`, `is it "KLEN"?`}},
		{"fewer columns than the model", replaced(`"extend": "alpha158"`, `"extend": "alpha158","inputs":["KMID"]`), release.FeaturesMismatch, []string{"the model has 158 inputs without names, the release's feature set has 1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := check(t, demotest.Candidate(t, tc.features, robust.Model))
			var refused *release.Rejection
			require.ErrorAs(t, err, &refused)
			require.Equal(t, tc.reason, refused.Reason, refused.Detail)
			for _, word := range tc.says {
				require.Contains(t, refused.Detail, word)
			}
			require.NotContains(t, refused.Detail, "s3cr3t")
			require.NotContains(t, refused.Detail, "secret_key")
		})
	}
	_, err := check(t, demotest.Candidate(t, fields("$close"), plainNames(t)))
	require.ErrorContains(t, err, "features_mismatch: input 0 of the model is ")
	c := demotest.Candidate(t, nil, robust.Model)
	c.Manifest.FeatureSet = release.FeatureSetFile
	_, err = check(t, c)
	require.ErrorContains(t, err, "features_mismatch: feature set \"file\": no file of it came")
}

// A golden row is held against the model's inputs by name, whatever the order, and as the float64 that
// a rank is.
func TestGoldenRowsOfAFeatureSet(t *testing.T) {
	ranked := demotest.Researched(t, "ranked")
	c := demotest.Candidate(t, ranked.Features, ranked.Model)
	v, err := check(t, c)
	require.NoError(t, err)
	require.Equal(t, []string{"digests", "model", "feature set", "features"}, steps(v.Report)[:4])
	l, err := gate.Load(t.Context(), c, v, rule.Options{})
	require.NoError(t, err)
	defer l.Rule.Close()

	names := l.Plan.Inputs()
	row, expected := make([]float64, len(names)), make([]float64, 1)
	for i := range row {
		row[i] = (float64(i+1)/10.0/3 - 0.5) * 3.46
	}
	require.NoError(t, l.Model.Predict(expected, row))
	backwards := map[string]any{"features": []string{}, "rows": [][]float64{{}}, "expected": expected, "tolerance": 0}
	reversed, values := []string{}, []float64{}
	for i := len(names) - 1; i >= 0; i-- {
		reversed, values = append(reversed, names[i]), append(values, row[i])
	}
	backwards["features"], backwards["rows"] = reversed, [][]float64{values}
	text, err := json.Marshal(map[string]any{"predictions": backwards})
	require.NoError(t, err)
	c.Golden = text
	c.Manifest.GoldenSHA256 = release.Sum(text)
	v, err = check(t, c)
	require.NoError(t, err)
	require.Equal(t, 1, v.Report.Golden.Predictions)
	require.Zero(t, v.Report.Golden.WorstPrediction)
}

// Mutated feature sets come to a word of the gate or pass; nothing panics, hangs or grows. The child
// sees some of them, and this process all.
func TestMutationsOfFeatureSets(t *testing.T) {
	g := child(t)
	total, refused := 0, map[release.Reason]int{}
	for _, name := range []string{"robust", "custom"} {
		r := demotest.Researched(t, name)
		for i, m := range hostile.FeatureSets(r.Features) {
			c := demotest.Candidate(t, m.Text, r.Model)
			start := time.Now()
			_, err := check(t, c)
			require.Less(t, time.Since(start), 20*time.Second, "%s: %s", name, m.Name)
			if i%20 == 0 {
				_, again := g.Check(t.Context(), gate.Job{Candidate: c})
				require.Equal(t, fmt.Sprint(err), fmt.Sprint(again), "%s: %s", name, m.Name)
			}
			total++
			if err == nil {
				continue
			}
			var rejection *release.Rejection
			require.ErrorAs(t, err, &rejection, "%s: %s", name, m.Name)
			require.Contains(t, []release.Reason{release.FeaturesMalformed, release.FeaturesMismatch}, rejection.Reason, "%s: %s: %v", name, m.Name, err)
			require.Less(t, len(rejection.Detail), 2000)
			refused[rejection.Reason]++
		}
	}
	t.Log(total, refused)
	require.Greater(t, total, 400)
	require.Greater(t, refused[release.FeaturesMalformed], total/2)
}
