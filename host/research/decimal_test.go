package research

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAppend32 holds append32 against strconv: one in a thousand of all bit
// patterns, and what lies around every power of two and of ten, whole numbers
// and fractions of small ones.
func TestAppend32(t *testing.T) {
	var got, want []byte
	same := func(word uint32) {
		v := math.Float32frombits(word)
		got = append32(got[:0], v)
		switch {
		case v != v:
			want = append(want[:0], "nan"...)
		case v-v != 0:
			want = append(want[:0], map[bool]string{true: "inf", false: "-inf"}[v > 0]...)
		default:
			want = strconv.AppendFloat(want[:0], float64(v), 'g', -1, 32)
		}
		if string(want) != string(got) {
			require.Equal(t, string(want), string(got), "bits %08x", word)
		}
	}
	around := func(v float32) {
		for d := range uint32(41) {
			same(math.Float32bits(v) + d - 20)
			same(math.Float32bits(-v) + d - 20)
		}
	}
	for word := uint64(0); word < 1<<32; word += 997 {
		same(uint32(word))
	}
	for e := range 256 {
		around(math.Float32frombits(uint32(e) << 23))
	}
	for e := -45; e < 39; e++ {
		v, err := strconv.ParseFloat("1e"+strconv.Itoa(e), 32)
		require.NoError(t, err)
		around(float32(v))
	}
	for n := range 1 << 17 {
		same(math.Float32bits(float32(n)))
		same(math.Float32bits(float32(n*128 + 1)))
	}
	for d := range 61 {
		for n := range d {
			same(math.Float32bits(float32(n) / float32(d)))
		}
	}
}

func BenchmarkAppend32(b *testing.B) {
	var values [4096]float32
	for i := range values {
		values[i] = float32(math.Sin(float64(i)))
	}
	for name, format := range map[string]func([]byte, float32) []byte{
		"append32": append32,
		"strconv":  func(b []byte, v float32) []byte { return strconv.AppendFloat(b, float64(v), 'g', -1, 32) },
	} {
		b.Run(name, func(b *testing.B) {
			var text []byte
			for b.Loop() {
				text = text[:0]
				for _, v := range values {
					text = format(text, v)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(values)), "ns/number")
		})
	}
}
