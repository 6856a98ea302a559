package barfile

import (
	"errors"
	"fmt"
	"slices"
)

// inOrder leaves out rows without any value, sorts the others by day and
// refuses a day that is there twice. Columns that the file lacks are nil.
func inOrder[T float32 | float64](days []int64, c columns[T]) ([]int32, columns[T], error) {
	if !finished(days, c) {
		rows := make([]int, 0, len(days))
		for row := range days {
			if !empty(c, row) {
				rows = append(rows, row)
			}
		}
		if len(rows) == 0 {
			return nil, c, errors.New("no row has a value")
		}
		if err := byDay(days, rows); err != nil {
			return nil, c, err
		}
		days, c = pick(days, rows), pickAll(c, rows)
	}
	narrow := make([]int32, len(days))
	for i, d := range days {
		narrow[i] = int32(d)
	}
	return narrow, c, nil
}

// finished reports whether there is nothing to sort and nothing to leave out.
func finished[T float32 | float64](days []int64, c columns[T]) bool {
	for i := range days {
		if i > 0 && days[i] <= days[i-1] || empty(c, i) {
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

func empty[T float32 | float64](all columns[T], row int) bool {
	for _, c := range all {
		if c != nil && c[row] == c[row] {
			return false
		}
	}
	return true
}

func pickAll[T float32 | float64](all columns[T], rows []int) columns[T] {
	for i, c := range all {
		if c != nil {
			all[i] = pick(c, rows)
		}
	}
	return all
}

func pick[T any](values []T, rows []int) []T {
	picked := make([]T, len(rows))
	for i, row := range rows {
		picked[i] = values[row]
	}
	return picked
}
