package market

import (
	"fmt"
	"time"

	"edgesignal/host/market/barfile"
)

// Date is a calendar day, in days since 1970-01-01, without a time zone.
type Date int32

const isoDate = "2006-01-02"

// The first and the last day that a bar may have.
const (
	MinDate = Date(barfile.MinDay) // 1900-01-01
	MaxDate = Date(barfile.MaxDay) // 2199-12-31
)

// ParseDate reads YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(isoDate, s)
	if err != nil {
		return 0, fmt.Errorf("date %q is not a day in the form YYYY-MM-DD", s)
	}
	return DateOf(t), nil
}

// DateOf returns the day that t shows on its own clock, whatever its zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Time returns midnight UTC of the day.
func (d Date) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

func (d Date) String() string { return d.Time().Format(isoDate) }

// MarshalText makes a Date a JSON string.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) error {
	v, err := ParseDate(string(b))
	*d = v
	return err
}
