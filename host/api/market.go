package api

import (
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"edgesignal/host/live"
	"edgesignal/host/market"
	"edgesignal/host/market/check"
)

type marketAnswer struct {
	Revision   string           `json:"revision"`
	RunDate    market.Date      `json:"run_date"`
	FirstDay   market.Date      `json:"first_day"`
	LastDay    market.Date      `json:"last_day"`
	NumSymbols int              `json:"num_symbols"`
	Symbols    []string         `json:"symbols"`
	Failures   []market.Failure `json:"failures"`
	Report     *check.Report    `json:"report"`
	Refused    *check.Report    `json:"refused"` // null = the newest run serves, or cannot be read
	Waiting    []market.Date    `json:"waiting"`
	CheckedAt  *string          `json:"checked_at"`
}

// market answers GET /api/v1/market: what the signals are computed from.
func (s *Server) market(c *fiber.Ctx) error {
	if _, err := queryOf(c); err != nil {
		return err
	}
	m, state := s.opt.Board.Market(), s.opt.Market.State()
	switch {
	case m == nil && state.Refused != nil:
		return fmt.Errorf("%w: %w", live.ErrNoMarket, state.Refused.Err())
	case m == nil:
		return live.ErrNoMarket
	}
	a := marketAnswer{
		Revision:   m.Revision,
		RunDate:    m.RunDate,
		FirstDay:   m.First(),
		LastDay:    m.Last(),
		NumSymbols: len(m.Series),
		Symbols:    m.Symbols(),
		Failures:   append([]market.Failure{}, m.Failures...),
		Report:     s.report(m, state),
		Refused:    state.Refused,
		Waiting:    append([]market.Date{}, state.Waiting...),
	}
	if !state.Passed.IsZero() {
		at := instant(state.Passed)
		a.CheckedAt = &at
	}
	return answer(c, a)
}

// report returns what the gate found in a market. The gate is a moment behind a market
// that was just taken.
func (s *Server) report(m *market.Market, state check.State) *check.Report {
	if r := state.Serving; r != nil && r.Revision == m.Revision {
		return r
	}
	return check.Of(m, nil, check.Default())
}

// marketAge returns the seconds since the last look at the source of the market
// ended, nil where none has.
func (s *Server) marketAge() *float64 {
	passed := s.opt.Market.State().Passed
	if passed.IsZero() {
		return nil
	}
	age := max(0, s.opt.Now().Sub(passed).Round(time.Millisecond).Seconds())
	return &age
}
