package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"edgesignal/host"
	"edgesignal/host/operate"
	"edgesignal/host/settings"
)

type demoCmd struct {
	settings.Listen `embed:""`
	StateDir        string            `env:"STATE_DIR" default:".edgesignal-demo" allowed:"a directory" placeholder:"DIR" help:"The demo's own directory, emptied at each start (${default})."`
	LogLevel        settings.LogLevel `env:"LOG_LEVEL" default:"WARN" allowed:"DEBUG, INFO, WARN or ERROR" help:"What is logged (${default})."`
}

func (c *demoCmd) Run(ctx context.Context, io streams) (err error) {
	// The port comes first: a second demo by mistake must fail before it
	// empties anything.
	ln, err := listen(c.Host, c.Port)
	if err != nil {
		return err
	}
	defer ln.Close()
	state, err := operate.NewDemoState(c.StateDir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, state.Close()) }()
	set := state.Settings()
	set.Listen, set.LogLevel = c.Listen, c.LogLevel
	if err := operate.PrepareDemo(ctx, set); err != nil {
		return err
	}
	h, err := host.Open(ctx, set, host.Identity{Version: buildVersion(), Demo: true}, newLogger(io.err, set.Level()))
	if err != nil {
		return err
	}
	return h.Run(ctx, ln, func(s host.Start) error {
		if s.Err != nil {
			return fmt.Errorf("the demo did not come up: %w", s.Err)
		}
		return c.welcome(io, s)
	})
}

func (c *demoCmd) welcome(io streams, s host.Start) error {
	at := fmt.Sprintf("localhost:%d", c.Port)
	_, err := fmt.Fprintf(io.out, `EdgeSignal demo: %d symbols of synthetic bars up to %s, release %s of %s.
Ready.

  curl '%[5]s/signals'
  curl '%[5]s/signals?symbols=AAPL,TSLA&as_of_date=2024-06-14'
  curl '%[5]s/model/info'
  docs: http://%[5]s/docs

Swap the release from a second terminal, then ask again:

  %[6]s activate %[4]s v1.1.0 --state-dir %[7]s

Ctrl-C stops it.
`, s.Symbols, s.LastDay, s.Serving, s.Strategy, at, program(), quoted(c.StateDir))
	return err
}

// program returns how the user started this.
func program() string {
	if strings.Contains(filepath.ToSlash(os.Args[0]), "/go-build") {
		return "go run ./cmd/edgesignal"
	}
	return os.Args[0]
}

// quoted returns one word of a shell's command line.
func quoted(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool {
		return !strings.ContainsRune("/._-+", r) && !('0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z')
	}) {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}
