package sandbox

// The section ids of the core specification, 5.5.2, and of its extensions.
const (
	sectionCustom = iota
	sectionType
	sectionImport
	sectionFunction
	sectionTable
	sectionMemory
	sectionGlobal
	sectionExport
	sectionStart
	sectionElement
	sectionCode
	sectionData
	sectionDataCount
	sectionTag
)

// section is how one kind of section is read. Sections other than custom ones
// come in the order of rank, each at most once.
type section struct {
	name string
	rank int
	read func(*checker) error
}

// sectionOf knows the sections by their id.
func sectionOf(id byte) (section, bool) {
	switch id {
	case sectionCustom:
		return section{"custom", 0, (*checker).custom}, true
	case sectionType:
		return section{"type", 1, (*checker).typeSection}, true
	case sectionImport:
		return section{"import", 2, (*checker).importSection}, true
	case sectionFunction:
		return section{"function", 3, (*checker).functionSection}, true
	case sectionTable:
		return section{"table", 4, (*checker).tableSection}, true
	case sectionMemory:
		return section{"memory", 5, (*checker).memorySection}, true
	case sectionTag:
		return section{"tag", 6, func(c *checker) error { return forbidden(c.at, "exceptions are not admitted") }}, true
	case sectionGlobal:
		return section{"global", 7, (*checker).globalSection}, true
	case sectionExport:
		return section{"export", 8, (*checker).exportSection}, true
	case sectionStart:
		return section{"start", 9, func(c *checker) error {
			return forbidden(c.at, "a start function is not admitted; export _initialize instead")
		}}, true
	case sectionElement:
		return section{"element", 10, (*checker).elementSection}, true
	case sectionDataCount:
		return section{"data count", 11, (*checker).dataCountSection}, true
	case sectionCode:
		return section{"code", 12, (*checker).codeSection}, true
	case sectionData:
		return section{"data", 13, (*checker).dataSection}, true
	}
	return section{}, false
}

func (c *checker) module() error {
	whole := c.Reader
	if err := whole.Header(); err != nil {
		return err
	}
	c.dataCount = -1
	rank := 0
	for whole.Left() > 0 {
		start := whole.At()
		c.where = place{section: "unknown"}
		id, contents, err := whole.Section()
		s, known := sectionOf(id)
		if known {
			c.where.section = s.name
		}
		switch {
		case err != nil:
			return err
		case !known:
			return malformed(start, "there is no section of id %d", id)
		case s.rank == rank && rank > 0:
			return malformed(start, "a second %s section", s.name)
		case s.rank > 0 && s.rank < rank:
			return malformed(start, "the %s section comes too late", s.name)
		}
		rank = max(rank, s.rank)
		if c.rewriter != nil {
			c.rewriter.begin(id, s.rank)
		}
		c.Reader = contents
		if err := s.read(c); err != nil {
			return err
		}
		if c.Left() > 0 {
			return malformed(c.at, "%d bytes after the last entry", c.Left())
		}
		if c.rewriter != nil {
			c.rewriter.end(id, start, contents)
		}
	}
	return c.complete(whole.At())
}

// complete checks, at the end of the module, what sections promised one another.
func (c *checker) complete(at int) error {
	c.where = place{section: "code"}
	if c.defined > 0 {
		return malformed(at, "%d functions have no body", c.defined)
	}
	c.where = place{section: "data count"}
	if c.dataCount >= 0 && c.dataCount != c.data {
		return malformed(at, "it announces %d data segments, there are %d", c.dataCount, c.data)
	}
	return nil
}
