package model

import (
	"fmt"
	"testing"
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

func BenchmarkPredict(b *testing.B) {
	rows, width := readMatrix(b, "rows_X.csv")
	m := load(b, readModel(b, "reg_100x31"))
	for len(rows) < 500*width {
		rows = append(rows, rows...)
	}
	for _, n := range []int{1, 50, 500} {
		b.Run(fmt.Sprintf("rows=%d", n), func(b *testing.B) {
			dst := make([]float64, n)
			b.ReportAllocs()
			for b.Loop() {
				if err := m.Predict(dst, rows[:n*width]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
