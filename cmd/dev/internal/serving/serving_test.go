package serving

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func build(t *testing.T, dir, pkg string) string {
	out := filepath.Join(dir, filepath.Base(pkg))
	cmd := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", out, pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, string(said))
	return out
}

// The whole run, small and short: real servers, a real market, every scenario.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	o := Options{
		Binary: build(t, dir, "edgesignal/cmd/edgesignal"), Bare: build(t, dir, "edgesignal/cmd/dev/internal/barefiber"),
		Model: "../../../../artifacts/demo/models/alpha_baseline-v1.0.0.txt", Dir: dir,
		Symbols: 12, Small: 8, Days: 80, Rounds: 1, Turn: 50 * time.Millisecond, Conns: 2,
		OffFlags:    []string{"--top-n", "3"}, // any flags: that the second host gets some
		Predictions: "BenchmarkPredict/trees=100/rows=500-2 1 60.00 leaves-ns 20.00 ns\n",
		Log:         t.Output(),
	}
	var out bytes.Buffer
	require.NoError(t, Run(t.Context(), o, &out))
	for _, want := range []string{
		"| GET the default book, 8 symbols | throughput |", "| GET the default book, 12 symbols | p99 at ",
		"| POST 5 random symbols of 12 | throughput |", "| POST 12 random symbols of 12 | p99.9 at ", "| bare fiber |", "| caches off |",
		"| demo | RSS after the load |", "| 12 symbols x 80 days | RSS after the load |",
		"| reload, artifacts at hand | POST to answer |", "| a swap each second, 12 symbols | p99 at ", "| no swaps |", "| leaves | 60.0 ns | **0.33** |",
	} {
		require.Contains(t, out.String(), want)
	}
	t.Log(out.String())
}

func TestServersThatDoNotStart(t *testing.T) {
	_, err := start(t.Context(), "/", func(string, string) []string { return []string{"/bin/sh", "-c", "echo no luck; exit 3"} })
	require.ErrorContains(t, err, "exit status 3")
	require.ErrorContains(t, err, "no luck")
	require.ErrorContains(t, run(t.Context(), "/bin/sh", "-c", "echo no luck; exit 3"), "no luck")
}

func TestBars(t *testing.T) {
	var a, b bytes.Buffer
	require.NoError(t, writeBars(&a, symbols(2), 3))
	require.NoError(t, writeBars(&b, symbols(2), 3))
	require.Equal(t, a.String(), b.String())
	lines := strings.Split(strings.TrimSpace(a.String()), "\n")
	require.Len(t, lines, 1+2*3)
	require.Contains(t, lines[3], "S0000,2024-12-31,")
	require.Contains(t, lines[4], "S0001,2024-12-27,") // over a weekend
	require.Error(t, writeBars(failing{}, symbols(2), 3))
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestTable(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, write(&out, []*figure{
		{scenario: "s", name: "n", unit: perSecond, baseline: "b", ours: []float64{1, 30, 20}, theirs: []float64{20, 20, 20}, goal: "g"},
		{scenario: "m", name: "RSS", unit: mebibytes, ours: []float64{3 << 20}},
		{scenario: "r", name: "took", unit: duration, ours: []float64{0.002, 0.0001, 0.001}},
	}))
	require.Equal(t, []string{
		"| s | n | 20/s | b | 20/s | **1.00** | 0.0500, 1.50 | g |",
		"| m | RSS | 3 MiB |  |  |  |  |  |",
		"| r | took | 1.00 ms |  |  |  | 100 us, 2.00 ms |  |",
	}, strings.Split(strings.TrimSpace(out.String()), "\n")[2:])
	require.Error(t, write(failing{}, nil))
}

func TestBareRequests(t *testing.T) {
	got := bareRequests(7, [][]byte{[]byte("POST /a/b?c HTTP/1.1\r\nHost: x\r\n\r\n{\"a b\"}")})
	require.Equal(t, "POST /7 HTTP/1.1\r\nHost: x\r\n\r\n{\"a b\"}", string(got[0]))
}
