package serving

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"time"
)

// runDate is the newest day of a generated market.
const runDate = "2024-12-31"

// symbols returns the names of a generated market.
func symbols(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("S%04d", i)
	}
	return names
}

// writeBars writes a market of random walks as the CSV that "edgesignal data
// import" reads, up to runDate: the same bytes for the same size.
func writeBars(w io.Writer, names []string, days int) error {
	last, err := time.Parse(time.DateOnly, runDate)
	if err != nil {
		return err
	}
	dates := make([]string, days)
	for i, day := days-1, last; i >= 0; day = day.AddDate(0, 0, -1) {
		if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			dates[i] = day.Format(time.DateOnly)
			i--
		}
	}
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "symbol,date,open,high,low,close,volume")
	r := rand.New(rand.NewPCG(158, uint64(len(names))))
	for _, name := range names {
		price := 20 + 200*r.Float64()
		for _, date := range dates {
			open := price * math.Exp(0.005*r.NormFloat64())
			price = open * math.Exp(0.015*r.NormFloat64())
			high, low := math.Max(open, price)*(1+0.01*r.Float64()), math.Min(open, price)*(1-0.01*r.Float64())
			fmt.Fprintf(out, "%s,%s,%.4f,%.4f,%.4f,%.4f,%d\n", name, date, open, high, low, price, 1e5+r.IntN(1e6))
		}
	}
	return out.Flush()
}
