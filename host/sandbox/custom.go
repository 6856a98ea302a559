package sandbox

// The parts of the "name" section (core specification, 7.4.1) that wazero decodes.
const (
	namesModule = iota
	namesFunctions
	namesLocals
)

// custom reads a custom section. wazero skips all of them but "name", whose
// counts it trusts, and which it refuses when there are two.
func (c *checker) custom() error {
	start := c.at
	if c.customBytes += c.Left(); c.customBytes > c.limits.CustomBytes {
		return over(start, "bytes of custom sections up to here", c.customBytes, c.limits.CustomBytes, "CustomBytes")
	}
	name, err := c.Name()
	if err != nil {
		return err
	}
	if string(name) != "name" {
		return c.Skip(c.Left())
	}
	if c.hasNames {
		return malformed(start, "a second custom section \"name\"")
	}
	c.hasNames = true
	if c.Left() > c.limits.NameBytes {
		return over(start, "bytes of names", c.Left(), c.limits.NameBytes, "NameBytes")
	}
	return c.names()
}

// names reads the subsections; each comes at most once.
func (c *checker) names() error {
	var seen [256]bool
	for c.Left() > 0 {
		start := c.at
		id, part, err := c.Section()
		if err != nil {
			return err
		}
		c.where.entry, c.where.index = "names of kind", int(id)
		if seen[id] {
			return malformed(start, "a second subsection %d of \"name\"", id)
		}
		seen[id] = true
		switch id {
		case namesModule:
			_, err = part.Name()
		case namesFunctions:
			err = c.nameMap(&part, c.limits.Functions+c.limits.Imports, "Functions+Imports", (*Reader).Name)
		case namesLocals:
			err = c.nameMap(&part, c.limits.Functions+c.limits.Imports, "Functions+Imports", func(r *Reader) ([]byte, error) {
				return nil, c.nameMap(r, c.limits.Locals, "Locals", (*Reader).Name)
			})
		default:
			err = part.Skip(part.Left())
		}
		if err != nil {
			return err
		}
		if part.Left() > 0 {
			return malformed(part.at, "%d bytes after the last name", part.Left())
		}
	}
	return nil
}

// nameMap reads pairs of an index and what read reads.
func (c *checker) nameMap(r *Reader, limit int, name string, read func(*Reader) ([]byte, error)) error {
	start := r.at
	n, err := r.Count()
	if err != nil {
		return err
	}
	if n > limit {
		return over(start, "names", n, limit, name)
	}
	for range n {
		if _, err := r.Uint32(); err != nil {
			return err
		}
		if _, err := read(r); err != nil {
			return err
		}
	}
	return nil
}
