package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func BenchmarkLoad(b *testing.B) {
	text := readModel(b, "reg_100x31")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(text); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoadAs is what a host does with a model that its gate has loaded.
func BenchmarkLoadAs(b *testing.B) {
	text := readModel(b, "reg_100x31")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := LoadAs(text, Evaluator{Name: EvaluatorBatch}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCheck is the part of Load that is not leaves.
func BenchmarkCheck(b *testing.B) {
	text := readModel(b, "reg_100x31")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parse(text); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPredict is the batch evaluator against leaves, in turns on one
// thread, by the time that the thread had of a core. x is how many times the
// batch evaluator's leaves needs (median, and the quarter of the turns with
// the smallest); ns is for one row and one tree, leaves-ns the same of leaves.
func BenchmarkPredict(b *testing.B) {
	r := rand.New(rand.NewPCG(158, 31))
	for _, copies := range []int{1, 5} { // of 100 trees, each on other columns
		f, err := parse(readModel(b, "reg_100x31"))
		require.NoError(b, err)
		trees := f.trees
		for i := 1; i < copies; i++ {
			for _, t := range trees {
				t.nodes = slices.Clone(t.nodes)
				for j := range t.nodes {
					t.nodes[j].feature = (t.nodes[j].feature + uint32(31*i)) % uint32(f.width)
				}
				f.trees = append(f.trees, t)
			}
		}
		e, err := newByLeaves(f)
		require.NoError(b, err)
		flat, err := newFlat(f)
		m := newModel(f, e, flat, err)
		require.Equal(b, Evaluator{Name: EvaluatorBatch}, m.Evaluator())
		alone := m.onLeaves("a benchmark")
		for _, n := range []int{1, 5, 50, 500, 3000} {
			b.Run(fmt.Sprintf("trees=%d/rows=%d", m.Trees(), n), func(b *testing.B) {
				rows := realisticRows(b, r, n)
				dst, want := make([]float64, n), make([]float64, n)
				calls := 1 + 500/n // so that a turn is long enough to be timed
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				turn := func(m *Model, dst []float64) float64 {
					begin := threadTime(b)
					for range calls {
						if err := m.Predict(dst, rows); err != nil {
							b.Fatal(err)
						}
					}
					return float64(threadTime(b)-begin) / float64(calls*n*m.Trees())
				}
				var batch, leaves, ratio []float64
				b.ReportAllocs()
				for b.Loop() {
					batch, leaves = append(batch, turn(m, dst)), append(leaves, turn(alone, want))
					ratio = append(ratio, leaves[len(leaves)-1]/batch[len(batch)-1])
				}
				requireBits(b, want, dst)
				for _, times := range [][]float64{batch, leaves, ratio} {
					slices.Sort(times)
				}
				b.ReportMetric(batch[len(batch)/2], "ns")
				b.ReportMetric(leaves[len(leaves)/2], "leaves-ns")
				b.ReportMetric(ratio[len(ratio)/2], "x")
				b.ReportMetric(ratio[len(ratio)/4], "x-low")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// realisticRows draws each value from its column of the golden rows, one in a
// hundred missing.
func realisticRows(b *testing.B, r *rand.Rand, n int) []float64 {
	golden, width := readMatrix(b, "rows_X.csv")
	rows := make([]float64, n*width)
	for i := range rows {
		rows[i] = math.NaN()
		for r.IntN(100) > 0 {
			if x := golden[r.IntN(len(golden)/width)*width+i%width]; math.Abs(x) > zeroThreshold && math.Abs(x) < 1e9 {
				rows[i] = x
				break
			}
		}
	}
	return rows
}

// threadTime returns what this thread has had of a core, in nanoseconds: a busy
// machine does not change it much.
func threadTime(b *testing.B) int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		b.Fatal(err)
	}
	return t.Nano()
}
