// Command edgesignal serves trading signals, target portfolio weights, and
// has the tools around them. One file a subcommand: flags in, one call,
// output.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/joho/godotenv"

	"edgesignal/host/gate"
	"edgesignal/host/settings"
	"edgesignal/host/text"
)

// Exit statuses.
const (
	exitOK    = 0
	exitError = 1 // it did not work; one line on stderr says what and where
	exitUsage = 2 // the command line or a setting was wrong
)

type cli struct {
	Demo     demoCmd     `cmd:"" help:"Serve a demo with nothing installed: synthetic bars, two releases."`
	Serve    serveCmd    `cmd:"" help:"Serve signals over REST."`
	Ready    readyCmd    `cmd:"" help:"Ask a host whether it can answer: exit status 0, or 1 and why not."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the schema of the registry up to date."`
	Publish  publishCmd  `cmd:"" help:"Check a release with the gate and put it into the registry."`
	Activate activateCmd `cmd:"" help:"Make a release the active one of its strategy."`
	Rollback rollbackCmd `cmd:"" help:"Make the release active that was before."`
	Releases releasesCmd `cmd:"" help:"List the releases of the registry."`
	Status   statusCmd   `cmd:"" help:"Say which host serves what since when, and why not."`
	Data     struct {
		Import importCmd `cmd:"" help:"Turn a CSV of daily bars into a run folder of Parquet files."`
		Export exportCmd `cmd:"" help:"Write the newest market as Qlib's data directory."`
		Check  checkCmd  `cmd:"" help:"Say what a host would make of the newest run: exit status 0, or 1 and why not."`
	} `cmd:"" help:"Market data."`
	Features featuresCmd `cmd:"" help:"Write the 158 features as the model sees them."`
	Score    scoreCmd    `cmd:"" help:"Predict with a model, one row of a CSV a line."`
	Rule     ruleCmd     `cmd:"" help:"What an author of rules needs."`
	Qlib     qlibCmd     `cmd:"" help:"What a user of Qlib needs."`
	Token    tokenCmd    `cmd:"" help:"Tokens for AUTH_TOKENS_FILE."`
	Version  versionCmd  `cmd:"" help:"Say which build this is."`
}

// streams are what a command reads and writes.
type streams struct {
	out, err io.Writer
}

func main() {
	gate.ServeIfChild()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run returns the whole program but for the process's own ends.
func run(ctx context.Context, args []string, io streams) int {
	fail := func(code int, err error) int {
		_ = say(io.err, "edgesignal: %s\n", text.JoinLines(err.Error()))
		return code
	}
	if err := godotenv.Load(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fail(exitUsage, fmt.Errorf(".env: %w", err))
	}
	var c cli
	var reader settings.Reader
	exit := -1
	parser, err := kong.New(&c,
		kong.Name("edgesignal"),
		kong.Description("LightGBM models on Alpha158 features and portfolio rules in wasm, served as target weights over REST."),
		kong.Writers(io.out, io.err),
		kong.Exit(func(code int) { exit = code }),
		reader.Option(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 110}),
		kong.Bind(io), kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		return fail(exitError, err)
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 { // --help has been answered
		return exit
	}
	if err := reader.Faults(parsed, err); err != nil {
		return fail(exitUsage, err)
	}
	var usage *usageError
	var faults settings.Faults
	switch err := parsed.Run(); {
	case errors.As(err, &usage), errors.As(err, &faults):
		return fail(exitUsage, err)
	case err != nil:
		return fail(exitError, err)
	}
	return exitOK
}

// usageError is wrong usage that only shows after parsing.
type usageError struct{ error }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// version is what the linker was told, else what Go recorded of the checkout.
var version string

func buildVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return info.Main.Version
}

type versionCmd struct{}

func (versionCmd) Run(io streams) error {
	_, err := fmt.Fprintln(io.out, buildVersion())
	return err
}
