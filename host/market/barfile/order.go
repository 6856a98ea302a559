package barfile

import (
	"errors"
	"fmt"
	"slices"
)

// inOrder sorts rows by day, refuses a day that is there twice, and leaves
// out rows without any value. Columns that the file lacks are nil.
func inOrder(days []int64, columns [len(fields)][]float32) (*Bars, error) {
	b := &Bars{}
	if !finished(days, columns) {
		order, err := byDay(days)
		if err != nil {
			return nil, err
		}
		rows := slices.DeleteFunc(order, func(row int) bool { return empty(columns, row) })
		if len(rows) == 0 {
			return nil, errors.New("no row has a value")
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

// byDay returns the order of the rows by day.
func byDay(days []int64) ([]int, error) {
	order := make([]int, len(days))
	for i := range order {
		order[i] = i
	}
	if !slices.IsSorted(days) {
		slices.SortFunc(order, func(a, b int) int {
			if days[a] != days[b] {
				return int(days[a] - days[b])
			}
			return a - b
		})
	}
	for i := 1; i < len(order); i++ {
		if a, b := order[i-1], order[i]; days[a] == days[b] {
			return nil, fmt.Errorf("rows %d and %d have the same date %s", a, b, dayString(days[a]))
		}
	}
	return order, nil
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
