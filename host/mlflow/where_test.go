package mlflow

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestJoin(t *testing.T) {
	c, err := New(Config{TrackingURI: "http://mlflow:5000"})
	require.NoError(t, err)
	for _, x := range []struct{ root, rel, want, says string }{
		{root: "file:///mnt/ml/1", rel: "a/b", want: "file:///mnt/ml/1/a/b"},
		{root: "/mnt/ml/1/", rel: "a b", want: "file:///mnt/ml/1/a%20b"},
		{root: "file:///mnt/m%20l", rel: "a", want: "file:///mnt/m%20l/a"},
		{root: "file://localhost/mnt", rel: "a", want: "file:///mnt/a"},
		{root: "s3://bucket", rel: "a/b", want: "s3://bucket/a/b"},
		{root: "s3://bucket/x y/", rel: "a", want: "s3://bucket/x y/a"},
		{root: "mlflow-artifacts:/1/r/artifacts", rel: "a", want: "mlflow-artifacts:/1/r/artifacts/a"},
		{root: "mlflow-artifacts://mlflow:5000/1", rel: "a", want: "mlflow-artifacts:/1/a"},
		{root: "mlflow-artifacts://other:5000/1", says: "another server"},
		{root: "./mlruns/1", says: "absolute one"},
		{root: "", says: "absolute one"},
		{root: "file://other/mnt", says: "absolute one"},
		{root: "file:///mnt/../etc", says: "not a clean path"},
		{root: "file:///mnt/%2e%2e/etc", says: "not a clean path"},
		{root: "file:///mnt?x=y", says: "a query"},
		{root: "s3://key:s3cr3t@bucket/x", says: "a user"},
		{root: "s3://bucket/a%20b", says: "without %"},
		{root: "s3:///a", says: "s3://bucket/prefix"},
		{root: "gs://bucket/x", says: "gs://bucket/x: not supported"},
		{root: "dbfs:/x", says: "not supported"},
		{root: "http://[", says: "not a URI"},
	} {
		t.Run(x.root, func(t *testing.T) {
			got, err := c.join(x.root, x.rel)
			if x.says == "" {
				require.NoError(t, err)
				require.Equal(t, x.want, got)
				return
			}
			require.ErrorContains(t, err, x.says)
			require.NotContains(t, err.Error(), "s3cr3t")
		})
	}
}

func TestLightgbmData(t *testing.T) {
	for _, x := range []struct{ name, text, want, says string }{
		{name: "booster", text: "flavors:\n  lightgbm:\n    data: model.lgb\n    model_class: lightgbm.basic.Booster\n", want: "model.lgb"},
		{name: "of MLflow 1", text: "flavors:\n  lightgbm:\n    data: model.lgb\n", want: "model.lgb"},
		{name: "other flavour", text: "flavors:\n  sklearn: {}\n  python_function: {}\n", says: `["python_function" "sklearn"]: lightgbm is expected`},
		{name: "empty", says: "lightgbm is expected"},
		{name: "no data", text: "flavors: {lightgbm: {}}", says: "data is missing"},
		{name: "leads out", text: "flavors: {lightgbm: {data: ../../secret}}", says: `has the segment ".."`},
		{name: "absolute", text: "flavors: {lightgbm: {data: /etc/passwd}}", says: `has the segment ""`},
		{name: "URL", text: "flavors: {lightgbm: {data: 's3://b/k'}}", says: `has the character ":"`},
		{name: "not YAML", text: "\t{", says: "not an MLmodel"},
	} {
		t.Run(x.name, func(t *testing.T) {
			got, err := lightgbmData([]byte(x.text))
			if x.says == "" {
				require.NoError(t, err)
				require.Equal(t, x.want, got)
				return
			}
			require.ErrorContains(t, err, x.says)
		})
	}
}
