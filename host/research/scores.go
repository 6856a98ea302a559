package research

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"edgesignal/host/market"
	"edgesignal/host/text"
)

// Scores is what a rule is run on: n symbols in ascending order.
type Scores struct {
	Symbols     []string             // n, upper case
	Predictions []float64            // n, finite
	Columns     map[string][]float64 // n each, by the names of the header; NaN = missing
	Lines       []int                // n: the entry's place among the lines of the file, 0 = the first after the header
}

// ReadScores reads CSV `symbol,prediction[,column...]` of at most the given
// number of symbols; an empty or nan cell of a column is missing. name is the
// file's, for errors.
func ReadScores(r io.Reader, name string, most int) (*Scores, error) {
	c := csv.NewReader(text.SkipBOM(r))
	header, err := c.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: the file is empty, a header line is expected", name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(header) < 2 || header[0] != "symbol" || header[1] != "prediction" {
		return nil, fmt.Errorf("%s: line 1: the header is not symbol,prediction and then the rule's columns", name)
	}
	names := header[2:]
	for i, column := range names {
		if column == "" || slices.Contains(header[:2+i], column) {
			return nil, fmt.Errorf("%s: line 1: the name of column %d is empty or there already", name, 3+i)
		}
	}
	var rows []scoreRow
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		line, _ := c.FieldPos(0)
		row, err := readScore(record)
		if err == nil && len(rows) == most {
			err = fmt.Errorf("more than %d symbols", most)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", name, line, err)
		}
		row.line = line
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: no symbols after the header", name)
	}
	return scoresOf(rows, names, name)
}

var (
	errNotFinite = errors.New("is no finite prediction")
	errNoSymbol  = errors.New("column 1 is no symbol: 1 to 32 letters, digits and marks, as bars have them")
)

type scoreRow struct {
	symbol string
	values []float64 // prediction, then the columns
	line   int
}

func readScore(record []string) (row scoreRow, err error) {
	if row.symbol, err = market.CanonicalSymbol(strings.TrimSpace(record[0])); err != nil {
		return row, errNoSymbol
	}
	for i, cell := range record[1:] {
		v, err := parseCell(cell)
		if err == nil && i == 0 && (math.IsNaN(v) || math.IsInf(v, 0)) {
			err = errNotFinite
		}
		if err != nil {
			return row, fmt.Errorf("column %d %w", i+2, err)
		}
		row.values = append(row.values, v)
	}
	return row, nil
}

func scoresOf(rows []scoreRow, names []string, file string) (*Scores, error) {
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(rows[a].symbol, rows[b].symbol) })
	s := &Scores{Columns: map[string][]float64{}, Lines: order}
	for k, i := range order {
		if k > 0 && rows[order[k-1]].symbol == rows[i].symbol {
			return nil, fmt.Errorf("%s: line %d: the symbol is there already, on line %d", file, rows[i].line, rows[order[k-1]].line)
		}
		s.Symbols = append(s.Symbols, rows[i].symbol)
		s.Predictions = append(s.Predictions, rows[i].values[0])
		for c, name := range names {
			s.Columns[name] = append(s.Columns[name], rows[i].values[1+c])
		}
	}
	return s, nil
}

// WriteWeights writes CSV `symbol,weight` in the order of the scores' file,
// float64 in the shortest decimal that reads back to the same bits.
func (s *Scores) WriteWeights(w io.Writer, weights []float64) error {
	lines := make([][]byte, len(weights))
	for k, at := range s.Lines {
		lines[at] = append(strconv.AppendFloat(append([]byte(s.Symbols[k]), ','), weights[k], 'g', -1, 64), '\n')
	}
	_, err := w.Write(append([]byte("symbol,weight\n"), slices.Concat(lines...)...))
	return err
}
