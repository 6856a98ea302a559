package api

import (
	"errors"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"edgesignal/host/live"
	"edgesignal/host/market"
	"edgesignal/host/release"
)

type healthAnswer struct {
	Status         string   `json:"status"`
	ModelLoaded    bool     `json:"model_loaded"`
	ModelVersion   orNull   `json:"model_version"`
	Strategy       string   `json:"strategy"`
	Release        orNull   `json:"release"`
	MarketRevision orNull   `json:"market_revision"`
	DataAsOf       orNull   `json:"data_as_of"`
	MarketAge      *float64 `json:"market_check_age_seconds"`
	Problems       []string `json:"problems"`
	Version        string   `json:"version"`
}

// marketOf returns the market that the default strategy answers from, which is
// older than the board's where its release gives no book on that one.
func marketOf(b *live.Board) *market.Market {
	if snap, done, err := b.Current(""); err == nil {
		defer done()
		if snap.Market != nil {
			return snap.Market
		}
	}
	return b.Market()
}

// health answers GET /health: always 200, for whoever asks how the host is.
func (s *Server) health(c *fiber.Ctx) error {
	board := s.opt.Board
	a := healthAnswer{Status: "healthy", Strategy: board.Default(), Problems: []string{}, MarketAge: s.marketAge(), Version: s.opt.Version}
	if snap, done, err := board.Current(""); err == nil {
		a.ModelLoaded, a.ModelVersion, a.Release = true, orNull(snap.Release.Manifest.Version), orNull(snap.Release.Digest)
		done()
	}
	if m := marketOf(board); m != nil {
		a.MarketRevision, a.DataAsOf = orNull(m.Revision), orNull(m.Last().String())
	}
	detailed := s.trusted(c.Context())
	for _, p := range s.problems() {
		a.Status = "degraded"
		if detailed {
			a.Problems = append(a.Problems, p.Error())
		} else {
			a.Problems = append(a.Problems, inAWord(p))
		}
	}
	return answer(c, a)
}

// trusted reports whether a caller may read why something failed: one with a
// token, or, where there are none, one on this machine.
func (s *Server) trusted(ctx *fasthttp.RequestCtx) bool {
	if s.opt.Tokens == nil {
		return ctx.RemoteIP().IsLoopback()
	}
	_, err := s.authorize(&ctx.Request.Header, known)
	return err == nil
}

// inAWord returns what anybody may know of a problem: whose it is, and the
// reason word of the gate or the code of an answer that says the same.
func inAWord(err error) string {
	var refused *release.Rejection
	var of *live.Problem
	word := string(problemOf(err).Code)
	switch {
	case errors.Is(err, errTokenFile):
		return err.Error()
	case errors.As(err, &refused):
		word = string(refused.Reason)
	case word == string(internal) && !errors.As(err, &of):
		word = "market_data"
	case word == string(internal):
		word = "not_served"
	}
	if errors.As(err, &of) {
		return "strategy " + of.Strategy + ": " + word
	}
	return word
}

// errTokenFile stands for a token file that cannot be read: everybody may ask for
// /health, so the details are in the log alone.
var errTokenFile = errors.New("the token file cannot be used as it is; the tokens read before count on, and the log says why")

// problems returns the reasons why this host is degraded.
func (s *Server) problems() []error {
	problems := s.opt.Board.Problems()
	if s.opt.Tokens != nil && s.opt.Tokens.Problem() != nil {
		problems = append(problems, errTokenFile)
	}
	return problems
}

type stateAnswer struct {
	Status string `json:"status"`
}

// alive answers GET /livez: the process answers.
func (s *Server) alive(c *fiber.Ctx) error { return answer(c, stateAnswer{"alive"}) }

// ready answers GET /readyz: requests for signals can be answered.
func (s *Server) ready(c *fiber.Ctx) error {
	if err := s.opt.Board.Ready(); err != nil {
		return err
	}
	return answer(c, stateAnswer{"ready"})
}
