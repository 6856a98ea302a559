package api

import (
	"github.com/gofiber/fiber/v2"
)

type strategiesAnswer struct {
	Strategies []strategyLine `json:"strategies"`
}

type strategyLine struct {
	Strategy  string `json:"strategy"`
	Default   bool   `json:"default"`
	Desired   orNull `json:"desired"`
	Serving   orNull `json:"serving"`
	Release   orNull `json:"release"`
	Since     orNull `json:"since"`
	CheckedAt orNull `json:"checked_at"`
	Error     orNull `json:"error"`
}

// strategies answers GET /api/v1/strategies: what should serve, and what does.
func (s *Server) strategies(c *fiber.Ctx) error {
	if _, err := queryOf(c); err != nil {
		return err
	}
	board := s.opt.Board
	a := strategiesAnswer{Strategies: []strategyLine{}}
	for _, name := range board.Strategies() {
		st, ok := board.Strategy(name)
		if !ok {
			continue
		}
		line := strategyLine{
			Strategy: name, Default: name == board.Default(), Desired: orNull(st.Desired), Serving: orNull(st.Serving), Release: orNull(st.Release),
			Since: instantOrNull(&st.Since), CheckedAt: instantOrNull(&st.CheckedAt),
		}
		if st.Err != nil {
			line.Error = orNull(st.Err.Error())
		}
		a.Strategies = append(a.Strategies, line)
	}
	return answer(c, a)
}
