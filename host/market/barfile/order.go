package barfile

import (
	"errors"
	"fmt"
	"slices"
)

// inOrder leaves out rows without any value, sorts the others by day and
// refuses a day that is there twice. Columns that the file lacks are nil.
func inOrder(days []int64, columns [len(fields)][]float32) (*Bars, error) {
	b := &Bars{}
	if !finished(days, columns) {
		rows := make([]int, 0, len(days))
		for row := range days {
			if !empty(columns, row) {
				rows = append(rows, row)
			}
		}
		if len(rows) == 0 {
			return nil, errors.New("no row has a value")
		}
		if err := byDay(days, rows); err != nil {
			return nil, err
		}
		days, columns = pick(days, rows), pickAll(columns, rows)
	}
	b.Days = make([]int32, len(days))
	for i, d := range days {
		b.Days[i] = int32(d)
	}
	b.setColumns(columns)
	return b, nil
}

// finished reports whether there is nothing to sort and nothing to leave out.
func finished(days []int64, columns [len(fields)][]float32) bool {
	for i := range days {
		if i > 0 && days[i] <= days[i-1] || empty(columns, i) {
			return false
		}
	}
	return true
}

// byDay sorts rows by their days, and refuses a day that is there twice.
func byDay(days []int64, rows []int) error {
	slices.SortFunc(rows, func(a, b int) int {
		if days[a] != days[b] {
			return int(days[a] - days[b])
		}
		return a - b
	})
	for i := 1; i < len(rows); i++ {
		if a, b := rows[i-1], rows[i]; days[a] == days[b] {
			return fmt.Errorf("rows %d and %d have the same date %s", a, b, dayString(days[a]))
		}
	}
	return nil
}

func empty(columns [len(fields)][]float32, row int) bool {
	for _, c := range columns {
		if c != nil && c[row] == c[row] {
			return false
		}
	}
	return true
}

func pickAll(columns [len(fields)][]float32, rows []int) [len(fields)][]float32 {
	for i, c := range columns {
		if c != nil {
			columns[i] = pick(c, rows)
		}
	}
	return columns
}

func pick[T any](values []T, rows []int) []T {
	picked := make([]T, len(rows))
	for i, row := range rows {
		picked[i] = values[row]
	}
	return picked
}
