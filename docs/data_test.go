// Package docs holds the documents of this folder to what they describe.
package docs

import (
	"bytes"
	"os"
	"regexp"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"edgesignal/host/market/barfile"
)

var columnRow = regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (yes|no) \\|")

// The table of columns in DATA.md says which of them a bar file needs: a file
// with all of them is read, and without one of them it is read or refused.
func TestDataNamesTheColumnsThatAreNeeded(t *testing.T) {
	text, err := os.ReadFile("DATA.md")
	require.NoError(t, err)
	rows := columnRow.FindAllStringSubmatch(string(text), -1)
	require.Len(t, rows, 8)
	columns := map[string]parquet.Node{
		"date": parquet.Date(), "symbol": parquet.Optional(parquet.String()),
	}
	for _, row := range rows {
		if columns[row[1]] == nil {
			columns[row[1]] = parquet.Optional(parquet.Leaf(parquet.DoubleType))
		}
	}
	_, err = readWithout(t, columns, "")
	require.NoError(t, err)
	for _, row := range rows {
		t.Run(row[1], func(t *testing.T) {
			_, err := readWithout(t, columns, row[1])
			if row[2] == "no" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, `no column "`+row[1]+`"`)
		})
	}
}

// readWithout reads a file of one bar that has all columns but one.
func readWithout(t *testing.T, columns map[string]parquet.Node, without string) (*barfile.Bars, error) {
	t.Helper()
	group := parquet.Group{}
	for name, node := range columns {
		if name != without {
			group[name] = node
		}
	}
	schema := parquet.NewSchema("bars", group)
	var file bytes.Buffer
	w := parquet.NewWriter(&file, schema)
	row := map[string]any{}
	for name := range group {
		row[name] = 1.5
		switch name {
		case "date":
			row[name] = int32(20000)
		case "symbol":
			row[name] = "AAPL"
		}
	}
	require.NoError(t, w.Write(row))
	require.NoError(t, w.Close())
	var r barfile.Reader
	return r.Read("AAPL", file.Bytes())
}
