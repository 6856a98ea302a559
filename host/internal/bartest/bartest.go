// Package bartest makes markets of any size for tests and measurements: random
// walks that are the same for the same seed.
package bartest

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"time"
)

// WriteCSV writes daily bars as `edgesignal data import` reads them: symbols
// S0000, S0001, ... with one bar a weekday from 2015-01-01 on. Prices are
// geometric random walks in cents, volumes millions. One bar in 500 is not
// there, and every tenth symbol begins in the second tenth of the calendar, so
// that columns have holes and are not all of one length.
func WriteCSV(w io.Writer, symbols, days int, seed uint64) error {
	out := bufio.NewWriterSize(w, 1<<16)
	if _, err := out.WriteString("symbol,date,open,high,low,close,volume\n"); err != nil {
		return err
	}
	dates := weekdays(days)
	var line []byte
	for s := range symbols {
		r := rand.New(rand.NewPCG(seed, uint64(s)))
		name := fmt.Sprintf("S%04d", s)
		price := 20 + 200*r.Float64()
		for i, date := range dates {
			open := price * (1 + 0.004*r.NormFloat64())
			price = max(price*(1+0.0003+0.02*r.NormFloat64()), 1)
			high := max(open, price) * (1 + 0.01*r.Float64())
			low := min(open, price) * (1 - 0.01*r.Float64())
			volume := 5e6 * (0.3 + r.ExpFloat64())
			if r.IntN(500) == 0 || s%10 == 9 && i < days/10 {
				continue
			}
			line = append(append(append(line[:0], name...), ','), date...)
			for _, v := range []float64{open, high, low, price} {
				line = strconv.AppendFloat(append(line, ','), v, 'f', 2, 64)
			}
			line = strconv.AppendInt(append(line, ','), int64(volume), 10)
			if _, err := out.Write(append(line, '\n')); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

func weekdays(n int) []string {
	var dates []string
	for day := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC); len(dates) < n; day = day.AddDate(0, 0, 1) {
		if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			dates = append(dates, day.Format(time.DateOnly))
		}
	}
	return dates
}
