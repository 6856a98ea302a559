package alpha158

import "edgesignal/host/market"

// longest is the longest window in rows.
const longest = 60

// worthRolling is the number of rows from which rolling is cheaper than reading
// each row's windows: for fewer, filling the first row's windows costs more than
// the others save.
const worthRolling = 16

// roller computes consecutive rows with what their windows share, bit for bit
// as frame.row does a window at a time. A value is only kept where it is
// certain to be the same:
//
//   - Sums are differences of running sums where every one of them is exact, see prefix;
//     elsewhere they are added up a window at a time.
//   - Welford's deviations and Kahan's sums of products are rounded at each step, so nothing
//     can be taken out of them. But the windows that begin on the same row take the same steps:
//     the one of 60 rows goes through the values of the one of 5. So one chain for each row is
//     carried on and read after 5, 10, 20, 30 and 60 rows: 60 steps a row instead of 125.
//   - Extremes and order are comparisons: a monotonic queue and sorted windows.
type roller struct {
	f   frame
	fed int // rows taken so far

	price, volumes, turnovers, logVolumes, ratios, logRatios rolled
	closeSums, volumeSums                                    moveSums

	level, change pairing // CORR, CORD
	lines         lines
	highs, lows   peaks
	sorted        [len(windows)]sortedWindow
}

// rolled holds what is kept of a column whose mean and deviation are features.
type rolled struct {
	prefix
	chains [longest]chain
}

// chain is Welford's deviation of the n values since a chain's first row.
type chain struct {
	welford
	n float64
}

// history computes what History does, on a roller that has taken no row yet.
func (r *roller) history(dst []float32, c *market.Columns, from, to int) {
	for ; from < to; from += block {
		end := min(from+block, to)
		first := max(from-(Rows-1), 0)
		r.load(c.Slice(first, end))
		begin := from - first
		if r.fed == 0 {
			for i := range begin {
				r.take(i)
			}
		}
		for i := begin; i < end-first; i++ {
			r.take(i)
			r.row(dst[:Width:Width], i)
			dst = dst[Width:]
		}
	}
}

// load fills the frame and the running sums over it.
func (r *roller) load(bars market.Columns) {
	f, n := &r.f, bars.Len()
	f.load(bars)
	r.price.load(f.close[:n])
	r.volumes.load(f.volume[:n])
	r.turnovers.load(f.turnover[:n])
	r.logVolumes.load(f.logVolume[:n])
	r.ratios.load(f.ratio[:n])
	r.logRatios.load(f.logRatio[:n])
	r.closeSums.load(&f.closeMove, n)
	r.volumeSums.load(&f.volumeMove, n)
	r.lines.load(f.close[:n])
	r.highs.load(f.high[:n])
	r.lows.load(f.low[:n])
}

// take moves every window on to row i of the frame, which follows the last one.
func (r *roller) take(i int) {
	f, begun := &r.f, r.fed%longest
	r.fed++
	live := min(r.fed, longest)
	r.price.take(f.close[i], begun, live)
	r.volumes.take(f.volume[i], begun, live)
	r.turnovers.take(f.turnover[i], begun, live)
	r.logVolumes.take(f.logVolume[i], begun, live)
	r.ratios.take(f.ratio[i], begun, live)
	r.logRatios.take(f.logRatio[i], begun, live)
	r.level.take(f.close[i], f.logVolume[i], r.fed, live)
	r.change.take(f.ratio[i], f.logRatio[i], r.fed, live)
	r.lines.take(f.bars.Close[i], r.fed, live)
	r.highs.take(f.high[i], r.fed)
	r.lows.take(-f.low[i], r.fed)
	for w, n := range windows {
		if r.fed > n {
			r.sorted[w].remove(f.close[i-n])
		}
		r.sorted[w].insert(f.close[i])
	}
}

// take begins a new chain at index begun and adds the value to every chain that is
// still needed.
func (r *rolled) take(v float64, begun, live int) {
	r.chains[begun] = chain{}
	if v != v {
		return
	}
	chains := r.chains[:live]
	for k := range chains {
		c := &chains[k]
		c.n++
		c.welford = c.add(v, c.n)
	}
}

// row computes the features of row i of the frame, the last that was taken.
func (r *roller) row(dst []float32, i int) {
	f := &r.f
	f.kbar(dst, i)
	f.price(dst, i)
	f.roc(dst, i)
	f.counts(dst, i)
	for w, n := range windows {
		rows := min(n, r.fed)
		from, begun := i+1-rows, (r.fed-rows)%longest
		price := r.price.moment(f.close[:], from, i, begun)
		f.putMoments(dst, i, w, price,
			r.volumes.moment(f.volume[:], from, i, begun), r.turnovers.moment(f.turnover[:], from, i, begun))
		f.putRegression(dst, i, w, r.line(from, i, n, begun), price.std)
		put(&dst[atCORR+w], r.level.corr(&r.price, &r.logVolumes, f.close[:], f.logVolume[:], from, i, r.fed-rows))
		put(&dst[atCORD+w], r.change.corr(&r.ratios, &r.logRatios, f.ratio[:], f.logRatio[:], from, i, r.fed-rows))
		up, down, size := r.closeSums.window(&f.closeMove, from, i)
		putSums(dst[atSUMP+w:], up, down, size)
		up, down, size = r.volumeSums.window(&f.volumeMove, from, i)
		putSums(dst[atVSUMP+w:], up, down, size)
		high, highAt := r.highs.window(from, i, r.fed-rows)
		low, lowAt := r.lows.window(from, i, r.fed-rows)
		f.putExtremes(dst, i, w, high, highAt, -low, lowAt)
		sorted := r.sorted[w].values()
		less, upTo := place(sorted, f.close[i])
		f.putOrder(dst, i, w, sorted, less, upTo-less)
	}
}

// moment returns what meanStd returns for rows [from, i]; begun is the index of the
// chain that began with row from.
func (r *rolled) moment(x []float64, from, i, begun int) moment {
	sum, n := r.window(x, from, i)
	if n == 0 {
		return moment{nan64, nan64}
	}
	return moment{sum / n, r.chains[begun].std(n)}
}
