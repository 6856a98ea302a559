package api

import (
	"context"
	"errors"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"edgesignal/host/fleet"
	"edgesignal/host/live"
)

// activatedAnswer and unchangedAnswer are the two ways in which a reload ends
// well. Anything else is a problem: a release that was not loaded is never
// reported as up to date.
type activatedAnswer struct {
	Reloaded        bool   `json:"reloaded"`
	Outcome         string `json:"outcome"`
	Version         string `json:"version"`
	PreviousVersion orNull `json:"previous_version"`
	Message         string `json:"message"`
	Hosts           *int   `json:"hosts,omitempty"` // that serve it: with wait=converged
}

type unchangedAnswer struct {
	Reloaded bool   `json:"reloaded"`
	Outcome  string `json:"outcome"`
	Version  string `json:"version"`
	Message  string `json:"message"`
	Hosts    *int   `json:"hosts,omitempty"`
}

// The outcomes of a reload that ended well.
const (
	activated = "activated"
	unchanged = "unchanged"
)

// reloadModel answers POST /model/reload: look into the registry now, and wait for
// the other hosts where that is asked. The load is the board's and shared with
// all who ask for it; it goes on when the client that asked is gone.
func (s *Server) reloadModel(c *fiber.Ctx) error {
	q, err := queryOf(c, paramStrategy, paramWait, paramTimeout)
	if err != nil {
		return err
	}
	within, err := convergence(q)
	if err != nil {
		return err
	}
	strategy := q.one(paramStrategy)
	if strategy == "" {
		strategy = s.opt.Board.Default()
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.limits.reload)
	defer cancel()
	out, err := s.opt.Board.Reload(ctx, strategy)
	var hosts *int
	if err == nil {
		hosts, err = s.converge(strategy, out.Version, within)
	}
	if err != nil {
		status, known := s.opt.Board.Strategy(strategy)
		err := &reloadError{err: err, serving: status.Serving}
		s.metrics.reloaded(strategy, known, string(problemOf(err).Code))
		return err
	}
	if !out.Activated {
		s.metrics.reloaded(strategy, true, unchanged)
		return answer(c, unchangedAnswer{Outcome: unchanged, Version: out.Version, Message: "Model already up to date", Hosts: hosts})
	}
	s.metrics.reloaded(strategy, true, activated)
	return answer(c, activatedAnswer{
		Reloaded: true, Outcome: activated, Version: out.Version, PreviousVersion: orNull(out.Previous), Message: "Model reloaded successfully",
		Hosts: hosts,
	})
}

// reloadError is why a reload did not bring what the registry wants.
type reloadError struct {
	err     error
	serving string // version; "" = none
}

func (e *reloadError) Error() string {
	var lag *fleet.NotConverged
	switch {
	case errors.Is(e.err, live.ErrUnknownStrategy), errors.As(e.err, &lag):
		return e.err.Error()
	case e.serving == "":
		return fmt.Sprintf("%v; nothing serves", e.err)
	default:
		return fmt.Sprintf("%v; %s serves on", e.err, e.serving)
	}
}

func (e *reloadError) Unwrap() error { return e.err }
