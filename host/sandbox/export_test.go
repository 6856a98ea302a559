package sandbox

func SetWeights(f func(op int, ext bool) uint8) func() {
	a, b := weights, extendedWeights
	for i := range weights {
		weights[i] = f(i, false)
		extendedWeights[i] = f(i, true)
	}
	return func() { weights, extendedWeights = a, b }
}
