package model

import "math"

// slotKind is what a slot holds for a zero and for a NaN, as bits of a float64.
type slotKind struct{ zero, missing uint64 }

// slotColumn is a column that the trees use, and its slots: those up to end,
// from the one before it on.
type slotColumn struct{ column, end uint32 }

// The ways of reading a column that LightGBM's decision types come to.
const (
	noneMissing = iota // NaN counts as 0
	nanLeft            // NaN goes left
	nanRight           // NaN goes right
	zeroLeft           // NaN and zero go left
	zeroRight          // NaN and zero go right
	ways        = iota
)

var (
	goesLeft  = math.Float64bits(math.Inf(-1)) // -Inf <= any threshold
	goesRight = math.Float64bits(math.NaN())   // no NaN is <= anything

	wayBits = [ways]slotKind{
		noneMissing: {zero: 0, missing: 0},
		nanLeft:     {zero: 0, missing: goesLeft},
		nanRight:    {zero: 0, missing: goesRight},
		zeroLeft:    {zero: goesLeft, missing: goesLeft},
		zeroRight:   {zero: goesRight, missing: goesRight},
	}
)

// way returns how a split by number reads its column.
func (n *node) way() int {
	left := n.decision&defaultLeftBit != 0
	switch missing := n.decision >> missingShift & missingMask; {
	case missing == missingZero && left:
		return zeroLeft
	case missing == missingZero:
		return zeroRight
	case missing == missingNaN && left:
		return nanLeft
	case missing == missingNaN:
		return nanRight
	}
	return noneMissing
}

// slotNumbers are the slots by column and way.
type slotNumbers [][ways]uint32

func (s slotNumbers) of(n *node) uint32 { return s[n.feature][n.way()] }

// assignSlots gives a slot to each pair of a column and a way that a split of
// the forest has.
func (b *flat) assignSlots(f *forest) slotNumbers {
	numbers := make(slotNumbers, f.width)
	for i := range f.trees {
		for j := range f.trees[i].nodes {
			n := &f.trees[i].nodes[j]
			numbers[n.feature][n.way()] = 1 // used
		}
	}
	b.kinds = []slotKind{{}}
	for column := range numbers {
		used := false
		for way := range wayBits {
			if numbers[column][way] == 0 {
				continue
			}
			numbers[column][way] = uint32(len(b.kinds))
			b.kinds = append(b.kinds, wayBits[way])
			used = true
		}
		if used {
			b.columns = append(b.columns, slotColumn{column: uint32(column), end: uint32(len(b.kinds))})
		}
	}
	return numbers
}

const (
	signBit      = 1 << 63
	infinityBits = 0x7ff << 52
	zeroBits     = 0x38aa95a5c0000000 // of zeroThreshold
)

// plain reports whether a value is the same in every slot: it is neither NaN
// nor as good as zero.
func plain(x float64) bool {
	return math.Float64bits(x)&^signBit-(zeroBits+1) < infinityBits-zeroBits
}

// read returns a value as a slot of the kind holds it. Sizes are compared as bits,
// which become conditional moves: what a row holds is hard to predict.
func (k *slotKind) read(x float64) float64 {
	bits := math.Float64bits(x)
	size := bits &^ signBit
	if size <= zeroBits {
		bits = k.zero
	}
	if size > infinityBits {
		bits = k.missing
	}
	return math.Float64frombits(bits)
}
