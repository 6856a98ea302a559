// Command dev is the developer's runner: every recipe of this repository
// exists once, here. It works from any directory inside the module.
//
//	go run ./cmd/dev test     what the README promises, on a fresh Debian with only Go
//	go run ./cmd/dev check    what CI asks for beyond the tests
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is the command line; each subcommand is one file.
type cli struct {
	Test   testCmd   `cmd:"" help:"Install what the tests need, then run them: the race detector where goroutines are, real servers, the stock rules rebuilt."`
	Lint   lintCmd   `cmd:"" help:"Run the pinned golangci-lint."`
	Check  checkCmd  `cmd:"" help:"Format, modules, vet, lint, the files of docs/deploy, and a clean working tree."`
	Deploy deployCmd `cmd:"" help:"Parse the files of docs/deploy, each with its own tool."`
	Rules  rulesCmd  `cmd:"" help:"Build the stock rules, or verify that the committed ones are what their sources give."`
	Build  buildCmd  `cmd:"" help:"Build the static binary."`
	Bench  benchCmd  `cmd:"" help:"Measure: Go's benchmarks, or the whole service."`
	Docs   docsCmd   `cmd:"" help:"Write what in the documents is made: docs/book.svg from what the demo answers, and the lists of contents."`
}

// Exit codes: as in edgesignal itself, 2 is for wrong usage only.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes one command line and returns the exit code. What went wrong is
// one line on stderr, after all that the steps themselves printed.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	helped := false
	parser, err := kong.New(&cli{},
		kong.Name("dev"),
		kong.Description("The developer's runner of EdgeSignal."),
		kong.Writers(stdout, stderr),
		kong.Vars{"off_flags": offFlags},
		kong.Exit(func(int) { helped = true }),
		kong.BindToProvider(func() (shell, error) { return newShell(stdout, stderr) }),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		return fail(stderr, err, exitFailed)
	}
	command, err := parser.Parse(args)
	if helped {
		return 0
	}
	if err != nil {
		return fail(stderr, err, exitUsage)
	}
	if err := command.Run(); err != nil {
		return fail(stderr, err, exitFailed)
	}
	return 0
}

func fail(stderr io.Writer, err error, code int) int {
	fmt.Fprintf(stderr, "dev: %v\n", err)
	return code
}
