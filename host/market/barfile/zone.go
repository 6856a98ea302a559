package barfile

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a host without /usr/share/zoneinfo gives the same days
)

const (
	secondsPerDay = 86400
	// maxZoneText bounds what is searched for the name of a zone, in bytes.
	maxZoneText = 1 << 20
)

// zone is the time zone that a file names for its dates; where is nil when it
// names none.
type zone struct {
	where *time.Location
	clock bool // moments that are not adjusted to UTC are what its clock shows
}

// day returns the day of a moment: by the zone's clock where one is named and
// the moment is adjusted to UTC or not midnight, else its day in UTC if it is
// midnight there. What remains is noZone.
func (z zone) day(seconds int64, fraction, utc bool) int64 {
	midnight := !fraction && seconds%secondsPerDay == 0
	switch {
	case z.clock && !utc:
		return floorDiv(seconds, secondsPerDay)
	case midnight && (!utc || z.where == nil):
		return seconds / secondsPerDay
	case z.where == nil:
		return noZone
	case seconds < int64(MinDay-1)*secondsPerDay || seconds > int64(MaxDay+2)*secondsPerDay:
		return floorDiv(seconds, secondsPerDay) // far outside what a date may be
	}
	_, offset := time.Unix(seconds, 0).In(z.where).Zone()
	return floorDiv(seconds+int64(offset), secondsPerDay)
}

var (
	errUnknownZone = errors.New("the file's metadata names a time zone for the date that is not one of the IANA time zone database")
	errTwoZones    = errors.New("the file's pandas metadata and its Arrow schema name different time zones for the date")
	errLongZone    = fmt.Errorf("the file's pandas metadata or Arrow schema has more than %d bytes: too much to look for a time zone", maxZoneText)
	errBadMetadata = errors.New("the file's pandas metadata or Arrow schema is damaged: the time zone of the date cannot be read")
)

// zone returns the zone that the file names for a column, and, where it is
// none, why.
func (t *table) zone(c *column) (zone, error) {
	if len(t.meta.pandas) > maxZoneText || len(t.meta.arrow) > maxZoneText {
		return zone{}, errLongZone
	}
	pandas, err := pandasZone(t.meta.pandas, c.name)
	if err != nil {
		return zone{}, err
	}
	arrow, err := arrowZone(t.meta.arrow, c.name)
	switch {
	case err != nil:
		return zone{}, err
	case pandas == "":
		pandas = arrow
	case arrow != "" && arrow != pandas:
		return zone{}, errTwoZones
	}
	if pandas == "" {
		return zone{}, errZone
	}
	where, err := Location(pandas)
	return zone{where: where}, err
}

// pandasZone returns what the metadata of pandas says:
// https://pandas.pydata.org/docs/development/developer.html
func pandasZone(text []byte, column string) (string, error) {
	if text == nil {
		return "", nil
	}
	var meta struct {
		Columns []struct {
			Name     any             `json:"name"`
			Field    any             `json:"field_name"`
			Metadata json.RawMessage `json:"metadata"`
		} `json:"columns"`
	}
	if err := json.Unmarshal(text, &meta); err != nil {
		return "", errBadMetadata
	}
	for _, c := range meta.Columns {
		if c.Field != column && (c.Field != nil || c.Name != column) {
			continue
		}
		var about struct {
			Timezone string `json:"timezone"`
		}
		if len(c.Metadata) > 0 && json.Unmarshal(c.Metadata, &about) == nil {
			return about.Timezone, nil
		}
	}
	return "", nil
}

// arrowZone returns what the Arrow schema in the metadata says: base64 of an
// encapsulated message, https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format
func arrowZone(text []byte, column string) (string, error) {
	if text == nil {
		return "", nil
	}
	message, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		return "", errBadMetadata
	}
	for range 2 { // the mark of a continued stream, and the length
		if len(message) < 4 {
			return "", errBadMetadata
		}
		marked := string(message[:4]) == "\xff\xff\xff\xff"
		if message = message[4:]; !marked {
			break
		}
	}
	name, ok := schemaZone(flatbuffer(message), column)
	if !ok {
		return "", errBadMetadata
	}
	return name, nil
}

// Location returns the zone of that name in the IANA time zone database, or of
// a fixed offset as pandas writes it: "+08:00", "UTC+08:00".
func Location(name string) (*time.Location, error) {
	offset := strings.TrimPrefix(name, "UTC")
	if offset != "" && (offset[0] == '+' || offset[0] == '-') {
		hours, minutes, ok := strings.Cut(offset[1:], ":")
		if !ok {
			minutes = "0"
		}
		h, err := strconv.ParseUint(hours, 10, 5)
		m, err2 := strconv.ParseUint(minutes, 10, 6)
		if err != nil || err2 != nil || h > 18 || m > 59 {
			return nil, errUnknownZone
		}
		seconds := int(h)*3600 + int(m)*60
		if offset[0] == '-' {
			seconds = -seconds
		}
		return time.FixedZone("", seconds), nil
	}
	if name == "" || name == "Local" { // the host's zone, which the file does not know
		return nil, errUnknownZone
	}
	where, err := time.LoadLocation(name)
	if err != nil {
		return nil, errUnknownZone
	}
	return where, nil
}
