package barfile

import (
	"fmt"
	"strings"

	"github.com/parquet-go/parquet-go/format"
)

// text returns how a column of texts is decoded: BYTE_ARRAY and
// FIXED_LEN_BYTE_ARRAY, or a column that holds nothing but nulls.
func text[T any](c *column, null T, decode func(b []byte) T) (*decoder[T], error) {
	d := &decoder[T]{null: null, text: decode}
	e := c.element
	switch means := e.means().kind; {
	case means == logicalNull:
		return nothing(null), nil
	case means != 0 && means != logicalString && means != logicalEnum:
		return nil, fmt.Errorf("column %q is %s, not text", c, e)
	case e.kind == format.FixedLenByteArray && e.length > 0 && e.length <= maxText:
		d.width = int(e.length)
	case e.kind != format.ByteArray:
		return nil, fmt.Errorf("column %q is %s, not text", c, e)
	}
	return d, nil
}

// checkSymbol holds every value of the symbol column against symbol.
func (t *table) checkSymbol(c *column, symbol string) error {
	const same, other = 0, 1
	d, err := text(c, uint8(same), func(b []byte) uint8 {
		if len(b) == len(symbol) && strings.EqualFold(string(b), symbol) {
			return same
		}
		return other
	})
	if err != nil {
		return err
	}
	r := t.reader
	r.odd = sized(r.odd, t.rows)
	if err := readColumn(t, c, d, r.odd); err != nil {
		return err
	}
	for i, v := range r.odd {
		if v != same {
			return fmt.Errorf("row %d: the symbol column has another symbol than %q, for which the file is named", i, symbol)
		}
	}
	return nil
}
