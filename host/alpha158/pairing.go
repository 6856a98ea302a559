package alpha158

// pairing holds what is kept of two columns whose correlation is a feature.
type pairing struct {
	products [longest]kahan // of the products since a row
	unpaired int            // the last row with a value of only one of the two; the first row is 1
}

// take adds the newest row to the sums of products; fed is how many rows were
// taken with it.
func (p *pairing) take(a, b float64, fed, live int) {
	p.products[(fed-1)%longest] = kahan{}
	if a != a || b != b {
		if a == a || b == b {
			p.unpaired = fed
		}
		return
	}
	product := float64(a * b)
	products := p.products[:live]
	for k := range products {
		products[k] = products[k].add(product)
	}
}

// corr returns the correlation of x and y over rows [from, i] of the frame; skipped
// is how many rows were taken before the frame's first. In a window where both
// columns have values in the same rows, the sums kept of each column serve.
func (p *pairing) corr(a, b *rolled, x, y []float64, from, i, skipped int) float64 {
	if p.unpaired > skipped {
		return corr(x[from:i+1], y[from:i+1])
	}
	begun := skipped % longest
	sumA, n := a.window(x, from, i)
	sumB, _ := b.window(y, from, i)
	devA, devB := a.chains[begun].welford, b.chains[begun].welford
	if devA.std(n) <= flat || devB.std(n) <= flat {
		return nan64
	}
	return pearson(n, sumA, sumB, p.products[begun].sum, devA, devB)
}
