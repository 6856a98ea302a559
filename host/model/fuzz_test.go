package model

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func FuzzLoad(f *testing.F) {
	f.Add([]byte(smallText))
	d := small(f)
	f.Add(d.text())
	f.Add(d.first(1).text())
	f.Add(d.set(f, 0, "num_leaves", "1000000000").text())
	f.Add(d.set(f, 0, "left_child", "1 0 -1").text())
	f.Add(d.set(f, 2, "left_child", "1 -2").text())
	f.Add(d.setHeader(f, "max_feature_idx=2", "max_feature_idx=100000").text())
	f.Add(takeApart(f, readModel(f, "one_feature")).first(1).text())
	f.Add(linearModel(f).text())
	f.Add([]byte("\x80\x04\x95 a pickle"))
	file, err := Container([]float64{0.5, -2}, [][]byte{d.text(), linearModel(f).text()})
	require.NoError(f, err)
	f.Add(file)
	f.Fuzz(func(t *testing.T, text []byte) {
		loadDamaged(t, text)
		// A mutated text seldom has right sizes: give it such, so that the trees are reached.
		if starts := treeStart.FindIndex(text); starts != nil && len(text) < 1<<16 && endOfTrees.Match(text) {
			loadDamaged(t, takeApart(t, text).text())
		}
	})
}

// FuzzBatch gives both evaluators rows of any bits, over trees of any shape.
func FuzzBatch(f *testing.F) {
	f.Add(uint64(1), uint8(3), uint8(5), uint16(31), []byte("any bits are a float64"))
	f.Add(uint64(2), uint8(1), uint8(1), uint16(1), []byte{0, 0, 0, 0, 0, 0, 0xf8, 0x7f, 0, 0, 0, 0, 0, 0, 0xf0, 0xff})
	f.Fuzz(func(t *testing.T, seed uint64, width, trees uint8, leaves uint16, bits []byte) {
		columns := 1 + int(width)
		forest := grown(rand.New(rand.NewPCG(seed, 0)), columns, 1+int(trees)%16, 1+int(leaves)%300)
		e, err := newByLeaves(forest)
		require.NoError(t, err)
		b, err := newFlat(forest)
		m := newModel(forest, e, b, err)
		require.Equal(t, Evaluator{Name: EvaluatorBatch}, m.Evaluator())
		rows := randomRows(rand.New(rand.NewPCG(seed, 1)), 30, columns)
		for i := 0; i+8 <= len(bits) && i/8 < len(rows); i += 8 {
			rows[i/8] = math.Float64frombits(binary.LittleEndian.Uint64(bits[i:]))
		}
		require.Same(t, m, m.Hold(rows))
	})
}
