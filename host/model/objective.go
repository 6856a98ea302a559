package model

import (
	"math"
	"strconv"
	"strings"
)

// parseObjective returns the transform from the raw score (averaged, for boosting
// rf) to LightGBM's predict(), by the header's objective; nil = identity. The
// names and parameters are those that ObjectiveFunction::ToString writes.
func parseObjective(line string) (func(float64) float64, error) {
	name, params, _ := strings.Cut(line, " ")
	switch name {
	case "regression", "regression_l1", "fair", "quantile", "mape":
		if params == "sqrt" {
			return signedSquare, nil
		}
		if params == "" {
			return nil, nil
		}
	case "huber", "lambdarank", "rank_xendcg":
		if params == "" {
			return nil, nil
		}
	case "poisson", "gamma", "tweedie":
		if params == "" {
			return exponential, nil
		}
	case "cross_entropy":
		if params == "" {
			return sigmoid(1), nil
		}
	case "cross_entropy_lambda":
		if params == "" {
			return softplus, nil
		}
	case "binary":
		if value, found := strings.CutPrefix(params, "sigmoid:"); found {
			if k, ok := parseSigmoid(value); ok {
				return sigmoid(k), nil
			}
		}
	}
	return nil, unsupported("header: the objective, or a parameter of it, is none whose transform is known")
}

// parseSigmoid reads the positive number that a C++ stream wrote with six
// digits, with the roundings of LightGBM's own reader (Common::Atof), which
// adds the digits after the point as a rounded quotient and scales by the
// exponent afterwards.
func parseSigmoid(s string) (k float64, ok bool) {
	const maxDigits, maxExponent = 15, 22 // as far as float64 holds digits and powers of ten exactly
	mantissa, exponent, scaled := strings.Cut(s, "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if len(whole)+len(fraction) > maxDigits {
		return 0, false
	}
	w, err := strconv.ParseUint(whole, 10, 64)
	if err != nil {
		return 0, false
	}
	k = float64(w)
	if fraction != "" {
		f, err := strconv.ParseUint(fraction, 10, 64)
		if err != nil {
			return 0, false
		}
		k += float64(f) / math.Pow10(len(fraction))
	}
	if scaled {
		e, err := strconv.Atoi(exponent)
		if err != nil || e < -maxExponent || e > maxExponent {
			return 0, false
		}
		if e < 0 {
			k /= math.Pow10(-e)
		} else {
			k *= math.Pow10(e)
		}
	}
	return k, k > 0
}
