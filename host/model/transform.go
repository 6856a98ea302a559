package model

import "math"

// The transforms are LightGBM's ObjectiveFunction::ConvertOutput. Those with an
// exponential depend on the C library there: they agree within 4 ulp, and
// mostly to the last bit.

// signedSquare undoes reg_sqrt: sign(x)*x*x. A linear tree may give NaN.
func signedSquare(x float64) float64 {
	switch {
	case x > 0:
		return x * x
	case x < 0:
		return -x * x
	case x == 0:
		return 0
	}
	return x
}

// exponential returns the inverse of the log link of poisson, gamma and tweedie.
func exponential(x float64) float64 { return exp(x) }

// sigmoid returns 1/(1+exp(-k*x)): a probability.
func sigmoid(k float64) func(float64) float64 {
	return func(x float64) float64 { return 1 / (1 + exp(float64(-k*x))) }
}

// softplus returns log(1+exp(x)), of cross_entropy_lambda. Its last bit may differ
// between architectures, as package math's logarithm does.
func softplus(x float64) float64 { return math.Log1p(exp(x)) }
