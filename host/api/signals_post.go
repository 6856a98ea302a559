package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"edgesignal/host/api/body"
	"edgesignal/host/market"
	"edgesignal/host/rule"
	"edgesignal/host/signal"
	"edgesignal/host/strictjson"
)

// generateSignals answers POST /signals/generate: a book over exactly the symbols
// of the request.
func (s *Server) generateSignals(c *fiber.Ctx) error {
	if _, err := queryOf(c); err != nil {
		return err
	}
	text, err := jsonBody(c)
	if err != nil {
		return err
	}
	g, err := readGenerate(text)
	if err != nil {
		return err
	}
	q, err := g.query()
	if err != nil {
		return g.named(err)
	}
	return g.named(s.answerBook(c, g.Strategy, q))
}

// generate is the body of the request. null is the same as absent.
type generate struct {
	Symbols  []string
	AsOf     string
	MinDay   string
	Strategy string
	TopN     *int64
	BottomN  *int64
	Params   rule.Params
	Previous []holding
}

// holding is one member of previous_weights, in the order of the body.
type holding struct {
	symbol string
	weight float64
}

func readGenerate(text []byte) (*generate, error) {
	g := &generate{}
	var params, previous json.RawMessage
	err := body.Decode(text, map[string]body.Field{
		paramSymbols:       {To: &g.Symbols, What: "an array of strings"},
		paramAsOf:          {To: &g.AsOf, What: "a string"},
		paramMinDay:        {To: &g.MinDay, What: "a string"},
		paramStrategy:      {To: &g.Strategy, What: "a string"},
		"top_n":            {To: &g.TopN, What: "a whole number"},
		"bottom_n":         {To: &g.BottomN, What: "a whole number"},
		"params":           {To: &params, What: "an object"},
		"previous_weights": {To: &previous, What: "an object"},
	})
	if err != nil {
		return nil, err
	}
	if g.Params, err = readParams(params); err != nil {
		return nil, err
	}
	g.Previous, err = holdings(previous)
	return g, err
}

// readParams reads the field params: an object, null or absent. Each name
// stands once, at every level.
func readParams(object json.RawMessage) (rule.Params, error) {
	if len(object) == 0 || string(object) == "null" {
		return rule.Params{}, nil
	}
	p, err := rule.ParseParams(object)
	var twice *strictjson.DuplicateError
	switch {
	case errors.Is(err, strictjson.ErrNoObject):
		return p, body.Errorf("field params: an object expected, got %.100s", object)
	case errors.As(err, &twice):
		return p, body.Errorf("in params: %v", twice)
	}
	return p, err
}

// holdings reads previous_weights.
func holdings(object json.RawMessage) (all []holding, err error) {
	err = body.Object("previous_weights", object, func(name, value string) error {
		w, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return body.Errorf("field previous_weights[%.100q]: a number expected, got %.100s", name, value)
		}
		all = append(all, holding{name, w})
		return nil
	})
	return all, err
}

// query checks the values and makes the engine's query of them.
func (g *generate) query() (signal.Query, error) {
	asOf, err := parseDay(paramAsOf, g.AsOf)
	if err != nil {
		return signal.Query{}, err
	}
	least, err := parseDay(paramMinDay, g.MinDay)
	if err != nil {
		return signal.Query{}, err
	}
	var bad fieldErrors
	q := signal.Query{Symbols: canonical(g.Symbols, &bad), AsOf: asOf, MinDataAsOf: least, Params: g.Params, Previous: previousWeights(g.Previous, &bad)}
	var sizes []byte
	for _, n := range g.sizes() {
		switch {
		case n.value == nil:
			continue
		case *n.value < 0:
			bad.add(n.name, "%d is negative", *n.value)
		case g.Params.Has(n.name):
			bad.add(n.name, "is given here and in params")
		default:
			sizes = append(sizes, "{,"[min(len(sizes), 1)], '"')
			sizes = strconv.AppendInt(append(append(sizes, n.name...), `":`...), *n.value, 10)
		}
	}
	if err := bad.err(); err != nil {
		return signal.Query{}, err
	}
	if len(sizes) > 0 {
		given, err := rule.ParseParams(append(sizes, '}'))
		if err != nil {
			return q, err
		}
		if q.Params, err = g.Params.With(given); err != nil {
			return q, err
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
