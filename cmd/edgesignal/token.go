package main

import (
	"fmt"

	"edgesignal/host/token"
)

// tokenCmd is what an operator of AUTH_TOKENS_FILE needs.
type tokenCmd struct {
	New tokenNewCmd `cmd:"" help:"Make a token: it goes to standard output, once, its line to standard error or into the file."`
}

type tokenNewCmd struct {
	Name   string `arg:"" help:"Who will hold it, for logs: A-Z a-z 0-9 . _ -"`
	Scopes string `required:"" placeholder:"LIST" help:"signals, reload, admin: one or several, with commas."`
	Out    string `type:"path" placeholder:"FILE" help:"The token file to add the line to; it is made where there is none."`
}

func (c *tokenNewCmd) Run(io streams) error {
	scopes, err := token.ParseScopes(c.Scopes)
	if err != nil {
		return usagef("--scopes: %w", err)
	}
	secret, line, err := token.New(c.Name, scopes)
	if err != nil {
		return usagef("%w", err)
	}
	if c.Out != "" {
		if err := token.Append(c.Out, line); err != nil {
			return err
		}
		_, err = fmt.Fprintf(io.err, "%s has a line for %s now. The token, which is shown this once:\n", c.Out, c.Name)
	} else {
		_, err = fmt.Fprintf(io.err, "For AUTH_TOKENS_FILE:\n%s\nThe token, which is shown this once:\n", line)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(io.out, secret)
	return err
}
