package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"strconv"

	"edgesignal/host"
)

type serveCmd struct {
	host.Config `embed:""`
}

func (c *serveCmd) Run(ctx context.Context, io streams) error {
	log, err := newLogger(io.err, &c.Config)
	if err != nil {
		return &usageError{err}
	}
	ln, err := listen(c.Host, c.Port)
	if err != nil {
		return err
	}
	defer ln.Close()
	h, err := host.Open(ctx, c.Config, host.Identity{Version: buildVersion()}, log)
	if err != nil {
		return err
	}
	return h.Run(ctx, ln, nil)
}

func listen(address string, port uint16) (net.Listener, error) {
	return net.Listen("tcp", net.JoinHostPort(address, strconv.Itoa(int(port))))
}

// newLogger writes lines for people on a terminal, JSON elsewhere.
func newLogger(w io.Writer, c *host.Config) (*slog.Logger, error) {
	level, err := c.Level()
	if err != nil {
		return nil, err
	}
	opt := &slog.HandlerOptions{Level: level}
	if isTerminal(w) {
		return slog.New(slog.NewTextHandler(w, opt)), nil
	}
	return slog.New(slog.NewJSONHandler(w, opt)), nil
}
