package barfile

import (
	"errors"
	"fmt"
	"slices"

	"github.com/parquet-go/parquet-go/format"
)

// column is one leaf of the schema, directly under its root.
type column struct {
	name     string
	element  *format.SchemaElement
	optional bool // has definition levels
}

// layout is where the columns of bars lie; nil = the file has no such column.
type layout struct {
	symbol *column
	date   *column
	values [len(fields)]*column
}

// present returns the number of value columns.
func (l *layout) present() (n int) {
	for _, c := range l.values {
		if c != nil {
			n++
		}
	}
	return n
}

// readLayout finds the columns of bars among the root's children.
func readLayout(schema []format.SchemaElement) (*layout, error) {
	if len(schema) == 0 {
		return nil, errors.New("no schema")
	}
	l := &layout{}
	for i, n := 1, schema[0].NumChildren.V; n > 0; n-- {
		if i >= len(schema) {
			return nil, errors.New("the schema ends before its last column")
		}
		if at := l.slot(schema[i].Name); at != nil && schema[i].Type.Valid {
			if *at != nil {
				return nil, fmt.Errorf("two columns are named %q", schema[i].Name)
			}
			c, err := newColumn(&schema[i])
			if err != nil {
				return nil, err
			}
			*at = c
		}
		i = after(schema, i)
	}
	if l.date == nil {
		return nil, errors.New(`no column "date"`)
	}
	for i, c := range l.values {
		if c == nil && fields[i] != "vwap" {
			return nil, fmt.Errorf("no column %q", fields[i])
		}
	}
	return l, nil
}

// slot returns where the column of that name belongs, or nil.
func (l *layout) slot(name string) **column {
	switch name {
	case "symbol":
		return &l.symbol
	case "date":
		return &l.date
	}
	if i := slices.Index(fields[:], name); i >= 0 {
		return &l.values[i]
	}
	return nil
}

func newColumn(e *format.SchemaElement) (*column, error) {
	c := &column{name: e.Name, element: e}
	switch e.RepetitionType.V {
	case format.Required:
	case format.Optional:
		c.optional = true
	default:
		return nil, fmt.Errorf("column %q holds lists", e.Name)
	}
	return c, nil
}

// after returns the index behind element i and everything below it.
func after(schema []format.SchemaElement, i int) int {
	for open := 1; open > 0 && i < len(schema); i++ {
		open--
		if !schema[i].Type.Valid {
			open += int(max(schema[i].NumChildren.V, 0))
		}
	}
	return i
}

// chunk returns the column's data in a row group.
func (c *column) chunk(g *format.RowGroup) (*format.ColumnMetaData, error) {
	for i := range g.Columns {
		chunk := &g.Columns[i]
		m := &chunk.MetaData
		if len(m.PathInSchema) != 1 || m.PathInSchema[0] != c.name {
			continue
		}
		switch {
		case chunk.FilePath != "":
			return nil, fmt.Errorf("its data is in another file, %.100q", chunk.FilePath)
		case chunk.CryptoMetadata.Value != nil:
			return nil, errors.New("it is encrypted")
		case m.Type != c.element.Type.V:
			return nil, fmt.Errorf("the schema says %s, the data %s", c.element.Type.V, m.Type)
		case m.NumValues != g.NumRows:
			return nil, fmt.Errorf("%d values for %d rows", m.NumValues, g.NumRows)
		}
		return m, nil
	}
	return nil, errors.New("it has no data")
}
