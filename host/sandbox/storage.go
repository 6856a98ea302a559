package sandbox

// maxPages is the 4 GiB that 32-bit addresses reach, in pages of 64 KiB.
const maxPages = 1 << 16

// extent reads the limits of a table or memory (core specification, 5.3.4,
// with the flags of the threads and memory64 proposals).
func (c *checker) extent() (least uint32, most int64, err error) {
	start := c.at
	flags, err := c.Byte()
	switch {
	case err != nil:
		return 0, 0, err
	case flags > 0x0f:
		return 0, 0, malformed(start, "limits begin with 0x%02x", flags)
	case flags&0x08 != 0:
		return 0, 0, forbidden(start, "pages of another size are not admitted")
	case flags&0x04 != 0:
		return 0, 0, forbidden(start, "64-bit addresses are not admitted")
	case flags&0x02 != 0:
		return 0, 0, forbidden(start, "shared memory is not admitted")
	}
	if least, err = c.Uint32(); err != nil || flags == 0 {
		return least, -1, err
	}
	start = c.at
	v, err := c.Uint32()
	if err == nil && v < least {
		err = malformed(start, "the maximum %d is below the minimum %d", v, least)
	}
	return least, int64(v), err
}

// only reads the count of a section that has at most one entry.
func (c *checker) only(entry string, read func() error) (int, error) {
	start := c.at
	n, err := c.Count()
	switch {
	case err != nil:
		return 0, err
	case n > 1:
		return 0, forbidden(start, "%d of them, at most one %s is admitted", n, entry)
	case n == 1:
		c.where.entry = entry
		if err = read(); err == nil {
			c.where.entry = ""
		}
	}
	return n, err
}

func (c *checker) tableSection() error {
	n, err := c.only("table", func() error {
		start := c.at
		kind, err := c.Byte()
		switch {
		case err != nil:
			return err
		case kind == typeExternref || kind == typeExnref || kind == typeRef || kind == typeRefNull || kind == 0x40:
			return forbidden(start, "a table of 0x%02x: reference types are not admitted", kind)
		case kind != typeFuncref:
			return malformed(start, "a table of 0x%02x", kind)
		}
		start = c.at
		least, _, err := c.extent()
		if err == nil && int64(least) > int64(c.limits.TableEntries) {
			err = over(start, "entries", int(least), c.limits.TableEntries, "TableEntries")
		}
		return err
	})
	c.tables = n
	return err
}

func (c *checker) memorySection() error {
	n, err := c.only("memory", func() error {
		start := c.at
		least, most, err := c.extent()
		switch {
		case err != nil:
			return err
		case least > maxPages || most > maxPages:
			return malformed(start, "more than %d pages of 64 KiB", maxPages)
		case int64(least) > int64(c.limits.MemoryPages):
			return forbidden(start, "the memory begins with %d pages of 64 KiB, at most %d (MemoryPages)", least, c.limits.MemoryPages)
		}
		return nil
	})
	c.memories = n
	return err
}

func (c *checker) globalSection() error {
	return c.each("global", c.limits.Globals, "Globals", func(int) error {
		t, err := c.valueType()
		if err != nil {
			return err
		}
		start := c.at
		mutable, err := c.Byte()
		if err != nil {
			return err
		}
		if mutable > 1 {
			return malformed(start, "mutability 0x%02x", mutable)
		}
		if mutable == 1 {
			c.mutable = append(c.mutable, c.globals)
		}
		c.globals++
		return c.constant(t)
	})
}
