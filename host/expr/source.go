package expr

// Source gives the columns of a market.
type Source interface {
	// Series returns a symbol's column of a field, in lower case: values[i] belongs
	// to calendar row first+i. Nothing but values says that there is none. The values
	// are read, and not changed.
	Series(symbol, field string) (first int, values []float32)
}
