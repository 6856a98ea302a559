package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"edgesignal/cmd/dev/internal/serving"
)

type benchCmd struct {
	Go      benchGoCmd      `cmd:"" default:"withargs" help:"Run Go's benchmarks."`
	Serving benchServingCmd `cmd:"" help:"Measure edgesignal as a service, beside bare fiber."`
}

type benchGoCmd struct {
	Match string `default:"." help:"Regular expression of the benchmarks to run."`
	Count int    `default:"1" help:"How often each benchmark runs."`
}

// Run runs the benchmarks and no tests. The output is go test's own, so that
// benchstat reads it; docs/BENCHMARKS.md keeps the numbers.
func (c *benchGoCmd) Run(ctx context.Context, s shell) error {
	args := []string{"test", "-run", "^$", "-bench", c.Match, "-benchmem", "-count", strconv.Itoa(c.Count)}
	return runSteps(ctx, s.stdout, step{name: "benchmarks", do: s.do(goCommand(append(args, benchPackages...)...))})
}

// offFlags switch the caches of a host off.
const offFlags = "--score-cache-bytes 0 --answer-cache-bytes 0"

type benchServingCmd struct {
	Symbols    int           `default:"500" help:"Of the generated market."`
	Small      int           `default:"30" help:"Symbols of the small one."`
	Days       int           `default:"2500" help:"Of each symbol."`
	Rounds     int           `default:"25" help:"Turns of each pair."`
	Turn       time.Duration `default:"300ms" help:"How long one load lasts."`
	Conns      int           `default:"16" help:"Kept-alive connections."`
	ServeFlags string        `placeholder:"FLAGS" help:"Added to edgesignal serve."`
	OffFlags   string        `default:"${off_flags}" placeholder:"FLAGS" help:"What switches its caches off (${default})."`
	Append     string        `placeholder:"FILE" help:"Append the table to a file, with machine, commit and date: docs/BENCHMARKS.md."`
}

// Run builds what is measured and measures it. See package serving.
func (c *benchServingCmd) Run(ctx context.Context, s shell) (err error) {
	dir, err := os.MkdirTemp("", "edgesignal-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	o := serving.Options{
		Binary: filepath.Join(dir, "edgesignal"), Bare: filepath.Join(dir, "barefiber"),
		Model: filepath.Join(s.root, "artifacts/demo/models/alpha_baseline-v1.0.0.txt"), Dir: dir,
		Symbols: c.Symbols, Small: c.Small, Days: c.Days, Rounds: c.Rounds, Turn: c.Turn, Conns: c.Conns,
		ServeFlags: strings.Fields(c.ServeFlags), OffFlags: strings.Fields(c.OffFlags), Log: s.stdout,
	}
	var table bytes.Buffer
	return runSteps(ctx, s.stdout,
		step{name: "build edgesignal", do: s.do(staticBuild(o.Binary))},
		step{name: "build bare fiber", do: s.do(goCommand("build", "-buildvcs=false", "-o", o.Bare, "./cmd/dev/internal/barefiber").with("CGO_ENABLED=0"))},
		step{name: "prediction beside leaves", do: func(ctx context.Context) (err error) {
			o.Predictions, err = s.output(ctx, goCommand("test", "-run", "^$", "-bench", "^BenchmarkPredict$", "-benchtime", "20x", "-count", strconv.Itoa(c.Rounds), "./host/model"))
			return err
		}},
		step{name: "measure", do: func(ctx context.Context) error {
			if err := serving.Run(ctx, o, &table); err != nil {
				return err
			}
			_, err := s.stdout.Write(table.Bytes())
			return err
		}},
		step{name: "keep the table", do: func(ctx context.Context) error { return s.keep(ctx, c, table.Bytes()) }},
	)
}

// keep appends a table to the file that was asked for, under a heading that
// says where it comes from.
func (s shell) keep(ctx context.Context, c *benchServingCmd, table []byte) error {
	if c.Append == "" {
		return nil
	}
	commit, err := s.output(ctx, command{args: []string{"git", "describe", "--always", "--dirty"}})
	if err != nil {
		return err
	}
	path := c.Append
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.root, path)
	}
	return appendTo(path, c.heading(strings.TrimSpace(commit))+string(table))
}

func (c *benchServingCmd) heading(commit string) string {
	return fmt.Sprintf("\n## %s, %s, %s/%s, %s, %d cores: the service, commit %s\n\n"+
		"`go run ./cmd/dev bench serving`: %d rounds in turns, loads of %s over %d connections, medians.\n\n",
		time.Now().UTC().Format(time.DateOnly), runtime.Version(), runtime.GOOS, runtime.GOARCH, cpuName(), runtime.NumCPU(), commit,
		c.Rounds, c.Turn, c.Conns)
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// cpuName returns what the machine calls its processor.
func cpuName() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown CPU"
	}
	for line := range strings.Lines(string(info)) {
		if key, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown CPU"
}
