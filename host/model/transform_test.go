package model

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// The pairs of raw score and prediction are LightGBM 4.6.0's own.
func TestTransforms(t *testing.T) {
	for _, c := range []struct {
		objective string
		raw, want float64
		ulps      uint64
	}{
		{"regression_l1 sqrt", 4.755545351810209, 22.615211593123686, 0},
		{"fair sqrt", 5.599558373100976, 31.355053973765248, 0},
		{"mape sqrt", 1.7434717712233765, 3.0396938170527776, 0},
		{"quantile sqrt", 9.566799629590399, 91.523655152731, 0},
		{"regression sqrt", -3, -9, 0},
		{"regression sqrt", 0, 0, 0},
		{"regression sqrt", math.Inf(-1), math.Inf(-1), 0},
		{"poisson", 3.770895597272925, 43.418933306267945, 4},
		{"gamma", 800, math.Inf(1), 0},
		{"tweedie", -800, 0, 0},
		// 1.39, 3.28 and 40.2683 are not the nearest float64 to LightGBM's reader.
		{"binary sigmoid:1.39", -7.961373307537744, 1.56299044388916e-05, 4},
		{"binary sigmoid:3.28", -7.961373307537744, 4.56179719321599e-12, 4},
		{"binary sigmoid:40.2683", -7.961373307537744, 5.876399587066465e-140, 4},
		{"binary sigmoid:40.2683", 0.9763295882260667, 1, 0},
		{"binary sigmoid:1e-05", -3333.6420267591834, 0.4916666666666667, 4},
		{"binary sigmoid:1.23457e+07", -7.093584175080458e-07, 0.00015724845683988116, 4},
		{"cross_entropy", -800, 0, 0},
		{"cross_entropy_lambda", 800, math.Inf(1), 0},
	} {
		t.Run(c.objective, func(t *testing.T) {
			transform, err := parseObjective(c.objective)
			require.NoError(t, err)
			got := transform(c.raw)
			require.LessOrEqual(t, ulps(c.want, got), c.ulps, "want %v, got %v", c.want, got)
		})
	}
}

func TestObjectivesWithoutTransform(t *testing.T) {
	for _, objective := range []string{
		"regression", "regression_l1", "huber", "fair", "quantile", "mape", "lambdarank", "rank_xendcg",
	} {
		transform, err := parseObjective(objective)
		require.NoError(t, err, objective)
		require.Nil(t, transform, objective)
	}
}

func TestUnknownObjectives(t *testing.T) {
	for _, objective := range []string{
		"", " ", "custom", "Regression", "regression  sqrt", "regression sqrt sqrt", "regression sq", "regression2", "huber sqrt", "poisson sqrt",
		"multiclass num_class:1", "multiclassova num_class:1 sigmoid:1", "binary", "binary sigmoid", "binary sigmoid:", "binary sigmoid:0",
		"binary sigmoid:-1", "binary sigmoid:nan", "binary sigmoid:inf", "binary sigmoid:0x1p3", "binary sigmoid:1 x", "binary sigmoid:.5",
		"binary sigmoid:+1", "binary sigmoid:1e", "binary sigmoid:1e99", "binary sigmoid:1.-5", "binary sigmoid:1234567890.123456", "binary:1",
	} {
		_, err := parseObjective(objective)
		require.Error(t, err, objective)
	}
}

func FuzzParseSigmoid(f *testing.F) {
	for _, s := range []string{"1", "2", "0.333333", "1e-05", "1.23457e+07", "1.", "e", "1.5e-5e", "00000000000000.1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if k, ok := parseSigmoid(s); ok {
			require.Greater(t, k, 0.0)
			require.False(t, math.IsInf(k, 0))
		}
	})
}
