package importer

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"edgesignal/host/market"
)

// dayParser reads dates as texts.
type dayParser struct {
	layout string // of package time, "" = the usual forms
	format string // the same as the user wrote it
	zone   *time.Location
}

func newDayParser(format string, zone *time.Location) (dayParser, error) {
	layout := strings.NewReplacer("YYYY", "2006", "MM", "01", "DD", "02").Replace(format)
	if format != "" && (!strings.Contains(layout, "2006") || !strings.Contains(layout, "01") || !strings.Contains(layout, "02")) {
		return dayParser{}, fmt.Errorf("the date format %q does not have YYYY, MM and DD", format)
	}
	return dayParser{layout, format, zone}, nil
}

var errZone = errors.New("a moment other than midnight, in a zone that nobody names: say it with --zone, for example --zone America/New_York")

// parse reads a day between market.MinDate and market.MaxDate.
func (p dayParser) parse(s string) (market.Date, error) {
	d, err := p.any(strings.TrimSpace(s))
	if err == nil && (d < market.MinDate || d > market.MaxDate) {
		err = fmt.Errorf("%s is not between %s and %s", d, market.MinDate, market.MaxDate)
	}
	return d, err
}

func (p dayParser) any(s string) (market.Date, error) {
	if p.layout != "" {
		t, err := time.Parse(p.layout, s)
		if err != nil {
			return 0, fmt.Errorf("date %.40q is not a day in the form %s", s, p.format)
		}
		return market.DateOf(t), nil
	}
	layout := ""
	switch {
	case len(s) == 10 && s[4] == '-':
		layout = time.DateOnly
	case len(s) == 10 && s[4] == '/':
		layout = "2006/01/02"
	case len(s) == 8:
		layout = "20060102"
	}
	if layout != "" {
		if t, err := time.Parse(layout, s); err == nil {
			return market.DateOf(t), nil
		}
	}
	return p.moment(s)
}

// moments are the forms of moments: with an offset from UTC and without. A
// fraction of a second may stand in each.
var (
	withOffset    = []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07"}
	withoutOffset = []string{"2006-01-02T15:04:05", "2006-01-02T15:04"}
)

// moment returns the day of a moment: in the zone, where one is named; else as
// it is written, if that says it: with an offset other than that of UTC, or at midnight.
func (p dayParser) moment(s string) (market.Date, error) {
	iso := s
	if len(s) > 10 && s[10] == ' ' {
		iso = s[:10] + "T" + strings.TrimPrefix(s[11:], " ")
	}
	for _, layout := range withOffset {
		t, err := time.Parse(layout, iso)
		if err != nil {
			continue
		}
		if p.zone != nil {
			return market.DateOf(t.In(p.zone)), nil
		}
		if _, offset := t.Zone(); offset != 0 {
			return market.DateOf(t), nil
		}
		return midnight(t)
	}
	for _, layout := range withoutOffset {
		t, err := time.Parse(layout, iso)
		if err != nil {
			continue
		}
		if p.zone != nil { // written by the zone's own clock
			return market.DateOf(t), nil
		}
		return midnight(t)
	}
	return 0, fmt.Errorf("date %.40q is not a day in the form YYYY-MM-DD or YYYYMMDD; say another with --date-format, for example MM/DD/YYYY", s)
}

func midnight(t time.Time) (market.Date, error) {
	if t.Hour() != 0 || t.Minute() != 0 || t.Second() != 0 || t.Nanosecond() != 0 {
		return 0, errZone
	}
	return market.DateOf(t), nil
}
