package portfolio

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"edgesignal/host/decimal"
	"edgesignal/host/release"
	"edgesignal/host/strictjson"
)

// slack is what rounding may add to a sum of weights: n weights of 1/n need
// not add up to exactly 1.
const slack = 1e-9

// LimitError says which of the host's limits a rule's weights break. A breach
// is never clipped and never served.
type LimitError struct {
	Limit string  // max_weight, max_gross or max_abs_net
	Value float64 // what the weights came to
	Max   float64
	Index int // position of the symbol for max_weight, else -1
}

func (e *LimitError) Error() string {
	at := ""
	if e.Index >= 0 {
		at = fmt.Sprintf(" at position %d", e.Index)
	}
	return fmt.Sprintf("the rule's weights break %s: %s%s, the limit is %s", e.Limit, shown(e.Value), at, shown(e.Max))
}

// shown returns a number as answers show it; a weight need not be one.
func shown(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Sprint(v)
	}
	return string(decimal.Append(nil, v))
}

// CheckLimits returns a *LimitError for the first limit that the weights
// break, or for a weight that is not finite.
func CheckLimits(weights []float64, l release.Limits) error {
	var gross, net float64
	for i, w := range weights {
		// Written so that NaN fails too.
		if !(math.Abs(w) <= l.MaxWeight+slack) {
			return &LimitError{Limit: "max_weight", Value: w, Max: l.MaxWeight, Index: i}
		}
		gross += math.Abs(w)
		net += w
	}
	if gross > l.MaxGross+slack {
		return &LimitError{Limit: "max_gross", Value: gross, Max: l.MaxGross, Index: -1}
	}
	if l.MaxAbsNet > 0 && math.Abs(net) > l.MaxAbsNet+slack {
		return &LimitError{Limit: "max_abs_net", Value: math.Abs(net), Max: l.MaxAbsNet, Index: -1}
	}
	return nil
}

// LimitsOf reads config.limits of a release; what is not set there has the
// default. config nil or without limits is the default alone. In the whole of
// config no name stands twice, and limits has no other case: a limit that is
// overlooked is one that nobody enforces.
func LimitsOf(config json.RawMessage) (release.Limits, error) {
	l := release.DefaultLimits
	if len(config) == 0 {
		return l, nil
	}
	if err := strictjson.Check(config); err != nil {
		return l, fmt.Errorf("config: %w", err)
	}
	limits := ""
	err := strictjson.Members(string(config), func(name, value string, _ int) error {
		switch {
		case name == "limits":
			limits = value
		case strings.EqualFold(name, "limits"):
			return fmt.Errorf("%q: the name is limits", name)
		}
		return nil
	})
	if err != nil {
		return l, fmt.Errorf("config: %w", err)
	}
	if limits == "" || limits == "null" {
		return l, nil
	}
	field := map[string]*float64{"max_weight": &l.MaxWeight, "max_gross": &l.MaxGross, "max_abs_net": &l.MaxAbsNet}
	err = strictjson.Members(limits, func(name, value string, _ int) error {
		dst, ok := field[name]
		if !ok {
			return fmt.Errorf("unknown limit %.100q (max_weight, max_gross, max_abs_net)", name)
		}
		v, err := strconv.ParseFloat(value, 64)
		if err != nil || !(v > 0) {
			return fmt.Errorf("%s: %.40s is not a number above 0", name, value)
		}
		*dst = v
		return nil
	})
	if err != nil {
		return release.DefaultLimits, fmt.Errorf("config.limits: %w", err)
	}
	return l, nil
}
