package api

import (
	"github.com/gofiber/fiber/v2"

	"edgesignal/host/signal"
)

// getSignals answers GET /signals: the strategy's own book, filtered.
func (s *Server) getSignals(c *fiber.Ctx) error {
	q, err := queryOf(c, paramSymbols, paramStrategy, paramAsOf, paramMinDay)
	if err != nil {
		return err
	}
	asOf, err := parseDay(paramAsOf, q.one(paramAsOf))
	if err != nil {
		return err
	}
	least, err := parseDay(paramMinDay, q.one(paramMinDay))
	if err != nil {
		return err
	}
	var only []string
	if asked := q.list(paramSymbols); asked != nil {
		var bad fieldErrors
		only = canonical(asked, &bad)
		if err := bad.err(); err != nil {
			return err
		}
	}
	return s.answerBook(c, q.one(paramStrategy), signal.Query{Only: only, AsOf: asOf, MinDataAsOf: least})
}
