package sandbox

// constant reads an expression that gives a value of type t: one constant and
// an end. global.get would need an imported global, and none is admitted.
func (c *checker) constant(t byte) error {
	start := c.at
	op, err := c.Byte()
	if err != nil {
		return err
	}
	var got byte
	switch op {
	case opI32Const:
		got = typeI32
		_, err = c.Signed(32)
	case opI64Const:
		got = typeI64
		_, err = c.Signed(64)
	case opF32Const:
		got = typeF32
		err = c.Skip(4)
	case opF64Const:
		got = typeF64
		err = c.Skip(8)
	case opGlobalGet:
		return malformed(start, "a constant expression refers to an imported global, and none is admitted")
	default:
		if operations[op].kind == refused {
			return forbidden(start, "operation 0x%02x in a constant expression: %s are not admitted", op, operations[op].feature)
		}
		return malformed(start, "operation 0x%02x in a constant expression", op)
	}
	if err != nil {
		return err
	}
	if got != t {
		return malformed(start, "a constant of type 0x%02x, want 0x%02x", got, t)
	}
	start = c.at
	end, err := c.Byte()
	if err == nil && end != opEnd {
		if extendsConstant(end) {
			return forbidden(start, "operation 0x%02x in a constant expression: extended constant expressions are not admitted", end)
		}
		err = malformed(start, "a constant expression goes on with 0x%02x, want its end", end)
	}
	return err
}

// extendsConstant reports whether op can go on in the extended constant expressions
// proposal: a constant, or addition, subtraction and multiplication of integers.
func extendsConstant(op byte) bool {
	return op >= opI32Const && op <= opF64Const || op >= 0x6a && op <= 0x6c || op >= 0x7c && op <= 0x7e
}
