package sandbox

// Fuel is counted in units. The weight of an operation is the number of units
// that it costs.
const (
	weightEntry  = 8    // of a function: the growth of the stack, and the test
	weightLoop   = 1    // of each round
	weightPage   = 4096 // of memory.grow, per page of 64 KiB
	bulkShift    = 4    // of memory.fill, memory.copy, memory.init: 1 unit is 1<<bulkShift bytes
	movesPerUnit = 4    // values moved where ways meet, see merge
)

// The aim is that no program, whatever it is made of, spends more than 4 ns a
// unit, so that the fuel of a call over 500 symbols lasts no longer than 240
// ms. What weighs most is therefore not what is slow, but what can be made
// slow: loads that miss every cache; calls and branches into code that no
// cache holds; floating point on subnormal numbers, where the CPU takes 80 to
// 90 ns for a product or a quotient. Measured on an Intel Xeon of 2 cores
// (BenchmarkRunaways, and package hostile), none is over 3.8 ns.
var weights = weigh(map[[2]int]uint8{
	{0x02, 0x03}: 0,  // block, loop
	{0x04, 0x04}: 4,  // if
	{0x05, 0x05}: 0,  // else
	{0x0b, 0x0b}: 0,  // end
	{0x0c, 0x0c}: 2,  // br
	{0x0d, 0x0d}: 4,  // br_if
	{0x0e, 0x0e}: 8,  // br_table
	{0x10, 0x10}: 36, // call
	{0x11, 0x11}: 40, // call_indirect
	{0x28, 0x35}: 32, // loads
	{0x36, 0x3e}: 4,  // stores
	{0x40, 0x40}: 12, // memory.grow
	{0x6d, 0x70}: 4,  // i32.div, i32.rem
	{0x7f, 0x82}: 4,  // i64.div, i64.rem
	{0x8d, 0x90}: 2,  // f32.ceil, floor, trunc, nearest
	{0x91, 0x91}: 28, // f32.sqrt
	{0x94, 0x94}: 24, // f32.mul
	{0x95, 0x95}: 28, // f32.div
	{0x9b, 0x9e}: 2,  // f64.ceil, floor, trunc, nearest
	{0x9f, 0x9f}: 28, // f64.sqrt
	{0xa2, 0xa2}: 24, // f64.mul
	{0xa3, 0xa3}: 28, // f64.div
	{0xa8, 0xab}: 4,  // i32.trunc
	{0xae, 0xb1}: 4,  // i64.trunc
	{0xfc, 0xfc}: 0,  // as below
})

var extendedWeights = weigh(map[[2]int]uint8{
	{0x00, 0x07}: 4,  // saturating conversions
	{0x08, 0x08}: 8,  // memory.init
	{0x0a, 0x0a}: 8,  // memory.copy
	{0x0b, 0x0b}: 12, // memory.fill
})

// weigh returns the weight of each opcode. A row gives that of all opcodes from its
// first to its last; an opcode in no row weighs 1.
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
