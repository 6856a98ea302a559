package model

import (
	"bytes"
	"math"
)

// linearLeaves are the leaves of a tree that LightGBM grew with linear_tree: each
// adds a constant and a sum of terms, a coefficient times the row's value of a
// column. A row in which any of a leaf's columns is missing gets the leaf's
// plain value instead.
type linearLeaves struct {
	constants []float64 // by leaf; finite
	bounds    []uint32  // the terms of leaf i are [bounds[i]:bounds[i+1]]
	columns   []uint32  // by term
	factors   []float64 // by term; finite
}

// most returns the largest number of terms that a leaf has.
func (l *linearLeaves) most() (terms int) {
	if l == nil {
		return 0
	}
	for i := range l.constants {
		terms = max(terms, int(l.bounds[i+1]-l.bounds[i]))
	}
	return terms
}

// output returns what a leaf adds for a row, in the order and with the roundings
// of LightGBM's Tree::Predict. Infinite values give what the arithmetic gives.
func (l *linearLeaves) output(leaf int, value float64, row []float64) float64 {
	sum := l.constants[leaf]
	for i := l.bounds[leaf]; i < l.bounds[leaf+1]; i++ {
		x := row[l.columns[i]]
		if math.IsNaN(x) {
			return value
		}
		sum += float64(l.factors[i] * x)
	}
	return sum
}

// readLinear reads the lists of a tree with is_linear=1.
func readLinear(s *section, leaves, width int) (*linearLeaves, error) {
	if err := s.counts(leaves, "leaf_const", "num_features"); err != nil {
		return nil, err
	}
	l := &linearLeaves{constants: make([]float64, leaves), bounds: make([]uint32, leaves+1)}
	if err := s.each("leaf_const", "a finite number", func(i int, tok []byte) (ok bool) {
		l.constants[i], ok = parseFinite(tok)
		return ok
	}); err != nil {
		return nil, err
	}
	features, err := s.need("leaf_features")
	if err != nil {
		return nil, err
	}
	most := len(features) // each term needs a byte at least
	if err := s.each("num_features", "the number of terms of a leaf", func(i int, tok []byte) bool {
		n, ok := parseInt(tok)
		if !ok || n < 0 || n > most-int(l.bounds[i]) {
			return false
		}
		l.bounds[i+1] = l.bounds[i] + uint32(n)
		return true
	}); err != nil {
		return nil, err
	}
	terms := int(l.bounds[leaves])
	l.columns, l.factors = make([]uint32, terms), make([]float64, terms)
	if err := l.eachTerm(s, "leaf_features", "a column", func(i int, tok []byte) (ok bool) {
		l.columns[i], ok = parseUint32(tok)
		return ok && int64(l.columns[i]) < int64(width)
	}); err != nil {
		return nil, err
	}
	return l, l.eachTerm(s, "leaf_coeff", "a finite number", func(i int, tok []byte) (ok bool) {
		l.factors[i], ok = parseFinite(tok)
		return ok
	})
}

// eachTerm gives the terms of a list to take. LightGBM writes a leaf's terms with
// single spaces between them and two after them, one after a leaf without any.
func (l *linearLeaves) eachTerm(s *section, key, want string, take func(i int, tok []byte) bool) error {
	list, err := s.need(key)
	if err != nil {
		return err
	}
	term := 0
	for leaf := range l.constants {
		n := int(l.bounds[leaf+1] - l.bounds[leaf])
		for range n {
			tok, rest, _ := bytes.Cut(list, []byte(" "))
			if !take(term, tok) {
				return malformed("%s: %s of leaf %d is not %s", s.name(), key, leaf, want)
			}
			list = rest
			term++
		}
		after, found := bytes.CutPrefix(list, []byte(" "))
		if !found {
			return malformed("%s: %s of leaf %d: want %d values and two spaces, or one after none", s.name(), key, leaf, n)
		}
		list = after
	}
	if len(list) > 0 {
		return malformed("%s: %s has more values than num_features says", s.name(), key)
	}
	return nil
}
