package api

import (
	"errors"

	"github.com/gofiber/fiber/v2"
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

// health answers GET /health: always 200, for whoever asks how the host is.
func (s *Server) health(c *fiber.Ctx) error {
	board := s.opt.Board
	a := healthAnswer{Status: "healthy", Strategy: board.Default(), Problems: []string{}, MarketAge: s.marketAge(), Version: s.opt.Version}
	if snap, done, err := board.Current(""); err == nil {
		a.ModelLoaded, a.ModelVersion, a.Release = true, orNull(snap.Release.Manifest.Version), orNull(snap.Release.Digest)
		done()
	}
	if m := board.Market(); m != nil {
		a.MarketRevision, a.DataAsOf = orNull(m.Revision), orNull(m.Last().String())
	}
	for _, p := range s.problems() {
		a.Status = "degraded"
		a.Problems = append(a.Problems, p.Error())
	}
	return answer(c, a)
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
