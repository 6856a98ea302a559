package barfile

import (
	"cmp"
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

// Dates are the ways to say a day that a reader of longer tables takes beside
// those of a bar file. The zero value takes none.
type Dates struct {
	// Zone, where it is not nil, is the zone of all moments, whatever the file
	// says; those that are not adjusted to UTC are taken for its clock.
	Zone *time.Location
	// Text returns the day of a text, in days since 1970-01-01; nil = YYYY-MM-DD.
	Text func(string) (int32, error)
	// Digits takes whole numbers for days in the form YYYYMMDD.
	Digits bool
}

// dates decodes a column of dates.
type dates struct {
	*decoder[int64]
	zone error // why a moment may be noZone
	text error // why the first text is notDay
}

// dates returns how a date column is decoded, to days since 1970-01-01: DATE,
// texts, and moments: TIMESTAMP and INT96.
func (t *table) dates(c *column, how Dates) (*dates, error) {
	e := c.element
	means := e.means()
	if e.contradiction() {
		return nil, fmt.Errorf("column %q is %s and %s at once", c, e.logical, e.converted)
	}
	d := &dates{decoder: &decoder[int64]{width: 8, null: noDay}}
	ticks := map[unit]int64{millis: 1e3, micros: 1e6, nanos: 1e9}[means.unit]
	switch {
	case means.kind == logicalDate && e.kind == format.Int32:
		d.width, d.fixed = 4, func(raw uint64) int64 { return int64(int32(raw)) }
		return d, nil
	case means.kind == logicalTimestamp && e.kind == format.Int64 && ticks > 0:
		z := t.moments(d, c, how)
		d.fixed = func(raw uint64) int64 {
			seconds := floorDiv(int64(raw), ticks)
			return z.day(seconds, int64(raw) != seconds*ticks, means.utc)
		}
		return d, nil
	case means.kind == 0 && e.kind == format.Int96:
		z := t.moments(d, c, how)
		d.width, d.decoder.text = 12, func(b []byte) int64 {
			const epoch = 2_440_588 // the Julian day of 1970-01-01
			ns := int64(binary.LittleEndian.Uint64(b))
			seconds := floorDiv(ns, 1e9)
			day := int64(int32(binary.LittleEndian.Uint32(b[8:]))) - epoch
			return z.day(day*secondsPerDay+seconds, ns != seconds*1e9, false)
		}
		return d, nil
	case how.Digits && (e.kind == format.Int32 || e.kind == format.Int64) && (means.kind == 0 || means.kind == logicalInteger):
		d.fixed = digitsDay
		if e.kind == format.Int32 {
			d.width = 4
		}
		return d, nil
	}
	if how.Text == nil {
		how.Text = isoDay
	}
	texts, err := text(c, noDay, func(b []byte) int64 {
		day, err := how.Text(string(b[:min(len(b), maxText)]))
		if err != nil {
			d.text = cmp.Or(d.text, err)
			return notDay
		}
		return int64(day)
	})
	if err != nil {
		return nil, fmt.Errorf("column %q is %s, not a DATE, a TIMESTAMP or a text YYYY-MM-DD", c, e)
	}
	d.decoder = texts
	return d, nil
}

// moments returns the zone in which d's moments are days.
func (t *table) moments(d *dates, c *column, how Dates) (z zone) {
	if how.Zone != nil {
		return zone{where: how.Zone, clock: true}
	}
	z, d.zone = t.zone(c)
	return z
}

var errTextDay = errors.New("the date is a text, but not a day in the form YYYY-MM-DD")

func isoDay(s string) (int32, error) {
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, errTextDay
	}
	return int32(day.Unix() / secondsPerDay), nil
}

// digitsDay returns the day of a number YYYYMMDD.
func digitsDay(raw uint64) int64 {
	v := int64(raw)
	day := time.Date(int(v/10_000), time.Month(v/100%100), int(v%100), 0, 0, 0, 0, time.UTC)
	if v < 1900_01_01 || v > 2199_12_31 || int64(day.Day()) != v%100 || int64(day.Month()) != v/100%100 {
		return notDay
	}
	return day.Unix() / secondsPerDay
}

// readDays reads the date column of a bar file as days since 1970-01-01.
func (t *table) readDays(days []int64) error {
	c := t.column("date")
	d, err := t.dates(c, Dates{})
	if err != nil {
		return err
	}
	if err := readColumn(t, c, d.decoder, days); err != nil {
		return err
	}
	return d.check(days, 0)
}

// check refuses what is no day; before is the number of rows before days.
func (d *dates) check(days []int64, before int) error {
	for i, v := range days {
		row := before + i
		switch {
		case v == noDay:
			return fmt.Errorf("row %d has no date", row)
		case v == notDay && d.text != nil:
			return fmt.Errorf("row %d: %w", row, d.text)
		case v == notDay:
			return fmt.Errorf("row %d: the date is a number, but not a day in the form YYYYMMDD", row)
		case v == noZone:
			return fmt.Errorf("row %d: %w", row, d.zone)
		case v < int64(MinDay) || v > int64(MaxDay):
			return fmt.Errorf("row %d: date is day %d since 1970-01-01; dates go from %s to %s",
				row, v, dayString(int64(MinDay)), dayString(int64(MaxDay)))
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
