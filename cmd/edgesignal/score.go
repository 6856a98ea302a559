package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"edgesignal/host/research"
)

type scoreCmd struct {
	Model string `required:"" placeholder:"FILE" help:"LightGBM's text model."`
	Rows  string `required:"" placeholder:"FILE" help:"CSV: a header, then one row of inputs a line; empty or nan = missing. Or Parquet, as features writes it. - = CSV on standard input."`
	Raw   bool   `help:"Before the objective's transform: LightGBM's raw_score."`
}

func (c *scoreCmd) Run(ctx context.Context, s streams) error {
	f, name, err := openInput(c.Model)
	if err != nil {
		return err
	}
	defer f.Close()
	m, err := research.LoadModel(f)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	in, name, err := openInput(c.Rows)
	if err != nil {
		return err
	}
	defer in.Close()
	rows, err := research.ReadRows(in, name, m)
	if err != nil {
		return err
	}
	if w := rows.Warning(); w != "" {
		_ = say(s.err, "edgesignal: warning: %s\n", w)
	}
	return research.Score(ctx, m, rows, c.Raw, s.out)
}

// openInput opens a file, or standard input for -, and says what to call it.
func openInput(path string) (io.ReadCloser, string, error) {
	if path == "-" {
		return os.Stdin, "standard input", nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, "", err
	}
	return f, path, nil
}
