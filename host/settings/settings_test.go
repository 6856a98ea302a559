package settings

import (
	"bytes"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

// read returns what a command line says in the environment of the test.
func read(t *testing.T, args ...string) (Settings, error) {
	t.Helper()
	var s Settings
	var r Reader
	var out bytes.Buffer
	parser, err := kong.New(&s, r.Option(), kong.Writers(&out, &out), kong.Exit(func(int) {}))
	require.NoError(t, err)
	ctx, err := parser.Parse(args)
	return s, r.Faults(ctx, err)
}

func TestDefaultsAreWhatNoSettingGives(t *testing.T) {
	s, err := read(t)
	require.NoError(t, err)
	require.Equal(t, s, Defaults())
	require.Equal(t, 3, s.TopN)
	require.Equal(t, uint16(8001), s.Port)
	require.Equal(t, int64(2<<30), s.CacheBytes)
	require.Equal(t, 300*time.Second, s.ReloadInterval())
	require.JSONEq(t, `{"top_n":3,"bottom_n":3}`, string(s.Legs.Params()))
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		name, env, value string
		allowed          bool
	}{
		{"PostgreSQL", "DATABASE_URL", "postgres://u:p@h:5432/d?sslmode=disable", true},
		{"PostgreSQL, the long name", "DATABASE_URL", "postgresql://h/d", true},
		{"a file", "DATABASE_URL", "sqlite:///var/registry.db", true},
		{"no file", "DATABASE_URL", "sqlite://", false},
		{"another database", "DATABASE_URL", "mysql://u:p@h/d", false},
		{"no URL", "DATABASE_URL", "registry.db", false},
		{"not a URL", "DATABASE_URL", "postgres://h:port/d", false},
		{"a directory", "ARTIFACT_STORE", "artifacts", true},
		{"a directory as URL", "ARTIFACT_STORE", "file:///srv/store", true},
		{"a bucket", "ARTIFACT_STORE", "s3://bucket/prefix", true},
		{"a bucket that cannot be", "ARTIFACT_STORE", "s3://B/p", false},
		{"another scheme", "ARTIFACT_STORE", "gs://b/p", false},
		{"no store", "ARTIFACT_STORE", "", false},
		{"no bucket", "DATA_DIR", "s3://", false},
		{"a version", "DATA_DIR", "s3://bars/adjusted?versionId=1", false},
		{"bars by HTTP", "DATA_DIR", "https://bars", false},
		{"an endpoint", "S3_ENDPOINT", "http://localhost:9000", true},
		{"Amazon", "S3_ENDPOINT", "", true},
		{"no scheme", "S3_ENDPOINT", "localhost:9000", false},
		{"a query", "S3_ENDPOINT", "http://h?x=1", false},
		{"path", "S3_ADDRESSING", "path", true},
		{"dns", "S3_ADDRESSING", "dns", false},
		{"the least cache", "CACHE_BYTES", "268435456", true},
		{"one less", "CACHE_BYTES", "268435455", false},
		{"beyond 64 bits", "CACHE_BYTES", "9223372036854775808", false},
		{"no tracking server", "MLFLOW_TRACKING_URI", "sqlite:///mlflow.db", false},
		{"a port", "PORT", "0", true},
		{"beyond the ports", "PORT", "65536", false},
		{"a level", "LOG_LEVEL", "debug", true},
		{"no level", "LOG_LEVEL", "LOUD", false},
		{"yes", "DEBUG", "1", true},
		{"perhaps", "DEBUG", "perhaps", false},
		{"no name", "DEFAULT_STRATEGY", "", false},
		{"symbols", "TRADABLE_SYMBOLS", "aapl, MSFT", true},
		{"symbols as JSON", "TRADABLE_SYMBOLS", `["AAPL"]`, true},
		{"a number", "TRADABLE_SYMBOLS", "[1]", false},
		{"no symbol", "TRADABLE_SYMBOLS", "AAPL,,MSFT", false},
		{"no legs", "TOP_N", "0", true},
		{"below none", "BOTTOM_N", "-1", false},
		{"half a leg", "TOP_N", "1.5", false},
		{"no time between", "MODEL_RELOAD_INTERVAL_SECONDS", "0", false},
		{"a word for a number", "MODEL_RELOAD_INTERVAL_SECONDS", "x", false},
		{"more than a day", "MODEL_RELOAD_INTERVAL_SECONDS", "9300000000", false},
		{"no cache", "SCORE_CACHE_BYTES", "0", true},
		{"below no cache", "ANSWER_CACHE_BYTES", "-1", false},
		{"seconds", "MAX_STALENESS", "600", true},
		{"a time", "MAX_STALENESS", "1h30m", true},
		{"soon", "MAX_STALENESS", "soon", false},
		{"in the past", "MAX_STALENESS", "-1s", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(c.env, c.value)
			_, err := read(t)
			if c.allowed {
				require.NoError(t, err)
				return
			}
			var faults Faults
			require.ErrorAs(t, err, &faults)
			require.Len(t, faults, 1)
			var fault *Fault
			require.ErrorAs(t, faults[0], &fault)
			require.Equal(t, c.env, fault.Name)
			require.Equal(t, Masked(c.value), fault.Value)
			require.NotContains(t, err.Error(), "u:p@")
			require.Contains(t, err.Error(), c.env)
			require.Contains(t, err.Error(), fault.Allowed+" is expected")
		})
	}
}

func TestTheOrderOfSources(t *testing.T) {
	t.Setenv("TOP_N", "5")
	t.Setenv("AWS_DEFAULT_REGION", "eu-west-1")
	s, err := read(t)
	require.NoError(t, err)
	require.Equal(t, 5, s.TopN)
	require.Equal(t, "eu-west-1", s.AWSRegion)
	s, err = read(t, "--top-n=7")
	require.NoError(t, err)
	require.Equal(t, 7, s.TopN)
	t.Setenv("TOP_N", "five")
	s, err = read(t, "--top-n=7", "--debug")
	require.NoError(t, err, "the flag decides")
	require.Equal(t, 7, s.TopN)
	require.True(t, s.Debug)
	_, err = read(t)
	require.EqualError(t, err, `TOP_N "five": a number from 0 to 10000 is expected`)
	_, err = read(t, "--top-n=seven", "--port=x")
	require.EqualError(t, err, `PORT "x": a port from 0 to 65535 is expected; TOP_N "seven": a number from 0 to 10000 is expected`)
}

func TestSymbolsAreCanonical(t *testing.T) {
	s, err := read(t, "--tradable-symbols", "msft, AAPL,MSFT")
	require.NoError(t, err)
	require.Equal(t, Symbols{"AAPL", "MSFT"}, s.TradableSymbols)
}

func TestTheLogHasNoSecret(t *testing.T) {
	s := Defaults()
	s.DatabaseURL, s.ArtifactStore = "postgres://u:s3cr3t@h/d?password=s3cr3t", "s3://bucket/p"
	s.MLflow = MLflow{TrackingURI: "https://u:s3cr3t@ml:5000", Token: "s3cr3t", Username: "quant", Password: "s3cr3t"}
	text := s.Logged().String()
	require.NotContains(t, text, "s3cr3t")
	for _, want := range []string{
		"MLFLOW_TRACKING_URI=https://u:xxxxx@ml:5000", "MLFLOW_TRACKING_TOKEN=xxxxx", "MLFLOW_TRACKING_USERNAME=quant", "MLFLOW_TRACKING_PASSWORD=xxxxx",
		"ARTIFACT_STORE=s3://bucket/p", "TRADABLE_SYMBOLS=(every symbol with data)", "MAX_STALENESS=0s", "AWS_REGION=(us-east-1)",
	} {
		require.Contains(t, text, want)
	}
	_, err := read(t, "--mlflow-tracking-uri=https://u:s3cr3t@ml:5000?x", "--database-url=s3cr3t@h")
	require.ErrorContains(t, err, "MLFLOW_TRACKING_URI")
	require.NotContains(t, err.Error(), "s3cr3t")
}
