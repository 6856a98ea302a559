package barfile

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go/format"
)

// column is one leaf of the schema, directly under its root.
type column struct {
	name     string // as the file writes it
	element  *element
	optional bool // has definition levels
	next     chunk
	chunks   []chunk // its data, a chunk for each row group that has rows
}

// String returns the name that the column is known by: errors say no text of the file.
func (c *column) String() string { return fold(c.name) }

// layout is where the columns that are read lie.
type layout struct {
	wanted []string  // names in lower case
	of     []*column // one for each wanted name, nil = the file has no such column
	all    []*column // those that are there
}

// fold returns a column's name without regard to case: yfinance and R write
// Date and Open.
func fold(name string) string { return strings.ToLower(name) }

func (l *layout) knows(name string) bool { return slices.Contains(l.wanted, fold(name)) }

// column returns the column of that name in lower case, nil = it is not there.
func (l *layout) column(name string) *column {
	if i := slices.Index(l.wanted, name); i >= 0 {
		return l.of[i]
	}
	return nil
}

// present returns how many of the names are columns of the file.
func (l *layout) present(names []string) (n int) {
	for _, name := range names {
		if l.column(name) != nil {
			n++
		}
	}
	return n
}

// readLayout finds the wanted columns among the root's children. Other
// columns do not matter, whatever they are.
func readLayout(schema []element, wanted []string) (*layout, error) {
	if len(schema) == 0 {
		return nil, errors.New("no schema")
	}
	l := &layout{wanted: wanted, of: make([]*column, len(wanted))}
	for i, n := 1, schema[0].children; n > 0; n-- {
		if i >= len(schema) {
			return nil, errors.New("the schema ends before its last column")
		}
		if k := slices.Index(wanted, fold(schema[i].name)); k >= 0 {
			if l.of[k] != nil {
				return nil, fmt.Errorf("two columns are named %q, without regard to case", wanted[k])
			}
			c, err := newColumn(&schema[i])
			if err != nil {
				return nil, err
			}
			l.of[k] = c
			l.all = append(l.all, c)
		}
		i = after(schema, i)
	}
	return l, nil
}

func newColumn(e *element) (*column, error) {
	c := &column{name: e.name, element: e}
	switch {
	case e.repetition == format.Repeated || e.means().kind == 2 || e.means().kind == 3:
		return nil, fmt.Errorf("column %q holds lists", c)
	case !e.leaf:
		return nil, fmt.Errorf("column %q is a group of columns", c)
	case e.repetition == format.Optional:
		c.optional = true
	case e.repetition != format.Required:
		return nil, fmt.Errorf("column %q is neither required nor optional", c)
	}
	return c, nil
}

// after returns the index behind element i and everything below it.
func after(schema []element, i int) int {
	for open := 1; open > 0 && i < len(schema); i++ {
		open--
		if !schema[i].leaf {
			open += int(max(schema[i].children, 0))
		}
	}
	return i
}

// chunk is the data of one column in one row group.
type chunk struct {
	there, elsewhere, encrypted bool
	split                       bool // it may be in BYTE_STREAM_SPLIT
	kind                        format.Type
	codec                       format.CompressionCodec
	group                       int // the number of the row group
	rows                        int
	values                      int64
	size, data, dictionary      int64 // bytes, and where they begin; no dictionary = 0
}

// keepGroup adds what group left in each column to its chunks.
func (l *layout) keepGroup(group, rows int) error {
	for _, c := range l.all {
		c.next.group, c.next.rows = group, rows
		if err := c.next.check(c.element); err != nil {
			return fmt.Errorf("column %q, row group %d: %w", c, group, err)
		}
		c.chunks = append(c.chunks, c.next)
	}
	return nil
}

func (k *chunk) check(e *element) error {
	switch {
	case !k.there:
		return errors.New("it has no data")
	case k.elsewhere:
		return errors.New("its data is in another file")
	case k.encrypted:
		return errors.New("it is encrypted")
	case k.kind != e.kind:
		return fmt.Errorf("the schema says %s, the data %s", e.kind, k.kind)
	case k.values != int64(k.rows):
		return fmt.Errorf("%d values for %d rows", k.values, k.rows)
	}
	return nil
}
