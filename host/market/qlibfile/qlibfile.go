// Package qlibfile is the files of Qlib's data directory: how each is read and
// how it is written, bytes in and values out.
//
//	calendars/day.txt                     the trading days
//	instruments/<name>.txt                a universe: symbols with the days from and to which they belong
//	features/<folder>/<field>.day.bin     one field of one symbol
//
// It follows pyqlib 0.9.7. Nothing that a file says about itself is trusted:
// every size is held against the bytes at hand before memory is taken.
package qlibfile

import (
	"fmt"
	"time"

	"edgesignal/host/market/barfile"
)

// The limits of the files, in bytes.
const (
	MaxCalendarBytes    = 4 << 20
	MaxInstrumentsBytes = 64 << 20
	MaxBinBytes         = 4 * (maxDays + 1)

	maxDays = 100_000 // rows of a calendar, as of a file of bars
)

const isoDate = "2006-01-02"

// parseDay returns a day in days since 1970-01-01. Qlib writes YYYY-MM-DD, and
// pandas may have added a time of 00:00:00.
func parseDay(s string) (int32, error) {
	if len(s) == len(isoDate)+len(" 00:00:00") && s[len(isoDate):] == " 00:00:00" {
		s = s[:len(isoDate)]
	}
	t, err := time.Parse(isoDate, s)
	if err != nil {
		return 0, fmt.Errorf("is not a day in the form YYYY-MM-DD")
	}
	day := t.Unix() / 86400
	if day < int64(barfile.MinDay) || day > int64(barfile.MaxDay) {
		return 0, fmt.Errorf("is a day outside of 1900 to 2199")
	}
	return int32(day), nil
}

func dayString(d int32) string { return time.Unix(int64(d)*86400, 0).UTC().Format(isoDate) }
