package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"strconv"

	"edgesignal/host"
	"edgesignal/host/settings"
)

type serveCmd struct {
	settings.Settings `embed:""`
}

func (c *serveCmd) Run(ctx context.Context, io streams) error {
	log := newLogger(io.err, c.Level())
	ln, err := listen(c.Host, c.Port)
	if err != nil {
		return err
	}
	defer ln.Close()
	h, err := host.Open(ctx, c.Settings, host.Identity{Version: buildVersion()}, log)
	if err != nil {
		return err
	}
	return h.Run(ctx, ln, nil)
}

func listen(address string, port uint16) (net.Listener, error) {
	return net.Listen("tcp", net.JoinHostPort(address, strconv.Itoa(int(port))))
}

// newLogger writes lines for people on a terminal, JSON elsewhere, and in both
// what a terminal would obey as escapes.
func newLogger(w io.Writer, level slog.Level) *slog.Logger {
	opt := &slog.HandlerOptions{Level: level}
	if isTerminal(w) {
		return slog.New(slog.NewTextHandler(w, opt))
	}
	return slog.New(slog.NewJSONHandler(visibleJSON{w}, opt))
}
