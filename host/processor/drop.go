package processor

import (
	"math"
	"slices"
)

// addDropnaProcessor drops the rows in which any column of the group is missing;
// infinite values are none.
func addDropnaProcessor(c *Chain, s *Spec) error {
	columns := c.columnsOf(s.Groups)
	c.step(func(f *Frame) {
		f.keep(func(row int) bool {
			return !slices.ContainsFunc(columns, func(i int) bool { return math.IsNaN(f.Columns[i].Value(row)) })
		})
	})
	return nil
}

// addDropCol drops the columns of these names, in all groups.
func addDropCol(c *Chain, s *Spec) error {
	return c.retain(func(l Label) bool { return !slices.Contains(s.Names, l.Name) })
}

// addFilterCol keeps of a group the columns of these names, and other groups
// whole.
func addFilterCol(c *Chain, s *Spec) error {
	return c.retain(func(l Label) bool {
		return s.Groups != nil && !slices.Contains(s.Groups, l.Group) || slices.Contains(s.Names, l.Name)
	})
}
