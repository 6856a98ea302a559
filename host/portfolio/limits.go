package portfolio

import (
	"encoding/json"
	"fmt"
	"math"

	"edgesignal/host/release"
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
	return fmt.Sprintf("the rule's weights break %s: %v%s, the limit is %v", e.Limit, e.Value, at, e.Max)
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
// default. config nil or without limits is the default alone.
func LimitsOf(config json.RawMessage) (release.Limits, error) {
	l := release.DefaultLimits
	if len(config) == 0 {
		return l, nil
	}
	var c struct {
		Limits map[string]json.RawMessage `json:"limits"`
	}
	if err := json.Unmarshal(config, &c); err != nil {
		return l, fmt.Errorf("config.limits: %w", err)
	}
	field := map[string]*float64{"max_weight": &l.MaxWeight, "max_gross": &l.MaxGross, "max_abs_net": &l.MaxAbsNet}
	for name, raw := range c.Limits {
		dst, ok := field[name]
		if !ok {
			return l, fmt.Errorf("config.limits.%s: unknown limit (max_weight, max_gross, max_abs_net)", name)
		}
		var v *float64
		if err := json.Unmarshal(raw, &v); err != nil || v == nil || *v <= 0 {
			return l, fmt.Errorf("config.limits.%s: %s is not a number above 0", name, raw)
		}
		*dst = *v
	}
	return l, nil
}
