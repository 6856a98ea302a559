package barfile

import (
	"fmt"
	"slices"
)

// ReadField returns one more column of numbers, by its name in lower case: its
// days, in days since 1970-01-01, strictly ascending, and a value for each, NaN =
// missing. Rows without a value are left out, so that a day may be there twice
// as long as one value is. there is false where the file has no such column. It
// trusts the file as little as Read does.
func (r *Reader) ReadField(file []byte, name string) (days []int32, values []float32, there bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			*r = Reader{}
			err = fmt.Errorf("damaged Parquet file: %v", p)
		}
	}()
	if len(file) > MaxBytes {
		return nil, nil, false, fmt.Errorf("%d bytes; the limit is %d", len(file), MaxBytes)
	}
	t, err := r.openTable(file, []string{"date", name}, ofBars)
	if err != nil {
		return nil, nil, false, err
	}
	column := t.column(name)
	if column == nil {
		return nil, nil, false, nil
	}
	r.days = sized(r.days, t.rows)
	if err := t.readDays(r.days); err != nil {
		return nil, nil, false, err
	}
	all := make([]float32, t.rows)
	d, err := number[float32](column)
	if err != nil {
		return nil, nil, false, err
	}
	if err := readColumn(t, column, d, all); err != nil {
		return nil, nil, false, err
	}
	rows := make([]int, 0, len(all))
	for row, v := range all {
		if v == v {
			rows = append(rows, row)
		}
	}
	if err := byDay(r.days, rows); err != nil {
		return nil, nil, false, err
	}
	days = make([]int32, len(rows))
	for i, d := range pick(r.days, rows) {
		days[i] = int32(d)
	}
	return days, slices.Clip(pick(all, rows)), true, nil
}
