package sandbox

// The value types of the core specification 1.0, 5.3.1.
const (
	typeI32 = 0x7f
	typeI64 = 0x7e
	typeF32 = 0x7d
	typeF64 = 0x7c

	typeV128      = 0x7b
	typeFuncref   = 0x70
	typeExternref = 0x6f
	typeExnref    = 0x69
	typeRef       = 0x64
	typeRefNull   = 0x63
)

// signature is what later sections need of a function type.
type signature struct{ params, results int }

func (c *checker) valueType() (byte, error) {
	start := c.at
	t, err := c.Byte()
	if err != nil {
		return 0, err
	}
	return t, checkValueType(start, t)
}

func checkValueType(at int, t byte) error {
	switch t {
	case typeI32, typeI64, typeF32, typeF64:
		return nil
	case typeV128:
		return forbidden(at, "type v128: SIMD is not admitted")
	case typeFuncref, typeExternref, typeExnref, typeRef, typeRefNull:
		return forbidden(at, "type 0x%02x: reference types are not admitted", t)
	}
	return malformed(at, "0x%02x is not a value type", t)
}

func (c *checker) valueTypes(what string, limit int, name string) (int, error) {
	start := c.at
	n, err := c.Count()
	if err != nil {
		return 0, err
	}
	if n > limit {
		return 0, over(start, what, n, limit, name)
	}
	for range n {
		if _, err := c.valueType(); err != nil {
			return 0, err
		}
	}
	return n, nil
}

func (c *checker) typeSection() error {
	return c.each("type", c.limits.Types, "Types", func(int) error {
		start := c.at
		form, err := c.Byte()
		switch {
		case err != nil:
			return err
		case form >= 0x4e && form <= 0x50 || form == 0x5e || form == 0x5f:
			return forbidden(start, "type form 0x%02x: garbage-collected types are not admitted", form)
		case form != 0x60:
			return malformed(start, "0x%02x does not begin a function type", form)
		}
		var s signature
		if s.params, err = c.valueTypes("parameters", c.limits.Params, "Params"); err != nil {
			return err
		}
		if s.results, err = c.valueTypes("results", c.limits.Results, "Results"); err != nil {
			return err
		}
		c.types = append(c.types, s)
		return nil
	})
}

// typeIndex reads the index of a function type.
func (c *checker) typeIndex() (uint32, error) { return c.index("type", len(c.types)) }

// index reads an index and holds it to the number of things there are.
func (c *checker) index(what string, n int) (uint32, error) {
	start := c.at
	i, err := c.Uint32()
	if err == nil && int64(i) >= int64(n) {
		err = malformed(start, "%s %d: there are %d", what, i, n)
	}
	return i, err
}
