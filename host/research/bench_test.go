package research_test

import (
	"bytes"
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/internal/bartest"
	"edgesignal/host/market"
	"edgesignal/host/market/importer"
	"edgesignal/host/research"
)

// years returns a market of some symbols x 2,500 days; the full history that is
// measured has 500.
func years(b *testing.B, symbols int) *market.Market {
	var text bytes.Buffer
	require.NoError(b, bartest.WriteCSV(&text, symbols, 2500, 1))
	run, err := market.ParseDate("2024-12-31")
	require.NoError(b, err)
	dir := b.TempDir()
	_, err = importer.Import(b.Context(), importer.Options{Inputs: []string{"-"}, Stdin: &text, Dir: dir, Run: run})
	require.NoError(b, err)
	return load(b, os.DirFS(dir))
}

// cpu returns the time that this process had a core: on a shared machine it says
// more than the clock.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkWriteFeatures is the whole way of a feature matrix but for the disk.
func BenchmarkWriteFeatures(b *testing.B) {
	m := years(b, 10)
	rows := 0
	for _, s := range m.Series {
		rows += s.Len()
	}
	for name, form := range forms {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			before := cpu(b)
			for b.Loop() {
				w, err := form(io.Discard)
				require.NoError(b, err)
				require.NoError(b, research.WriteFeatures(b.Context(), w, m, research.FeatureQuery{}, nil))
				require.NoError(b, w.Close())
			}
			b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N*rows), "cpu-us/row")
		})
	}
}

// BenchmarkScore is a feature matrix in CSV through the demo's model.
func BenchmarkScore(b *testing.B) {
	matrix := writeCSV(b, years(b, 2), research.FeatureQuery{})
	rows := bytes.Count(matrix, []byte("\n")) - 1
	file, err := artifacts.FS.Open(artifacts.Releases()[0].Model)
	require.NoError(b, err)
	defer file.Close()
	m, err := research.LoadModel(file)
	require.NoError(b, err)
	b.SetBytes(int64(len(matrix)))
	b.ReportAllocs()
	before := cpu(b)
	for b.Loop() {
		in, err := research.ReadRows(bytes.NewReader(matrix), "matrix.csv", m)
		require.NoError(b, err)
		require.NoError(b, research.Score(b.Context(), m, in, false, io.Discard))
	}
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N*rows), "cpu-us/row")
}
