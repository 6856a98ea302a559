package alpha158

// pairing is what is kept of two columns whose correlation is asked for.
type pairing struct {
	products [longest]kahan // of the products since a row
	unpaired int            // the last row taken, 1 the first, with one of the two only
}

// take adds the fed-th row to the sums of products.
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

// corr returns corr of rows [from, i] of x and y, before which skipped rows were
// taken. In a window where both columns have the same rows, what is kept of
// each alone is what is needed.
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
