package barfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/parquet-go/parquet-go/format"
)

// What stands for a row among days instead of its day.
const (
	noDay  = math.MinInt64 + iota // a null
	notDay                        // a text that is no day
	noZone                        // a moment whose time zone nobody says
)

// errZone asks what only the writer of a file can know.
var errZone = errors.New("the date is a moment other than midnight UTC, and the file names no time zone for it: " +
	"a day in which zone is it? Write the column as DATE, or as timestamps with the exchange's zone")

// date returns how the date column is decoded, to days since 1970-01-01:
// DATE, texts YYYY-MM-DD, and moments: TIMESTAMP and INT96. err, which may be
// nil, is why moments other than midnight are noZone.
func (t *table) date(c *column) (d *decoder[int64], zone error, err error) {
	e := c.element
	means := e.means()
	if e.contradiction() {
		return nil, nil, fmt.Errorf("column %q is %s and %s at once", c, e.logical, e.converted)
	}
	d = &decoder[int64]{width: 8, null: noDay}
	ticks := map[unit]int64{millis: 1e3, micros: 1e6, nanos: 1e9}[means.unit]
	switch {
	case means.kind == logicalDate && e.kind == format.Int32:
		d.width, d.fixed = 4, func(raw uint64) int64 { return int64(int32(raw)) }
		return d, nil, nil
	case means.kind == logicalTimestamp && e.kind == format.Int64 && ticks > 0:
		z, zone := t.zone(c)
		d.fixed = func(raw uint64) int64 {
			seconds := floorDiv(int64(raw), ticks)
			return z.day(seconds, int64(raw) != seconds*ticks, means.utc)
		}
		return d, zone, nil
	case means.kind == 0 && e.kind == format.Int96:
		z, zone := t.zone(c)
		d.width, d.text = 12, func(b []byte) int64 {
			const epoch = 2_440_588 // the Julian day of 1970-01-01
			ns := int64(binary.LittleEndian.Uint64(b))
			seconds := floorDiv(ns, 1e9)
			day := int64(int32(binary.LittleEndian.Uint32(b[8:]))) - epoch
			return z.day(day*secondsPerDay+seconds, ns != seconds*1e9, false)
		}
		return d, zone, nil
	}
	d, err = text(c, noDay, textDay)
	if err != nil {
		err = fmt.Errorf("column %q is %s, not a DATE, a TIMESTAMP or a text YYYY-MM-DD", c, e)
	}
	return d, nil, err
}

func textDay(b []byte) int64 {
	if len(b) != len(time.DateOnly) {
		return notDay
	}
	day, err := time.Parse(time.DateOnly, string(b))
	if err != nil {
		return notDay
	}
	return day.Unix() / secondsPerDay
}

// readDays reads the date column as days since 1970-01-01.
func (t *table) readDays(c *column, days []int64) error {
	d, zone, err := t.date(c)
	if err != nil {
		return err
	}
	if err := readColumn(t, c, d, days); err != nil {
		return err
	}
	for i, v := range days {
		switch {
		case v == noDay:
			return fmt.Errorf("row %d has no date", i)
		case v == notDay:
			return fmt.Errorf("row %d: the date is a text, but not a day in the form YYYY-MM-DD", i)
		case v == noZone:
			return fmt.Errorf("row %d: %w", i, zone)
		case v < int64(MinDay) || v > int64(MaxDay):
			return fmt.Errorf("row %d: date is day %d since 1970-01-01; dates go from %s to %s",
				i, v, dayString(int64(MinDay)), dayString(int64(MaxDay)))
		}
	}
	return nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
