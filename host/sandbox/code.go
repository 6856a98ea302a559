package sandbox

func (c *checker) codeSection() error {
	start := c.at
	bodies := 0
	err := c.each("function", c.limits.Functions, "Functions", func(i int) error {
		if i >= len(c.functions)-c.imported {
			return malformed(c.at, "a body without a function: there are %d", i)
		}
		bodies++
		return c.code(c.types[c.functions[c.imported+i]])
	})
	if err != nil {
		return err
	}
	if bodies != c.defined {
		return malformed(start, "%d bodies for %d functions", bodies, c.defined)
	}
	c.defined = 0
	return nil
}

// code reads one body: its size, its locals, its expression.
func (c *checker) code(s signature) error {
	start := c.at
	part, err := c.Part()
	if err != nil {
		return err
	}
	if part.Left() > c.limits.BodyBytes {
		return over(start, "bytes of a body", part.Left(), c.limits.BodyBytes, "BodyBytes")
	}
	section := c.Reader
	c.Reader = part
	declared, err := c.locals(s.params)
	if err != nil {
		return err
	}
	w := body{checker: c, locals: s.params + declared}
	w.enter(s.results)
	if err := w.walk(); err != nil {
		return err
	}
	if c.branchSquares += w.branches * w.branches; c.branchSquares > c.limits.BranchSquares {
		return over(start, "squares of the branches of all functions up to here", c.branchSquares, c.limits.BranchSquares, "BranchSquares")
	}
	c.Reader = section
	if c.rewriter != nil {
		c.rewriter.body(part, c.insertions)
	}
	return nil
}

// locals reads the groups of locals and gives their number without the
// parameters.
func (c *checker) locals(params int) (int, error) {
	groups, err := c.Count()
	if err != nil {
		return 0, err
	}
	declared := 0
	for range groups {
		start := c.at
		n, err := c.Uint32()
		if err != nil {
			return 0, err
		}
		if int64(n)+int64(declared+params) > int64(c.limits.Locals) {
			return 0, malformed(start, "%d more locals beside %d with the parameters, at most %d (Locals)", n, declared+params, c.limits.Locals)
		}
		declared += int(n)
		if _, err := c.valueType(); err != nil {
			return 0, err
		}
	}
	if params > c.limits.Locals {
		return 0, over(c.at, "parameters", params, c.limits.Locals, "Locals")
	}
	c.totalLocals += declared + params
	if c.totalLocals > c.limits.TotalLocals {
		return 0, over(c.at, "locals of all functions up to here", c.totalLocals, c.limits.TotalLocals, "TotalLocals")
	}
	return declared, nil
}
