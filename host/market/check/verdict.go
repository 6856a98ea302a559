package check

import (
	"fmt"
	"strings"

	"edgesignal/host/market"
)

// Refusal is the error of a market that must not serve.
type Refusal struct{ Report *Report }

func (r *Refusal) Error() string {
	return fmt.Sprintf("market data: run %s is not taken: %s", r.Report.Run, strings.Join(r.Report.Refused, "; "))
}

// Unwrap makes it a market.ErrRefused.
func (r *Refusal) Unwrap() error { return market.ErrRefused }

// Err returns a *Refusal where the market must not serve, else nil.
func (r *Report) Err() error {
	if len(r.Refused) == 0 {
		return nil
	}
	return &Refusal{r}
}

// judge notes every reason why the market must not serve. Each names what is
// wrong, how much, the limit and the cure.
func (r *Report) judge(limits Limits) {
	refuse := func(format string, args ...any) { r.Refused = append(r.Refused, fmt.Sprintf(format, args...)) }
	if kept := r.Before - r.Missing; kept*100 < limits.MinSymbols*r.Before {
		refuse("it has %d of the %d symbols that served before, and %d %% are needed (missing: %s): bring the files back, or set MARKET_MIN_SYMBOLS_PERCENT where fewer are meant",
			kept, r.Before, limits.MinSymbols, some(r.Lost, r.Missing))
	}
	if r.Failed*100 > limits.MaxFailed*r.Files {
		refuse("%d of its %d files cannot be used (%s), and %d %% may: mend the files, or set MARKET_MAX_FAILED_PERCENT",
			r.Failed, r.Files, r.kinds(), limits.MaxFailed)
	}
	if r.ThinDays > 0 && r.Calendar != market.CalendarFile && !limits.AllowThinDays {
		refuse("%s: remove those bars, or put the trading days into %s, or set ALLOW_THIN_DAYS=true", r.thin(), market.CalendarFile)
	}
}

// some returns the first names of a list and how many there are beyond them.
func some(names []string, all int) string {
	const most = 10
	shown := names[:min(len(names), most)]
	text := strings.Join(shown, ", ")
	if more := all - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// kinds returns how many files failed for which reason.
func (r *Report) kinds() string {
	var words []string
	for _, kind := range market.FailureKinds {
		if n := r.Failures[kind]; n > 0 {
			words = append(words, fmt.Sprintf("%s %d", kind, n))
		}
	}
	return strings.Join(words, ", ")
}

// thin names the newest thin days and their files.
func (r *Report) thin() string {
	const most = 3
	var days []string
	for _, c := range r.Thin[:min(len(r.Thin), most)] {
		more := ""
		if n := c.Bars - len(c.Files); n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		days = append(days, fmt.Sprintf("on %s (%s) %d of %d symbols have a bar (%s%s)", c.Day, c.Day.Time().Weekday(), c.Bars, c.Alive, strings.Join(c.Files, ", "), more))
	}
	text := strings.Join(days, ", ")
	if more := r.ThinDays - len(days); more > 0 {
		text += fmt.Sprintf(", and %d more such days", more)
	}
	return text
}
