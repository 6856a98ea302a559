package sandbox

import (
	"bytes"

	"edgesignal/host/text"
)

// The kinds of import and export of the core specification, 5.5.5.
const (
	kindFunction = iota
	kindTable
	kindMemory
	kindGlobal
	kindTag
)

func (c *checker) importSection() error {
	return c.each("import", c.limits.Imports, "Imports", func(int) error {
		module, err := c.Name()
		if err != nil {
			return err
		}
		name, err := c.Name()
		if err != nil {
			return err
		}
		start := c.at
		kind, err := c.Byte()
		if err != nil {
			return err
		}
		switch kind {
		case kindFunction:
		case kindTable, kindMemory, kindGlobal, kindTag:
			what := [...]string{kindTable: "table", kindMemory: "memory", kindGlobal: "global", kindTag: "tag"}[kind]
			return forbidden(start, "import %q is not a function but a %s", cut(module)+"."+cut(name), what)
		default:
			return malformed(start, "import %s.%s is of unknown kind %d", cut(module), cut(name), kind)
		}
		t, err := c.typeIndex()
		c.functions = append(c.functions, t)
		c.imported++
		return err
	})
}

func (c *checker) functionSection() error {
	return c.each("function", c.limits.Functions, "Functions", func(int) error {
		t, err := c.typeIndex()
		c.functions = append(c.functions, t)
		c.defined++
		return err
	})
}

func (c *checker) exportSection() error {
	seen := make(map[string]bool) // at most Exports
	return c.each("export", c.limits.Exports, "Exports", func(int) error {
		start := c.at
		name, err := c.Name()
		if err != nil {
			return err
		}
		if seen[string(name)] {
			return malformed(start, "a second export of the name %q", cut(name))
		}
		seen[string(name)] = true
		if bytes.HasPrefix(name, []byte(reserved)) {
			return forbidden(start, "export %q: names that begin with %q are the host's own", cut(name), reserved)
		}
		start = c.at
		kind, err := c.Byte()
		if err != nil {
			return err
		}
		switch kind {
		case kindFunction:
			_, err = c.index("function", len(c.functions))
		case kindTable:
			_, err = c.index("table", c.tables)
		case kindMemory:
			_, err = c.index("memory", c.memories)
		case kindGlobal:
			_, err = c.index("global", c.globals)
		case kindTag:
			err = forbidden(start, "export %q is a tag: exceptions are not admitted", cut(name))
		default:
			err = malformed(start, "there is no export of kind %d", kind)
		}
		return err
	})
}

// cut returns a name, shortened for an error.
func cut(name []byte) string { return text.Clip(string(name), 80) }
