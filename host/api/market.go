package api

import (
	"github.com/gofiber/fiber/v2"

	"edgesignal/host/live"
	"edgesignal/host/market"
)

type marketAnswer struct {
	Revision   string           `json:"revision"`
	RunDate    market.Date      `json:"run_date"`
	FirstDay   market.Date      `json:"first_day"`
	LastDay    market.Date      `json:"last_day"`
	NumSymbols int              `json:"num_symbols"`
	Symbols    []string         `json:"symbols"`
	Failures   []market.Failure `json:"failures"`
}

// market answers GET /api/v1/market: what the signals are computed from.
func (s *Server) market(c *fiber.Ctx) error {
	if _, err := queryOf(c); err != nil {
		return err
	}
	m := s.opt.Board.Market()
	if m == nil {
		return live.ErrNoMarket
	}
	return answer(c, marketAnswer{
		Revision:   m.Revision,
		RunDate:    m.RunDate,
		FirstDay:   m.First(),
		LastDay:    m.Last(),
		NumSymbols: len(m.Series),
		Symbols:    m.Symbols(),
		Failures:   append([]market.Failure{}, m.Failures...),
	})
}
