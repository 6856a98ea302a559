package serving

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"
)

// figure is one thing that was measured, as often as there were rounds, with
// what it is held against in the same round.
type figure struct {
	scenario, name string
	unit           unit
	baseline       string // what it is held against; "" = nothing
	ours, theirs   []float64
	goal           string
}

// unit says how a value is written.
type unit func(float64) string

func perSecond(x float64) string { return fmt.Sprintf("%.0f/s", x) }

func duration(seconds float64) string {
	d := time.Duration(seconds * 1e9)
	if d < time.Millisecond {
		return fmt.Sprintf("%d us", d.Microseconds())
	}
	return fmt.Sprintf("%.2f ms", seconds*1e3)
}

// times returns a ratio to two digits at least.
func times(x float64) string {
	if x < 0.1 {
		return fmt.Sprintf("%.4f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

func mebibytes(x float64) string { return fmt.Sprintf("%.0f MiB", x/(1<<20)) }

// ratios returns ours to theirs, round by round, ascending.
func (f *figure) ratios() []float64 {
	r := make([]float64, len(f.theirs))
	for i := range r {
		r[i] = f.ours[i] / f.theirs[i]
	}
	slices.Sort(r)
	return r
}

func median[T cmp.Ordered](values []T) T {
	s := slices.Sorted(slices.Values(values))
	return s[len(s)/2]
}

// write writes the figures as a Markdown table: medians of the rounds, and of
// the ratios the smallest and the largest too.
func write(w io.Writer, figures []*figure) error {
	if _, err := fmt.Fprint(w, "| scenario | figure | EdgeSignal | baseline | | ratio | from, to | goal |\n|---|---|---|---|---|---|---|---|\n"); err != nil {
		return err
	}
	for _, f := range figures {
		theirs, ratio, spread := "", "", ""
		if len(f.theirs) > 0 {
			r := f.ratios()
			theirs, ratio, spread = f.unit(median(f.theirs)), "**"+times(median(r))+"**", times(r[0])+", "+times(r[len(r)-1])
		} else if n := len(f.ours); n > 1 {
			spread = f.unit(slices.Min(f.ours)) + ", " + f.unit(slices.Max(f.ours))
		}
		if _, err := fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %s | %s |\n",
			f.scenario, f.name, f.unit(median(f.ours)), f.baseline, theirs, ratio, spread, f.goal); err != nil {
			return err
		}
	}
	return nil
}
