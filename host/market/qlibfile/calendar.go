package qlibfile

import (
	"bytes"
	"errors"
	"fmt"
)

// ReadCalendar returns the days of calendars/day.txt, in days since 1970-01-01,
// strictly ascending. A line holds one day; blank lines are skipped.
func ReadCalendar(content []byte) ([]int32, error) {
	if len(content) > MaxCalendarBytes {
		return nil, fmt.Errorf("it has %d bytes; the limit is %d", len(content), MaxCalendarBytes)
	}
	days := make([]int32, 0, len(content)/len("2024-12-31\n")+1)
	line := 0
	for text := range bytes.Lines(content) {
		line++
		text = bytes.TrimSpace(text)
		if len(text) == 0 {
			continue
		}
		day, err := parseDay(string(text))
		if err != nil {
			return nil, fmt.Errorf("line %d %w", line, err)
		}
		if n := len(days); n > 0 && day <= days[n-1] {
			return nil, fmt.Errorf("line %d, %s, does not come after %s", line, dayString(day), dayString(days[n-1]))
		}
		days = append(days, day)
	}
	switch {
	case len(days) == 0:
		return nil, errors.New("it has no day")
	case len(days) > maxDays:
		return nil, fmt.Errorf("it has %d days; the limit is %d", len(days), maxDays)
	}
	return days, nil
}

// AppendCalendar appends the text of a calendar.
func AppendCalendar(dst []byte, days []int32) []byte {
	for _, d := range days {
		dst = append(append(dst, dayString(d)...), '\n')
	}
	return dst
}
