package main

import (
	"context"
	"fmt"

	"edgesignal/host/market"
)

type importCmd struct {
	File    string `arg:"" help:"CSV with the header symbol,date,open,high,low,close,volume[,vwap]; empty = missing. - = standard input."`
	Out     string `required:"" placeholder:"DIR" help:"The data directory."`
	RunDate string `required:"" placeholder:"DATE" help:"YYYY-MM-DD, the name of the new run folder."`
}

func (c *importCmd) Run(ctx context.Context, s streams) error {
	run, err := market.ParseDate(c.RunDate)
	if err != nil {
		return usagef("--run-date: %w", err)
	}
	in, name, err := openInput(c.File)
	if err != nil {
		return err
	}
	defer in.Close()
	p := newProgress(s.err, "rows")
	sum, err := market.ImportCSV(ctx, in, name, c.Out, run, p.set)
	p.stop()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s: %d bars of %d symbols, %s to %s\n", sum.Dir, sum.Rows, sum.Symbols, sum.First, sum.Last)
	if err == nil && sum.Empty > 0 {
		_, err = fmt.Fprintf(s.out, "%d rows without any value were left out: they are no bars\n", sum.Empty)
	}
	return err
}
