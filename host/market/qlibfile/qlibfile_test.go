package qlibfile

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func provider(t *testing.T, elements ...string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(append([]string{"testdata", "provider"}, elements...)...))
	require.NoError(t, err)
	return content
}

// The directory that the real Qlib reads: every file is read, and written again
// with the same bytes.
func TestQlibsOwnDirectory(t *testing.T) {
	text := provider(t, "calendars", "day.txt")
	days, err := ReadCalendar(text)
	require.NoError(t, err)
	require.Equal(t, string(text), string(AppendCalendar(nil, days)))

	files, err := filepath.Glob("testdata/provider/features/*/*" + BinExt)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		content, err := os.ReadFile(name)
		require.NoError(t, err)
		first, values, err := ReadBin(content, len(days))
		require.NoError(t, err, name)
		require.NotEmpty(t, values, name)
		require.LessOrEqual(t, first+len(values), len(days), name)
		require.Equal(t, content, AppendBin(nil, first, values), name)
		folder := filepath.Base(filepath.Dir(name))
		require.Equal(t, folder, Folder(Symbol(folder)))
	}

	ranges, lost, err := ReadInstruments(provider(t, "instruments", "part.txt"))
	require.NoError(t, err)
	require.Empty(t, lost)
	require.Equal(t, "BBB\t2024-02-14\t2024-03-07\nBBB\t2024-05-24\t2024-07-10\n", string(AppendInstruments(nil, ranges[1:3])))
}

func TestReadCalendar(t *testing.T) {
	for _, c := range []struct {
		name, text string
		days       int
		says       string
	}{
		{"blank lines and a time", "\n2024-01-02\n\n2024-01-03 00:00:00\r\n", 2, ""},
		{"no last line break", "2024-01-02\n2024-01-03", 2, ""},
		{"empty", "\n\n", 0, "no day"},
		{"descending", "2024-01-03\n2024-01-02\n", 0, "line 2, 2024-01-02, does not come after 2024-01-03"},
		{"twice", "2024-01-03\n2024-01-03\n", 0, "does not come after"},
		{"minutes", "2024-01-02 09:30:00\n", 0, "line 1 is not a day"},
		{"another form", "01/02/2024\n", 0, "line 1 is not a day"},
		{"far away", "1066-10-14\n", 0, "line 1 is a day outside"},
	} {
		t.Run(c.name, func(t *testing.T) {
			days, err := ReadCalendar([]byte(c.text))
			if c.says != "" {
				require.ErrorContains(t, err, c.says)
				require.NotContains(t, err.Error(), "10-14", "never the file's text")
				return
			}
			require.NoError(t, err)
			require.Len(t, days, c.days)
		})
	}
}

func floats(values ...float32) (b []byte) {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

func TestReadBin(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct {
		name    string
		content []byte
		first   int
		n       int
		says    string
	}{
		{"whole", floats(0, 1, 2, 3, 4, 5), 0, 5, ""},
		{"listed later", floats(3, 1, 2), 3, 2, ""},
		{"longer than the calendar", floats(3, 1, 2, 3, 4), 3, 2, ""},
		{"behind the calendar", floats(5, 1), 0, 0, ""},
		{"no values", floats(2), 0, 0, ""},
		{"empty", nil, 0, 0, "empty"},
		{"cut", floats(0, 1)[:6], 0, 0, "6 bytes"},
		{"row with a fraction", floats(0.5, 1), 0, 0, "whole number"},
		{"row below zero", floats(-1, 1), 0, 0, "whole number"},
		{"row that is no number", floats(nan, 1), 0, 0, "whole number"},
		{"row without end", floats(float32(math.Inf(1)), 1), 0, 0, "whole number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			first, values, err := ReadBin(c.content, 5)
			if c.says != "" {
				require.ErrorContains(t, err, c.says)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.first, first)
			require.Len(t, values, c.n)
		})
	}
}

func TestBinsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.SliceOfN(rapid.Uint32(), 1, 50).Draw(t, "bits")
		values := make([]float32, len(bits))
		for i, b := range bits {
			values[i] = math.Float32frombits(b)
		}
		first := rapid.IntRange(0, maxDays-len(bits)).Draw(t, "first")
		content := AppendBin(nil, first, values)
		gotFirst, got, err := ReadBin(content, maxDays)
		require.NoError(t, err)
		require.Equal(t, first, gotFirst)
		require.Equal(t, content, AppendBin(nil, gotFirst, got), "bits, those of a NaN too")
	})
}

func TestReadInstruments(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		lost             []string
		says             string
	}{
		{"ranges in any order", "b\t2020-01-02\t2020-02-03\nA\t2021-01-01\t2021-02-01\nA\t2020-01-01\t2020-02-01\n",
			"A\t2020-01-01\t2020-02-01\nA\t2021-01-01\t2021-02-01\nB\t2020-01-02\t2020-02-03\n", nil, ""},
		{"more columns", "A\t2020-01-01\t2020-02-01\t0.3\tx\r\n\n", "A\t2020-01-01\t2020-02-01\n", nil, ""},
		{"what pandas loses", "NA\t2020-01-01\t2020-02-01\nnull\t2020-01-01\t2020-02-01\nNAN\t2020-01-01\t2020-02-01\n",
			"NAN\t2020-01-01\t2020-02-01\n", []string{"NA", "null"}, ""},
		{"empty", "", "", nil, ""},
		{"commas", "A,2020-01-01,2020-02-01\n", "", nil, "line 1 has 1 columns"},
		{"no last day", "A\t2020-01-01\n", "", nil, "line 1 has 2 columns"},
		{"no day", "A\t2020-01-01\tnever\n", "", nil, "line 1: its last day is not a day"},
		{"a long symbol", strings.Repeat("A", 65) + "\t2020-01-01\t2020-02-01\n", "", nil, "65 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ranges, lost, err := ReadInstruments([]byte(c.text))
			if c.says != "" {
				require.ErrorContains(t, err, c.says)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, string(AppendInstruments(nil, ranges)))
			require.Equal(t, c.lost, lost)
		})
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct{ symbol, folder string }{
		{"AAPL", "aapl"}, {"SH600000", "sh600000"}, {"^GSPC", "^gspc"},
		{"CON", "_qlib_con"}, {"LPT1", "_qlib_lpt1"}, {"COM0", "_qlib_com0"}, {"NUL", "_qlib_nul"},
		{"COM", "com"}, {"COM10", "com10"}, {"CONE", "cone"}, {"_QLIB_X", "_qlib_x"},
	} {
		t.Run(c.symbol, func(t *testing.T) {
			require.Equal(t, c.folder, Folder(c.symbol))
			require.Equal(t, c.symbol, Symbol(c.folder))
		})
	}
}

func FuzzReadInstruments(f *testing.F) {
	f.Add([]byte("A\t2020-01-01\t2020-02-01\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		ranges, _, err := ReadInstruments(content)
		if err != nil {
			return
		}
		again, _, err := ReadInstruments(AppendInstruments(nil, ranges))
		require.NoError(t, err)
		require.Equal(t, ranges, again)
	})
}
