package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The golden data lie with the packages whose they are.
var (
	goldenBars     = absolute("../../host/alpha158/testdata/input.csv")
	goldenFeatures = absolute("../../host/alpha158/testdata/features_f32.csv")
	lightgbm       = absolute("../../host/model/testdata")
	demoFiles      = absolute("../../artifacts/demo")
)

func absolute(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		panic(err)
	}
	return abs
}

type result struct {
	code     int
	out, err string
}

// edgesignal runs the program in a folder of the test's own.
func edgesignal(t testing.TB, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), args, streams{&out, &errs})
	return result{code, out.String(), errs.String()}
}

func ok(t testing.TB, args ...string) string {
	t.Helper()
	r := edgesignal(t, args...)
	require.Zero(t, r.code, r.err)
	return r.out
}

func TestExitStatusAndOneClearLine(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	require.NoError(t, os.WriteFile("short.csv", []byte("symbol,date,open,high\n"), 0o600))
	for _, tc := range []struct {
		name string
		args []string
		env  string // NAME=value
		code int
		says string // part of the one line on stderr
	}{
		{name: "no command", code: exitUsage, says: "expected one of"},
		{name: "unknown command", args: []string{"frobnicate"}, code: exitUsage, says: "frobnicate"},
		{name: "unknown flag", args: []string{"serve", "--prot", "1"}, code: exitUsage, says: "--prot"},
		{name: "malformed flag", args: []string{"serve", "--port", "x"}, code: exitUsage, says: `"x"`},
		{name: "malformed environment", args: []string{"serve"}, env: "PORT=99999", code: exitUsage, says: "PORT"},
		{name: "unknown log level", args: []string{"serve", "--port", "0"}, env: "LOG_LEVEL=LOUD", code: exitUsage, says: `LOG_LEVEL "LOUD"`},
		{name: "malformed staleness", args: []string{"serve", "--port", "0"}, env: "MAX_STALENESS=soon", code: exitUsage, says: `MAX_STALENESS "soon"`},
		{name: "malformed symbols", args: []string{"serve", "--port", "0"}, env: "TRADABLE_SYMBOLS=[1]", code: exitUsage, says: `TRADABLE_SYMBOLS "[1]": a list such as AAPL,MSFT`},
		{name: "negative legs", args: []string{"serve", "--port", "0", "--top-n=-1"}, code: exitUsage, says: "TOP_N -1: a number from 0"},
		{name: "no time between checks", args: []string{"serve", "--port", "0"}, env: "MODEL_RELOAD_INTERVAL_SECONDS=0", code: exitUsage, says: "MODEL_RELOAD_INTERVAL_SECONDS 0: a number of seconds from 1"},
		{name: "a registry that this build does not know", args: []string{"serve", "--port", "0"}, env: "DATABASE_URL=mysql://u:secret@h/d", code: exitUsage, says: "mysql://u:xxxxx@h/d"},
		{name: "a store that this build does not know", args: []string{"serve", "--port", "0"}, env: "ARTIFACT_STORE=gs://b/p", code: exitUsage, says: `ARTIFACT_STORE "gs://b/p"`},
		{name: "a bucket that cannot be", args: []string{"serve", "--port", "0"}, env: "ARTIFACT_STORE=s3://B/p", code: exitUsage, says: `ARTIFACT_STORE "s3://B/p"`},
		{name: "an endpoint without scheme", args: []string{"serve", "--port", "0"}, env: "S3_ENDPOINT=localhost:9000", code: exitUsage, says: `S3_ENDPOINT "localhost:9000"`},
		{name: "unknown addressing", args: []string{"serve", "--port", "0"}, env: "S3_ADDRESSING=dns", code: exitUsage, says: `S3_ADDRESSING "dns": auto, path or virtual`},
		{name: "a cache too small", args: []string{"serve", "--port", "0", "--artifact-store=s3://bucket"}, env: "CACHE_BYTES=1000", code: exitUsage, says: "CACHE_BYTES 1000: a number of bytes from 268435456"},
		{name: "tokens that are not there", args: []string{"serve", "--port", "0"}, env: "AUTH_TOKENS_FILE=tokens", code: exitError, says: "AUTH_TOKENS_FILE: token file tokens: no such file"},
		{name: "a tracking server that is none", args: []string{"serve", "--port", "0"}, env: "MLFLOW_TRACKING_URI=sqlite:///mlflow.db", code: exitUsage, says: `MLFLOW_TRACKING_URI "sqlite:///`},
		{name: "a user of MLflow without a password", args: []string{"serve", "--port", "0", "--mlflow-tracking-uri=http://ml"}, env: "MLFLOW_TRACKING_USERNAME=u", code: exitUsage, says: "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"},
		{name: "a registry's URL that the driver refuses", args: []string{"serve", "--port", "0"}, env: "DATABASE_URL=postgres://u:secret@h:x/d", code: exitUsage, says: "DATABASE_URL"},
		{name: "several faults at once", args: []string{"serve", "--port=x", "--top-n=-1", "--log-level=LOUD"}, env: "MAX_STALENESS=soon", code: exitUsage,
			says: `LOG_LEVEL "LOUD": DEBUG, INFO, WARN or ERROR is expected; TOP_N -1: a number from 0 to 10000 is expected; MAX_STALENESS "soon"`},
		{name: "faults beside an unknown flag", args: []string{"serve", "--port=x", "--prot=1"}, code: exitUsage, says: `did you mean "--port"?; PORT "x": a port from 0 to 65535 is expected`},
		{name: "a secret is not shown", args: []string{"serve", "--port", "0"}, env: "DATABASE_URL=u:secret@h/d", code: exitUsage, says: "edgesignal: DATABASE_URL: postgres://"},
		{name: "another command's setting", args: []string{"activate", "s", "v"}, env: "MAX_STALENESS=soon", code: exitError, says: "no registry at"},
		{name: "the demo's settings", args: []string{"demo", "--port=x"}, env: "LOG_LEVEL=LOUD", code: exitUsage, says: `PORT "x": a port from 0 to 65535 is expected; LOG_LEVEL "LOUD"`},
		{name: "a flag decides over a malformed environment", args: []string{"releases", "--state-dir", "nowhere", "--database-url", "sqlite:///none"}, env: "DATABASE_URL=mysql://", code: exitError, says: "no registry at /none"},
		{name: "activate without a registry", args: []string{"activate", "s", "v"}, code: exitError, says: "no registry at"},
		{name: "releases without a registry", args: []string{"releases", "--state-dir", "nowhere"}, code: exitError, says: "nowhere/registry.db"},
		{name: "model missing", args: []string{"score", "--model", "none.txt", "--rows", "r.csv"}, code: exitError, says: "none.txt"},
		{name: "model refused", args: []string{"score", "--model", lightgbm + "/models/multiclass5.txt", "--rows", "r.csv"}, code: exitError, says: "model_unsupported"},
		{name: "rows of another width", args: []string{"score", "--model", lightgbm + "/models/one_feature.txt", "--rows", "short.csv"}, code: exitError, says: "short.csv: line 1"},
		{name: "run date", args: []string{"data", "import", "short.csv", "--out", "d", "--run-date", "yesterday"}, code: exitUsage, says: "--run-date"},
		{name: "import of something else", args: []string{"data", "import", "short.csv", "--out", "d", "--run-date", "2024-01-01"}, code: exitError, says: "short.csv"},
		{name: "no data", args: []string{"features", "--data", "none"}, code: exitError, says: "none"},
		{name: "data in a bucket", args: []string{"features", "--data", "s3://bars/adjusted"}, code: exitUsage, says: "a directory is expected"},
		{name: "a date that is none", args: []string{"features", "--data", "none", "--from", "2024-02-30"}, code: exitUsage, says: "--from"},
		{name: "a form that nobody writes", args: []string{"features", "--data", "none", "--out", "f.xlsx"}, code: exitUsage, says: "f.xlsx"},
		{name: "publish without a model", args: []string{"publish", "--strategy", "s", "--version", "v"}, code: exitUsage, says: "--model"},
		{name: "publish with bad parameters", args: []string{"publish", "--strategy", "s", "--version", "v", "--model", demoFiles + "/models/alpha_baseline-v1.0.0.txt", "--params", "[]"}, code: exitError, says: "parameters"},
		{name: "publish what the gate refuses", args: []string{"publish", "--strategy", "s", "--version", "v", "--model", lightgbm + "/models/one_feature.txt"}, code: exitError, says: "features_mismatch"},
		{name: "publish by an id without MLflow", args: []string{"publish", "--strategy", "s", "--version", "v", "--model", "models:/m/1"}, code: exitError, says: "MLFLOW_TRACKING_URI is not set"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if name, value, set := strings.Cut(tc.env, "="); set {
				t.Setenv(name, value)
			}
			r := edgesignal(t, tc.args...)
			require.Equal(t, tc.code, r.code, r.err)
			require.Empty(t, r.out)
			lines := strings.Split(strings.TrimSpace(r.err), "\n")
			last := lines[len(lines)-1]
			require.True(t, strings.HasPrefix(last, "edgesignal: "), last)
			require.Contains(t, last, tc.says)
		})
	}
	require.NoDirExists(t, "d", "a refused import leaves nothing")
}

func TestHelpOfEveryCommand(t *testing.T) {
	for _, args := range [][]string{
		{}, {"demo"}, {"serve"}, {"migrate"}, {"publish"}, {"activate"}, {"rollback"}, {"releases"}, {"status"}, {"data"}, {"data", "import"}, {"features"}, {"score"}, {"rule"}, {"rule", "new"}, {"rule", "meta"}, {"token"}, {"token", "new"}, {"version"},
	} {
		require.Contains(t, ok(t, append(args, "--help")...), "Usage: edgesignal", args)
	}
}

func TestDotEnvStandsBehindTheEnvironment(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile(".env", []byte("LOG_LEVEL=LOUD\n"), 0o600))
	t.Cleanup(func() { require.NoError(t, os.Unsetenv("LOG_LEVEL")) })
	require.Contains(t, edgesignal(t, "serve", "--port", "0").err, `LOG_LEVEL "LOUD"`)
	t.Setenv("LOG_LEVEL", "LOUDER")
	require.Contains(t, edgesignal(t, "serve", "--port", "0").err, `LOG_LEVEL "LOUDER"`)
	require.Contains(t, edgesignal(t, "serve", "--port", "0", "--log-level", "LOUDEST").err, `LOG_LEVEL "LOUDEST"`)
	require.NoError(t, os.WriteFile(".env", []byte("this is no setting\n"), 0o600))
	r := edgesignal(t, "version")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, ".env")
}

func readCSV(t testing.TB, r io.Reader) [][]string {
	records, err := csv.NewReader(r).ReadAll()
	require.NoError(t, err)
	return records
}

func readCSVFile(t testing.TB, path string) [][]string {
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	return readCSV(t, f)
}

func TestImportThenFeaturesIsQlibBitForBit(t *testing.T) {
	t.Chdir(t.TempDir())
	require.Contains(t, ok(t, "data", "import", goldenBars, "--out", "bars", "--run-date", "2024-10-16"), "of 6 symbols")
	ok(t, "features", "--data", "bars", "--out", "features.csv")
	got, want := readCSVFile(t, "features.csv"), readCSVFile(t, goldenFeatures)
	require.Len(t, got, len(want))
	require.Equal(t, want[0], got[0])
	different := 0
	for i := range want[1:] {
		g, w := got[i+1], want[i+1]
		require.Equal(t, w[:2], g[:2])
		for k := 2; k < len(w); k++ {
			a, err := strconv.ParseFloat(g[k], 32)
			require.NoError(t, err)
			b, err := strconv.ParseFloat(w[k], 32)
			require.NoError(t, err)
			if a != b && !(a != a && b != b) {
				different++
				require.Equal(t, float32(b), math.Nextafter32(float32(a), float32(b)), "%v %s", g[:2], want[0][k])
			}
		}
	}
	require.LessOrEqual(t, different, 2)
	require.Equal(t, readFile(t, "features.csv"), ok(t, "features", "--data", "bars"), "standard output has the same")
}

func readFile(t testing.TB, path string) string {
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(b)
}

func TestScoreIsLightGBMBitForBit(t *testing.T) {
	raw, predict := readCSVFile(t, lightgbm+"/raw.csv"), readCSVFile(t, lightgbm+"/predict.csv")
	for _, g := range readCSVFile(t, lightgbm+"/index.csv")[1:] {
		name, column := g[0], slices.Index(raw[0], g[0])
		if g[2] != "predict" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			args := []string{"score", "--model", lightgbm + "/models/" + name + ".txt", "--rows", lightgbm + "/" + g[1]}
			same(t, raw, column, ok(t, append(args, "--raw")...), 0)
			same(t, predict, column, ok(t, args...), 4)
		})
	}
}

// same compares a column with lines, within some units in the last place.
func same(t testing.TB, table [][]string, column int, lines string, ulps int64) {
	t.Helper()
	got := strings.Split(strings.TrimSpace(lines), "\n")
	require.Len(t, got, len(table)-1)
	for i, line := range got {
		g, err := strconv.ParseFloat(line, 64)
		require.NoError(t, err)
		w, err := strconv.ParseFloat(table[i+1][column], 64)
		require.NoError(t, err)
		distance := int64(math.Float64bits(g)) - int64(math.Float64bits(w))
		require.LessOrEqual(t, max(distance, -distance), ulps, "row %d: %v, LightGBM says %v", i, g, w)
	}
}

func TestPublishReleasesActivate(t *testing.T) {
	t.Chdir(t.TempDir())
	publish := func(version string, more ...string) result {
		return edgesignal(t, append([]string{
			"publish", "--strategy", "alpha_baseline", "--version", version,
			"--model", demoFiles + "/models/alpha_baseline-" + version + ".txt", "--golden", demoFiles + "/golden-" + version + ".json",
		}, more...)...)
	}
	require.Zero(t, publish("v1.0.0", "--activate", "--notes", "first").code)
	require.Zero(t, publish("v1.1.0").code)
	require.Zero(t, publish("v1.1.0").code, "the same again is a no-op")
	r := publish("v1.1.0", "--params", `{"top_n":5}`)
	require.Equal(t, exitError, r.code)
	require.Contains(t, r.err, "published already, with other content")

	var list []releaseLine
	require.NoError(t, json.Unmarshal([]byte(ok(t, "releases", "--json")), &list))
	require.Len(t, list, 2)
	status := map[string]string{}
	for _, l := range list {
		status[l.Version] = l.Status
		require.FileExists(t, filepath.Join("artifacts", l.ModelPath))
	}
	require.Equal(t, map[string]string{"v1.0.0": "active", "v1.1.0": "inactive"}, status)

	require.Equal(t, "alpha_baseline: v1.1.0 is active (before: v1.0.0)\n", ok(t, "activate", "alpha_baseline", "v1.1.0"))
	require.Equal(t, "alpha_baseline: v1.1.0 was active already\n", ok(t, "activate", "alpha_baseline", "v1.1.0"))
	r = edgesignal(t, "activate", "alpha_baseline", "v9")
	require.Equal(t, exitError, r.code)
	require.Contains(t, r.err, "alpha_baseline v9")
	require.Contains(t, ok(t, "releases", "alpha_baseline"), "v1.1.0   active")
	require.Equal(t, exitError, edgesignal(t, "releases", "nobody").code)

	require.Zero(t, publish("v1.0.0", "--strategy", "beta", "--golden", "", "--notes", "fine\nbeta  v9  active\x1b]52;c;eA==\a\u202e").code)
	require.Contains(t, ok(t, "releases", "beta"), `fine\nbeta  v9  active\x1b]52;c;eA==\a\u202e`+"\n")
	require.Contains(t, ok(t, "releases", "beta", "--json"), `fine\nbeta  v9  active\u001b]52;c;eA==\u0007\u202e`)
	r = edgesignal(t, "activate", "beta\x1b[2J", "v1\u202e")
	require.Equal(t, exitError, r.code)
	require.Contains(t, r.err, `beta\x1b[2J v1\u202e`)
	r = publish("v1.0.0", "--strategy", "beta\nv9", "--golden", "")
	require.Equal(t, exitError, r.code)
	require.Contains(t, r.err, "strategy has a character that cannot be printed, U+000A at byte 4")
}

// watched takes a program's output and can be waited on.
type watched struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.Write(p)
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.String()
}

func TestDemoAnswersAsSoonAsItSaysSo(t *testing.T) {
	t.Chdir(t.TempDir())
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := strconv.Itoa(ln.Addr().(*net.TCPAddr).Port)
	require.NoError(t, ln.Close())

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out, errs watched
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"demo", "--host", "127.0.0.1", "--port", port}, streams{&out, &errs})
	}()
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "Ready.") }, 60*time.Second, 5*time.Millisecond, &errs)
	res, err := http.Get("http://127.0.0.1:" + port + "/signals")
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Equal(t, "synthetic-data", res.Header.Get("X-EdgeSignal-Demo"))

	second := edgesignal(t, "demo", "--host", "127.0.0.1", "--port", port)
	require.Equal(t, exitError, second.code, "the port is taken")
	ok(t, "activate", "alpha_baseline", "v1.1.0", "--state-dir", ".edgesignal-demo")
	cancel()
	http.DefaultClient.CloseIdleConnections()
	require.Zero(t, <-ended, &errs)
}
