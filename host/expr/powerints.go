package expr

// powerInts is a power of whole numbers, which wrap around as NumPy's int64 do.
func powerInts(numbers []*Number) func(*call) {
	return func(c *call) {
		at := func(side, i int) int64 {
			if numbers[side] != nil {
				return wholeOf(numbers[side])
			}
			return c.in[min(side, len(c.in)-1)].i64[i]
		}
		for i := c.lo; i < c.hi; i++ {
			x, y, v := at(0, i), at(1, i), int64(1)
			if y < 0 {
				c.fail(errNegativePower)
				return
			}
			for ; y > 0; y >>= 1 {
				if y&1 == 1 {
					v *= x
				}
				x *= x
			}
			c.out[0].i64[i] = v
		}
	}
}
