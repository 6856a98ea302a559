package market

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func dates(t testing.TB, days ...string) (out []Date) {
	for _, text := range days {
		d, err := ParseDate(text)
		require.NoError(t, err)
		out = append(out, d)
	}
	return out
}

// calendar.txt is the calendar from the first bar to the last: a day of it on
// which nobody has a bar is a row as in Qlib, and a bar on another day fails
// its file.
func TestCalendarFile(t *testing.T) {
	a := barsOn(t, "AAA", "2024-01-02", "2024-01-05")
	b := barsOn(t, "BBB", "2024-01-03", "2024-01-05")
	stray := barsOn(t, "CCC", "2024-01-03", "2024-01-06", "2024-01-07")
	const week = "2023-12-29\n2024-01-02\n2024-01-03\n2024-01-04\n2024-01-05\n2024-01-08\n"
	for _, c := range []struct {
		name, calendar string
		days           []string
		failed         string // reason of CCC
	}{
		{"none: the union", "", []string{"2024-01-02", "2024-01-03", "2024-01-05", "2024-01-06", "2024-01-07"}, ""},
		{"a week", week, []string{"2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"}, "2 bars on days that are not in calendar.txt; the first, 2024-01-06"},
		{"as Windows writes it", "\ufeff" + strings.ReplaceAll(week, "\n", "\r\n"), []string{"2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"}, "2 bars on days that are not in calendar.txt; the first, 2024-01-06"},
		{"without a last line end", strings.TrimSpace(week), []string{"2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"}, "2 bars on days that are not in calendar.txt; the first, 2024-01-06"},
		{"one that ends too early", "2024-01-02\n2024-01-03\n2024-01-05\n", []string{"2024-01-02", "2024-01-03", "2024-01-05"}, "2 bars on days that are not in calendar.txt, which ends on 2024-01-05; the first, 2024-01-06"},
		{"every day", "2024-01-02\n2024-01-03\n2024-01-04\n2024-01-05\n2024-01-06\n2024-01-07\n", []string{"2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-06", "2024-01-07"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string][]byte{"2024-12-31/AAA.parquet": a, "2024-12-31/BBB.parquet": b, "2024-12-31/CCC.parquet": stray}
			plain := load(t, folder(files))
			if c.calendar != "" {
				files[CalendarFile] = []byte(c.calendar)
			}
			m := load(t, folder(files))
			require.Equal(t, dates(t, c.days...), m.Calendar)
			require.Equal(t, c.calendar != "", m.CalendarGiven)
			require.Equal(t, c.calendar != "", m.Revision != plain.Revision, "the revision covers it")
			aaa := m.Find("AAA")
			last, ok := m.DayIndex(dates(t, "2024-01-05")[0])
			require.True(t, ok)
			require.Equal(t, last+1, aaa.Len(), "one row a trading day")
			require.False(t, aaa.HasBar(1))
			if c.failed == "" {
				require.Empty(t, m.Failures)
				return
			}
			require.Equal(t, []Failure{{Symbol: "CCC", File: "2024-12-31/CCC.parquet", Kind: OffCalendar, Reason: c.failed}}, m.Failures)
		})
	}
}

// A calendar that cannot be read is no calendar of something else.
func TestCalendarFileThatIsDamaged(t *testing.T) {
	for _, c := range []struct{ name, calendar, says string }{
		{"empty", "", "calendar.txt: it names no day"},
		{"blank", "\n\n", "calendar.txt: it names no day"},
		{"no date", "2024-01-02\nsecret\n", "calendar.txt: line 2 is not a date"},
		{"another form", "02.01.2024\n", "line 1 is not a date"},
		{"no such day", "2024-02-30\n", "line 1 is not a date"},
		{"too early", "1066-10-14\n", "line 1 is not a date"},
		{"not in order", "2024-01-03\n2024-01-02\n", "line 2: 2024-01-02 does not come after 2024-01-03"},
		{"twice", "2024-01-02\n\n2024-01-02\n", "line 3: 2024-01-02 does not come after"},
		{"without end", strings.Repeat("x", maxCalendarFile+1), "over the limit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := folder(map[string][]byte{"2024-12-31/AAA.parquet": barsOn(t, "AAA", "2024-01-02"), CalendarFile: []byte(c.calendar)})
			_, err := Load(t.Context(), fsys)
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

func FuzzCalendarFile(f *testing.F) {
	f.Add([]byte("2024-01-02\n2024-01-03\n"))
	f.Add([]byte("\ufeff\r\n1900-01-01"))
	f.Fuzz(func(t *testing.T, content []byte) {
		days, err := parseCalendar(content)
		if err != nil {
			return
		}
		require.NotEmpty(t, days)
		for i, d := range days {
			require.True(t, d >= MinDate && d <= MaxDate && (i == 0 || d > days[i-1]))
		}
	})
}
