package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"edgesignal/host/durable"
	"edgesignal/host/market"
	"edgesignal/host/research"
)

type featuresCmd struct {
	Data     string `env:"DATA_DIR" required:"" placeholder:"DIR" help:"The data directory."`
	Features string `placeholder:"FILE" help:"The columns: alpha158, alpha360 or a feature set's file. None = the 158 that releases without a set have."`
	Raw      bool   `help:"The columns before the set's processors."`
	Symbols  string `placeholder:"A,B" help:"Only these symbols."`
	From     string `placeholder:"DATE" help:"First day, YYYY-MM-DD."`
	To       string `placeholder:"DATE" help:"Last day, YYYY-MM-DD."`
	Out      string `placeholder:"FILE" help:"FILE.csv or FILE.parquet. None = CSV on standard output."`
	Force    bool   `help:"Write over a file that has the name of --out."`

	AllowFailures bool `help:"Files that cannot be used are left out; without it they are a failure and nothing is written."`
}

func (c *featuresCmd) Run(ctx context.Context, s streams) error {
	q, err := c.query()
	if err != nil {
		return &usageError{err}
	}
	ext := strings.ToLower(filepath.Ext(c.Out))
	if c.Out != "" && ext != ".csv" && ext != ".parquet" {
		return usagef("--out %s: the name must end in .csv or .parquet", c.Out)
	}
	if strings.Contains(c.Data, "://") {
		return usagef("--data %s: a directory is expected; copy the run folder from the bucket first", c.Data)
	}
	if c.Out != "" {
		if err := outputError(durable.CheckOutput(c.Out, c.Force)); err != nil {
			return err
		}
	}
	m, err := loadWhole(ctx, s, c.Data, c.AllowFailures)
	if err != nil {
		return err
	}
	of, err := c.columns(ctx, m, q, s.err)
	if err != nil {
		return err
	}
	if c.Out == "" {
		return writeFeatures(ctx, of, m, q, s.out, "", s.err)
	}
	return outputError(durable.Output(c.Out, c.Force, func(w io.Writer) error { return writeFeatures(ctx, of, m, q, w, ext, s.err) }))
}

// outputError says what to do about a name that is taken.
func outputError(err error) error {
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("--out %w; --force writes over it", err)
	}
	return err
}

func (c *featuresCmd) query() (q research.FeatureQuery, err error) {
	for _, sym := range strings.FieldsFunc(c.Symbols, func(r rune) bool { return r == ',' }) {
		canonical, err := market.CanonicalSymbol(strings.TrimSpace(sym))
		if err != nil {
			return q, fmt.Errorf("--symbols: %w", err)
		}
		q.Symbols = append(q.Symbols, canonical)
	}
	for _, d := range []struct {
		flag, text string
		dst        **market.Date
	}{{"--from", c.From, &q.From}, {"--to", c.To, &q.To}} {
		if d.text == "" {
			continue
		}
		day, err := market.ParseDate(d.text)
		if err != nil {
			return q, fmt.Errorf("%s: %w", d.flag, err)
		}
		*d.dst = &day
	}
	return q, nil
}

func writeFeatures(ctx context.Context, of *research.Features, m *market.Market, q research.FeatureQuery, w io.Writer, ext string, progressTo io.Writer) error {
	out, err := newFeatureWriter(w, ext, of)
	if err != nil {
		return err
	}
	p := newProgress(progressTo, "symbols")
	defer p.stop()
	if err := research.WriteFeatures(ctx, out, m, q, func(symbols int) { p.set(int64(symbols)) }); err != nil {
		return err
	}
	return out.Close()
}

func newFeatureWriter(w io.Writer, ext string, of *research.Features) (research.FeatureWriter, error) {
	if ext == ".parquet" {
		return research.NewParquetWriter(w, of), nil
	}
	return research.NewCSVWriter(w, of)
}
