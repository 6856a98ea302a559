package sandbox

const (
	weightLoop       = 1
	weightEntry      = 1
	weightDeclared   = 0
	weightDeclaredOf = 1
	weightValue      = 0
	weightMove       = 0
	weightMoveOf     = 1

	bulkShift  = 4
	weightPage = 4096
)

var (
	weights = weigh(map[[2]int]uint8{
		{0x02, 0x03}: 0,
		{0x05, 0x05}: 0,
		{0x0b, 0x0b}: 0,
		{0xfc, 0xfc}: 0,
	})
	extendedWeights = weigh(nil)
)

// weigh spreads rows, each for the opcodes from its first to its last; what
// is in none weighs 1.
func weigh(rows map[[2]int]uint8) (t [256]uint8) {
	for op := range t {
		t[op] = 1
	}
	for span, weight := range rows {
		for op := span[0]; op <= span[1]; op++ {
			t[op] = weight
		}
	}
	return t
}
