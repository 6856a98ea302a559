package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"edgesignal/host/market"
	"edgesignal/host/market/barfile"
	"edgesignal/host/market/importer"
)

type importCmd struct {
	Inputs  []string `arg:"" optional:"" name:"file" help:"CSV (.gz too) or Parquet files, or folders of them, also symbol=... ones of Hive. - = standard input."`
	Out     string   `required:"" placeholder:"DIR" help:"The data directory."`
	RunDate string   `required:"" placeholder:"DATE" help:"YYYY-MM-DD, the name of the new run folder."`

	FromQlib     string            `name:"from-qlib" placeholder:"DIR" help:"Qlib's data directory instead of files; its calendar and universes are copied beside the run."`
	Append       bool              `help:"Add the bars to those of the newest run; the new run has both."`
	Adjusted     string            `placeholder:"COLUMN" help:"A column of adjusted closes, such as adj_close: open, high, low and vwap are scaled by it over close."`
	Column       map[string]string `placeholder:"HOLDS=NAME" help:"Which column holds what, where its name does not say it: --column date=Session."`
	Symbol       string            `placeholder:"S" help:"The symbol of all rows, where no column says it. Default: the file's name."`
	DateFormat   string            `placeholder:"FORMAT" help:"How dates are written, as DD.MM.YYYY."`
	Zone         string            `placeholder:"ZONE" help:"The time zone in which moments are days, as America/New_York."`
	DecimalComma bool              `help:"1,5 is one and a half."`
	BadBars      market.BadBars    `env:"BAD_BARS" default:"warn" placeholder:"WORD" help:"What becomes of bars that cannot be: warn writes them, drop leaves them out, refuse imports nothing (${default})."`
}

func (c *importCmd) Run(ctx context.Context, s streams) error {
	run, err := market.ParseDate(c.RunDate)
	if err != nil {
		return usagef("--run-date: %w", err)
	}
	if (c.FromQlib == "") == (len(c.Inputs) == 0) {
		return usagef("files or --from-qlib are expected, and not both")
	}
	if c.FromQlib != "" {
		return c.fromQlib(ctx, s, run)
	}
	var zone *time.Location
	if c.Zone != "" {
		if zone, err = barfile.Location(c.Zone); err != nil {
			return usagef("--zone %s: not in the IANA time zone database", c.Zone)
		}
	}
	p := newProgress(s.err, "rows")
	sum, err := importer.Import(ctx, importer.Options{
		Inputs: c.Inputs, Stdin: os.Stdin, Dir: c.Out, Run: run,
		Symbol: c.Symbol, Columns: c.Column, Adjusted: c.Adjusted, DateFormat: c.DateFormat, Zone: zone, DecimalComma: c.DecimalComma,
		BadBars: c.BadBars, Append: c.Append, Progress: p.set,
	})
	p.stop()
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w; a run is never written over: take a later --run-date", err)
	}
	if err != nil {
		return err
	}
	for _, bad := range sum.Suspicions {
		_, _ = fmt.Fprintf(s.err, "edgesignal: %s: %d bars that cannot be; the first, %s\n", bad.Symbol, bad.Bars, bad)
	}
	return printImport(s.out, sum)
}

func printImport(w io.Writer, sum importer.Summary) error {
	var b strings.Builder
	for _, in := range sum.Inputs {
		_ = say(&b, "%s", in.Name)
		if in.Others > 0 {
			_ = say(&b, " and %d more", in.Others)
		}
		_ = say(&b, ": %s\n", in.Format)
		for _, c := range in.Columns {
			_ = say(&b, "  %-14s from %s\n", c.Holds, c.From)
		}
		if len(in.Unused) > 0 {
			_ = say(&b, "  %-14s %s\n", "not used", listed(in.Unused))
		}
	}
	_ = say(&b, "%s: %d bars of %d symbols, %s to %s\n", sum.Dir, sum.Rows, sum.Symbols, sum.First, sum.Last)
	if a := sum.Appended; a != nil {
		_ = say(&b, "appended to %s: %d bars are new, %d were there already, %d symbols have no new bar\n", a.To, a.Added, a.Same, a.Carried)
	}
	if sum.Empty > 0 {
		_ = say(&b, "%d rows without any value were left out: they are no bars\n", sum.Empty)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// listed returns names with commas, control characters made visible; of many
// the first.
func listed(names []string) string {
	const most = 12
	shown := make([]string, 0, most)
	for _, name := range names[:min(len(names), most)] {
		shown = append(shown, fmt.Sprintf("%.40q", name))
	}
	if more := len(names) - most; more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(shown, ", ")
}
