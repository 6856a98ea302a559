package barfile

import (
	"encoding/base64"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
)

// moments returns a file whose dates are these moments, and what metadata says.
func moments(t testing.TB, tag string, at []int64, metadata map[string]string) []byte {
	var options []parquet.WriterOption
	for k, v := range metadata {
		options = append(options, parquet.KeyValueMetadata(k, v))
	}
	return write(t, bars(len(at), func(c map[string]*col) { c["date"].tag, c["date"].values = tag, at }), options...)
}

func pandasSays(zone string) map[string]string {
	return map[string]string{"pandas": fmt.Sprintf(`{"index_columns":[{"kind":"range"}],"columns":[{"name":"open","field_name":"open","metadata":null},{"name":"date","field_name":"date","metadata":{"timezone":%q}}]}`, zone)}
}

// TestDayOfAMoment: the day is the one that the exchange's clock showed.
func TestDayOfAMoment(t *testing.T) {
	for _, tc := range []struct {
		zone, at, day string
	}{
		{"Asia/Tokyo", "2024-12-31T00:00:00+09:00", "2024-12-31"},
		{"Asia/Tokyo", "2024-12-31T15:00:00+09:00", "2024-12-31"},
		{"Asia/Shanghai", "2024-12-31T00:00:00+08:00", "2024-12-31"},
		{"Europe/London", "2024-07-01T00:00:00+01:00", "2024-07-01"},
		{"Europe/London", "2024-01-02T00:00:00Z", "2024-01-02"},
		{"America/New_York", "2024-12-31T00:00:00-05:00", "2024-12-31"},
		{"America/New_York", "2024-12-31T16:00:00-05:00", "2024-12-31"},
		{"America/New_York", "2024-12-31T19:00:00-05:00", "2024-12-31"}, // midnight UTC of the day after
		{"America/New_York", "2024-12-31T20:00:00-05:00", "2024-12-31"},
		{"America/New_York", "2024-07-01T20:00:00-04:00", "2024-07-01"},
		{"Australia/Sydney", "2024-12-31T00:00:00+11:00", "2024-12-31"},
		{"Australia/Sydney", "2024-07-01T00:00:00+10:00", "2024-07-01"},
		{"Asia/Kolkata", "2024-07-01T00:00:00+05:30", "2024-07-01"},
		{"UTC", "2024-12-31T21:00:00Z", "2024-12-31"},
		{"+09:00", "2024-12-31T00:00:00+09:00", "2024-12-31"},
		{"UTC-05:30", "2024-12-31T00:00:00-05:30", "2024-12-31"},
		{"Asia/Tokyo", "1899-12-31T15:00:00Z", "1900-01-01"}, // the first day of all, which begins in 1899
	} {
		t.Run(tc.zone+" "+tc.at, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, tc.at)
			require.NoError(t, err)
			for tag, ticks := range map[string]int64{",timestamp(millisecond)": at.UnixMilli(), ",timestamp(microsecond)": at.UnixMicro()} {
				b := read(t, moments(t, tag, []int64{ticks}, pandasSays(tc.zone)))
				require.Equal(t, tc.day, dayString(int64(b.Days[0])))
			}
		})
	}
}

// TestZoneQuestion: what a file does not say is asked, never guessed.
func TestZoneQuestion(t *testing.T) {
	const tag, local = ",timestamp(millisecond)", ",timestamp(millisecond:local)"
	const day, hour = 86_400_000, 3_600_000
	question := "row 1: the date is a moment other than midnight UTC, and the file names no time zone for it"
	arrow := func(text string) map[string]string { return map[string]string{"ARROW:schema": text} }
	for _, tc := range []struct {
		name     string
		tag      string
		at       int64
		metadata map[string]string
		want     string // "" = the day is day 0
	}{
		{"midnight UTC", tag, 0, nil, ""},
		{"midnight, not adjusted", local, 0, nil, ""},
		{"midnight, not adjusted, whatever zone", local, 0, pandasSays("Asia/Tokyo"), ""},
		{"an hour later", tag, hour, nil, question},
		{"a millisecond later", tag, 1, nil, question},
		{"a millisecond before", tag, -1, nil, question},
		{"not adjusted, an hour later", local, hour, nil, question},
		{"not adjusted, with a zone", local, -9 * hour, pandasSays("Asia/Tokyo"), ""},
		{"of 1900 before", tag, -9 * hour, pandasSays("Asia/Tokyo"), ""},
		{"pandas without a zone", tag, hour, map[string]string{"pandas": `{"columns":[{"name":"date","field_name":"date","metadata":null}]}`}, question},
		{"the zone of another column", tag, hour, map[string]string{"pandas": `{"columns":[{"name":"open","field_name":"open","metadata":{"timezone":"Asia/Tokyo"}}]}`}, question},
		{"a name that is a number", tag, hour, map[string]string{"pandas": `{"columns":[{"name":0,"field_name":null,"metadata":{"timezone":"Asia/Tokyo"}}]}`}, question},
		{"a field without a name, by pandas' name", tag, -9 * hour, map[string]string{"pandas": `{"columns":[{"name":"date","metadata":{"timezone":"Asia/Tokyo"}}]}`}, ""},
		{"an unknown zone", tag, hour, pandasSays("Mars/Olympus"), "row 1: the file's metadata names a time zone for the date that is not one of the IANA time zone database"},
		{"the host's own zone", tag, hour, pandasSays("Local"), "names a time zone for the date that is not one of"},
		{"a path", tag, hour, pandasSays("../../../etc/passwd"), "names a time zone for the date that is not one of"},
		{"an offset of days", tag, hour, pandasSays("+99:00"), "names a time zone for the date that is not one of"},
		{"damaged pandas", tag, hour, map[string]string{"pandas": `{"columns":[`}, "pandas metadata or Arrow schema is damaged"},
		{"long pandas", tag, hour, map[string]string{"pandas": strings.Repeat(" ", maxZoneText+1)}, "more than 1048576 bytes"},
		{"an Arrow schema that is no base64", tag, hour, arrow("?"), "pandas metadata or Arrow schema is damaged"},
		{"an Arrow schema of nothing", tag, hour, arrow(""), "pandas metadata or Arrow schema is damaged"},
		{"an Arrow schema that leads outside", tag, hour, arrow(base64.StdEncoding.EncodeToString([]byte("\xff\xff\xff\xff\x04\x00\x00\x00\xff\xff\xff\x7f"))), "pandas metadata or Arrow schema is damaged"},
		{"damaged metadata that nobody needs", local, 0, arrow("?"), ""},
		{"far away", tag, 1 << 46, pandasSays("Asia/Tokyo"), "row 1: date is day 814"},
		{"the last of all moments", tag, math.MaxInt64, pandasSays("Asia/Tokyo"), "row 1: date is day 106751991167"},
		{"the first of all moments", tag, math.MinInt64, pandasSays("Asia/Tokyo"), "row 1: date is day -106751991168"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var r Reader
			b, err := r.Read("AAPL", moments(t, tc.tag, []int64{-20 * day, tc.at}, tc.metadata))
			if tc.want != "" {
				require.ErrorContains(t, err, tc.want)
				return
			}
			require.NoError(t, err)
			require.Equal(t, int32(0), b.Days[1])
		})
	}
}

// TestArrowZone reads what pyarrow wrote, and every cut and changed byte of it.
func TestArrowZone(t *testing.T) {
	file := parquetFiles(t, "testdata/writers")["arrow-tokyo-without-pandas"]
	encoded, err := footer(file)
	require.NoError(t, err)
	meta, err := readMetadata(encoded)
	require.NoError(t, err)
	require.Nil(t, meta.pandas)
	for column, want := range map[string]string{"date": "Asia/Tokyo", "open": "", "nothing": ""} {
		zone, err := arrowZone(meta.arrow, column)
		require.NoError(t, err)
		require.Equal(t, want, zone, column)
	}
	message, err := base64.StdEncoding.DecodeString(string(meta.arrow))
	require.NoError(t, err)
	for i := range message {
		_, _ = arrowZone([]byte(base64.StdEncoding.EncodeToString(message[:i])), "date")
		for _, b := range []byte{0, 1, 0x7f, 0x80, 0xff} {
			was := message[i]
			message[i] = b
			_, _ = arrowZone([]byte(base64.StdEncoding.EncodeToString(message)), "date") // must not panic
			message[i] = was
		}
	}
}
