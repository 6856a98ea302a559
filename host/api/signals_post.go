package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"edgesignal/host/market"
	"edgesignal/host/rule"
	"edgesignal/host/signal"
)

// generateSignals answers POST /signals/generate: a book over exactly the symbols
// of the request.
func (s *Server) generateSignals(c *fiber.Ctx) error {
	if _, err := queryOf(c); err != nil {
		return err
	}
	body, err := jsonBody(c)
	if err != nil {
		return err
	}
	g, err := readGenerate(body)
	if err != nil {
		return err
	}
	q, err := g.query()
	if err != nil {
		return err
	}
	return g.named(s.answerBook(c, g.Strategy, q))
}

// generate is the body of the request. null is the same as absent.
type generate struct {
	Symbols  []string
	AsOf     string
	Strategy string
	TopN     *int64
	BottomN  *int64
	Params   map[string]json.RawMessage
	Previous []holding
}

// holding is one member of previous_weights, in the order of the body.
type holding struct {
	symbol string
	weight float64
}

func readGenerate(body []byte) (*generate, error) {
	g := &generate{}
	var params, previous json.RawMessage
	err := decodeObject(body, map[string]field{
		paramSymbols:       {&g.Symbols, "an array of strings"},
		paramAsOf:          {&g.AsOf, "a string"},
		paramStrategy:      {&g.Strategy, "a string"},
		"top_n":            {&g.TopN, "a whole number"},
		"bottom_n":         {&g.BottomN, "a whole number"},
		"params":           {&params, "an object"},
		"previous_weights": {&previous, "an object"},
	})
	if err != nil {
		return nil, err
	}
	g.Params = map[string]json.RawMessage{}
	err = eachMember("params", params, func(name, value string) error {
		g.Params[name] = json.RawMessage(value)
		return nil
	})
	if err != nil {
		return nil, err
	}
	g.Previous, err = holdings(previous)
	return g, err
}

// holdings reads previous_weights.
func holdings(object json.RawMessage) (all []holding, err error) {
	err = eachMember("previous_weights", object, func(name, value string) error {
		w, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return refusal(badRequest, fmt.Sprintf("field previous_weights[%.100q]: a number expected, got %.100s", name, value))
		}
		all = append(all, holding{name, w})
		return nil
	})
	return all, err
}

// eachMember visits the members of a field that is an object, null or absent.
func eachMember(field string, object json.RawMessage, visit func(name, value string) error) error {
	if len(object) == 0 || string(object) == "null" {
		return nil
	}
	err := members(string(object), func(name, value string, _ int) error { return visit(name, value) })
	var refused *requestError
	switch {
	case errors.Is(err, errNoObject):
		return refusal(badRequest, fmt.Sprintf("field %s: an object expected, got %.100s", field, object))
	case errors.As(err, &refused):
		return refusal(refused.code, "in "+field+": "+refused.detail)
	}
	return err
}

// query checks the values and makes the engine's query of them.
func (g *generate) query() (signal.Query, error) {
	asOf, err := parseAsOf(g.AsOf)
	if err != nil {
		return signal.Query{}, err
	}
	var bad fieldErrors
	q := signal.Query{Symbols: canonical(g.Symbols, &bad), AsOf: asOf, Previous: previousWeights(g.Previous, &bad)}
	for _, n := range g.sizes() {
		switch _, twice := g.Params[n.name]; {
		case n.value == nil:
			continue
		case *n.value < 0:
			bad.add(n.name, "%d is negative", *n.value)
		case twice:
			bad.add(n.name, "is given here and in params")
		default:
			g.Params[n.name] = strconv.AppendInt(nil, *n.value, 10)
		}
	}
	if err := bad.err(); err != nil {
		return signal.Query{}, err
	}
	if len(g.Params) > 0 {
		if q.Params, err = json.Marshal(g.Params); err != nil {
			return signal.Query{}, err
		}
	}
	return q, nil
}

type size struct {
	name  string
	value *int64
}

// sizes returns the parameters that have a place of their own in the body.
func (g *generate) sizes() []size {
	return []size{{"top_n", g.TopN}, {"bottom_n", g.BottomN}}
}

func previousWeights(all []holding, bad *fieldErrors) map[string]float64 {
	if len(all) == 0 {
		return nil
	}
	weights := make(map[string]float64, len(all))
	for _, h := range all {
		field := func() string { return fmt.Sprintf("previous_weights[%q]", h.symbol) }
		symbol, err := market.CanonicalSymbol(h.symbol)
		if err != nil {
			bad.add(field(), "%v", err)
			continue
		}
		if _, twice := weights[symbol]; twice {
			bad.add(field(), "%s is there already", symbol)
			continue
		}
		weights[symbol] = h.weight
	}
	return weights
}

// named makes the names in a rule's refusal of parameters those of the body.
func (g *generate) named(err error) error {
	var refused *rule.ParamsError
	if !errors.As(err, &refused) {
		return err
	}
	list := paramErrors(refused)
	for i, f := range refused.Fields {
		for _, n := range g.sizes() {
			if n.value != nil && f.Field == n.name {
				list[i].Field = n.name
			}
		}
	}
	return &requestError{code: invalid, detail: err.Error(), errors: list}
}
