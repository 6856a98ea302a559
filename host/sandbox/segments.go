package sandbox

// The forms of data segments of the core specification 2.0, 5.5.14.
const (
	dataActive = iota
	dataPassive
	dataActiveIn // with the index of its memory
)

// The forms of element segments, 5.5.12, that need no reference types; there are eight.
const (
	elementActive   = 0
	elementActiveIn = 2 // with the index of its table and the kind of its elements
	elementForms    = 8
)

func (c *checker) elementSection() error {
	total := 0
	return c.each("segment", c.limits.ElementSegments, "ElementSegments", func(int) error {
		start := c.at
		form, err := c.Uint32()
		switch {
		case err != nil:
			return err
		case form >= elementForms:
			return malformed(start, "there is no element segment of form %d", form)
		case form != elementActive && form != elementActiveIn:
			return forbidden(start, "an element segment of form %d: reference types and passive elements are not admitted", form)
		case form == elementActiveIn:
			_, err = c.index("table", c.tables)
		case c.tables == 0:
			err = malformed(start, "table 0: there are 0")
		}
		if err != nil {
			return err
		}
		if err := c.constant(typeI32); err != nil {
			return err
		}
		if start = c.at; form == elementActiveIn {
			if kind, err := c.Byte(); err != nil || kind != 0 {
				return malformed(start, "elements of kind 0x%02x", kind)
			}
		}
		start = c.at
		n, err := c.Count()
		if err != nil {
			return err
		}
		if total += n; total > c.limits.Elements {
			return over(start, "elements up to here", total, c.limits.Elements, "Elements")
		}
		for range n {
			if _, err := c.index("function", len(c.functions)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *checker) dataCountSection() error {
	start := c.at
	n, err := c.Uint32()
	if err == nil && int64(n) > int64(c.limits.DataSegments) {
		err = over(start, "data segments", int(n), c.limits.DataSegments, "DataSegments")
	}
	c.dataCount = int(n)
	return err
}

func (c *checker) dataSection() error {
	return c.each("segment", c.limits.DataSegments, "DataSegments", func(int) error {
		start := c.at
		form, err := c.Uint32()
		switch {
		case err != nil:
			return err
		case form > dataActiveIn:
			return malformed(start, "there is no data segment of form %d", form)
		case form == dataActiveIn:
			_, err = c.index("memory", c.memories)
		case form == dataActive && c.memories == 0:
			err = malformed(start, "memory 0: there are 0")
		}
		if err == nil && form != dataPassive {
			err = c.constant(typeI32)
		}
		if err != nil {
			return err
		}
		_, err = c.Part()
		c.data++
		return err
	})
}
