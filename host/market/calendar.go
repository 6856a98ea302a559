package market

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"edgesignal/host/market/barfile"
	"edgesignal/host/release"
	"edgesignal/host/text"
)

const maxCalendarFile = 4 << 20 // bytes: more than every day from 1900 to 2199

// tradingDays is what calendar.txt says. nil = there is none.
type tradingDays struct {
	days  []Date // strictly ascending
	sum   string // SHA-256 of the file
	whole bool   // days before the first bar count too, as rows of Qlib's calendar do
}

// readCalendar reads calendar.txt where there is one. A damaged one is an error
// and not a failure among others: without it every number could differ.
func readCalendar(fsys fs.FS, info *FileInfo) (*tradingDays, error) {
	if info == nil {
		return nil, nil
	}
	var buf bytes.Buffer
	content, err := slurp(fsys, info.Name, maxCalendarFile, &buf)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", CalendarFile, err)
	}
	days, err := parseCalendar(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", CalendarFile, err)
	}
	return &tradingDays{days: days, sum: release.Sum(content)}, nil
}

// parseCalendar reads one date a line, as Qlib's calendars/day.txt has it, in
// ascending order. Empty lines are passed over.
func parseCalendar(content []byte) ([]Date, error) {
	var days []Date
	in := text.SkipBOM(bytes.NewReader(content))
	for n := 1; ; n++ {
		line, err := in.ReadString('\n')
		if line = strings.TrimSpace(line); line != "" {
			d, perr := ParseDate(line)
			switch {
			case perr != nil || d < MinDate || d > MaxDate:
				return nil, fmt.Errorf("line %d is not a date in the form YYYY-MM-DD from %s to %s", n, MinDate, MaxDate)
			case len(days) > 0 && d <= days[len(days)-1]:
				return nil, fmt.Errorf("line %d: %s does not come after %s", n, d, days[len(days)-1])
			}
			days = append(days, d)
		}
		if err != nil { // the end: memory fails in no other way
			break
		}
	}
	if len(days) == 0 {
		return nil, errors.New("it names no day")
	}
	return days, nil
}

// fail fails the files that have a bar on a day that the calendar does not have.
func (c *tradingDays) fail(files []*file) {
	if c == nil {
		return
	}
	for _, f := range files {
		if f.bars == nil {
			continue
		}
		var off []int32
		at := 0
		for _, d := range f.bars.Days {
			for at < len(c.days) && c.days[at] < Date(d) {
				at++
			}
			if at == len(c.days) || c.days[at] != Date(d) {
				off = append(off, d)
			}
		}
		if len(off) == 0 {
			continue
		}
		about := ""
		if last := c.days[len(c.days)-1]; Date(off[0]) > last {
			about = fmt.Sprintf(", which ends on %s", last)
		}
		f.fail(OffCalendar, fmt.Errorf("%d bars on days that are not in %s%s; the first, %s", len(off), CalendarFile, about, Date(off[0])))
	}
}

// between returns the trading days from the first bar of all files to the last.
func (c *tradingDays) between(first, last int32) []Date {
	from, _ := slices.BinarySearch(c.days, Date(first))
	if c.whole {
		from = 0
	}
	to, _ := slices.BinarySearch(c.days, Date(last)+1)
	return c.days[from:to]
}

// calendar returns the trading days, and where each stands: those that
// calendar.txt has from the first bar to the last, else the sorted union of
// the days of all files that can be used.
func calendar(files []*file, given *tradingDays) ([]Date, dayIndex) {
	first, last := barfile.MaxDay, barfile.MinDay
	for _, f := range files {
		if f.bars != nil {
			first, last = min(first, f.bars.Days[0]), max(last, f.bars.Days[len(f.bars.Days)-1])
		}
	}
	if first > last {
		return nil, dayIndex{}
	}
	x := dayIndex{first: first, index: make([]int32, last-first+1)}
	for i := range x.index {
		x.index[i] = -1
	}
	if given != nil {
		days := given.between(first, last)
		for i, d := range days {
			if int32(d) >= first {
				x.index[int32(d)-first] = int32(i)
			}
		}
		return days, x
	}
	for _, f := range files {
		if f.bars != nil {
			for _, d := range f.bars.Days {
				x.index[d-first] = 0
			}
		}
	}
	var out []Date
	for i, there := range x.index {
		if there == 0 {
			x.index[i] = int32(len(out))
			out = append(out, Date(first+int32(i)))
		}
	}
	return out, x
}

// dayIndex turns a day into its calendar index.
type dayIndex struct {
	first int32
	index []int32 // by day - first; -1 = not a trading day
}

func (x dayIndex) at(day int32) int { return int(x.index[day-x.first]) }

// rows returns the number of calendar days from the first bar to the last.
func (x dayIndex) rows(b *barfile.Bars) int {
	return x.at(b.Days[len(b.Days)-1]) - x.at(b.Days[0]) + 1
}
