package alpha158

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"edgesignal/host/market"
)

// bytesOf returns the little-endian bars that FuzzHistory reads: six float32 a row.
func bytesOf(c market.Columns) []byte {
	var b []byte
	for i := range c.Len() {
		for _, v := range []float32{c.Open[i], c.High[i], c.Low[i], c.Close[i], c.Volume[i], 1} {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return b
}

// FuzzHistory: whatever bits the bars hold, History does not panic, equals
// Last, gives every NaN the same bits, and keeps shares within their bounds.
func FuzzHistory(f *testing.F) {
	f.Add([]byte{}, false)
	f.Add(bytesOf(walk(1, 1)), true)
	f.Add(bytesOf(walk(2, 64)), false)
	f.Add(bytesOf(suspend(walk(3, 130), 100)), true)
	f.Add(bytesOf(flatBars(66, 1e-4, 0)), false)
	f.Add(bytesOf(flatBars(8, math.MaxFloat32, math.MaxFloat32)), false)
	f.Add(bytesOf(flatBars(8, math.SmallestNonzeroFloat32, float32(math.Inf(-1)))), false)
	f.Add([]byte(strings.Repeat("\xff\xff\xff\xff\x00\x00\x00\x80\x00\x00\x80\x7f\x01\x00\x80\xff", 30)), true)
	names := Names()
	f.Fuzz(func(t *testing.T, raw []byte, vwap bool) {
		const row = 6 * 4
		n := min(len(raw)/row, 130)
		cols := make([][]float32, 6)
		for i := range n * 6 {
			v := math.Float32frombits(binary.LittleEndian.Uint32(raw[i*4:]))
			cols[i%6] = append(cols[i%6], v)
		}
		c := market.Columns{Open: cols[0], High: cols[1], Low: cols[2], Close: cols[3], Volume: cols[4]}
		if vwap && n > 0 {
			c.VWAP = cols[5]
		}
		all, last := features(c), make([]float32, Width)
		for i := range n {
			Last(last, c.Slice(max(0, i+1-Rows), i+1))
			for k, v := range last {
				if history := all[i*Width+k]; math.Float32bits(v) != math.Float32bits(history) {
					t.Fatalf("row %d %s: Last %v, History %v", i, names[k], v, history)
				}
				if v != v && math.Float32bits(v) != math.Float32bits(missing) {
					t.Fatalf("row %d %s: NaN with bits %x", i, names[k], math.Float32bits(v))
				}
				if low, high := bounds(k, c.Close[i], c.Volume[i]); v < low || v > high {
					t.Fatalf("row %d %s: %v, not in [%v, %v]", i, names[k], v, low, high)
				}
			}
		}
	})
}

// bounds returns what feature k lies within, on a day with this close and volume.
func bounds(k int, price, volume float32) (low, high float32) {
	inf := float32(math.Inf(1))
	windowed := func(at int) bool { return at <= k && k < at+len(windows) }
	switch {
	case windowed(atRANK), windowed(atIMAX), windowed(atIMIN), windowed(atCNTP), windowed(atCNTN):
		return 0, 1
	case windowed(atCNTD), windowed(atIMXD):
		return -1, 1
	case windowed(atRSQR), windowed(atSTD) && price > 0, windowed(atVSTD) && volume > 0:
		return 0, inf
	}
	return -inf, inf
}
