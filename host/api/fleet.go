package api

import (
	"context"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"edgesignal/host/fleet"
	"edgesignal/host/release"
)

// fleet answers GET /api/v1/fleet: which host serves what, as the registry has it.
func (s *Server) fleet(c *fiber.Ctx) error {
	if _, err := queryOf(c); err != nil {
		return err
	}
	v, err := fleet.Look(s.ctx, s.opt.Registry)
	if err != nil {
		return err
	}
	return answer(c, v.Document())
}

// The query parameters of a reload that waits for the whole fleet.
const (
	paramWait    = "wait"
	paramTimeout = "timeout"
	converged    = "converged"

	defaultConvergence = 30 * time.Second
	mostConvergence    = 5 * time.Minute
)

// convergence returns how long a reload waits for the fleet; 0 = it does not.
func convergence(q query) (time.Duration, error) {
	wait, timeout := q.one(paramWait), q.one(paramTimeout)
	switch {
	case wait == "" && timeout == "":
		return 0, nil
	case wait != converged:
		return 0, refusal(badRequest, fmt.Sprintf("query parameter %q: %.100q: %s is expected", paramWait, wait, converged))
	case timeout == "":
		return defaultConvergence, nil
	}
	d, err := time.ParseDuration(timeout)
	if err != nil || d <= 0 || d > mostConvergence {
		return 0, refusal(badRequest, fmt.Sprintf("query parameter %q: %.100q: a time such as 30s, at most %s, is expected", paramTimeout, timeout, mostConvergence))
	}
	return d, nil
}

// converge waits until every live host serves the version, and returns how many do.
func (s *Server) converge(strategy, version string, within time.Duration) (hosts *int, err error) {
	if within == 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(s.ctx, within)
	defer cancel()
	seen, err := fleet.Wait(ctx, s.opt.Registry, release.Ref{Strategy: strategy, Version: version}, nil)
	return &seen.Serving, err
}
