package research

import (
	"math"
	"math/big"
	"math/bits"
)

// append32 appends v as pandas and NumPy read it back: nan, inf, -inf or the
// shortest decimal that has the same bits. It is strconv.AppendFloat(b, v, 'g',
// -1, 32), byte for byte, in a fraction of its time, which is most of the time
// of a feature matrix in CSV.
func append32(b []byte, v float32) []byte {
	word := math.Float32bits(v)
	if v-v != 0 {
		return appendFloat(b, float64(v), 32)
	}
	if word>>31 != 0 {
		b = append(b, '-')
	}
	if v == 0 {
		return append(b, '0')
	}
	number, exponent := shortest32(word)
	for {
		tenth := number / 10
		if tenth*10 != number {
			break
		}
		number = tenth
		exponent++
	}
	var text [10]byte
	at := len(text)
	for ; number > 0; number /= 10 {
		at--
		text[at] = '0' + byte(number%10)
	}
	return appendDigits(b, text[at:], exponent)
}

// appendDigits appends digits * 10^exponent as 'g' does: with an exponent where
// the first digit stands below 10^-4 or at 10^6 and above.
func appendDigits(b, digits []byte, exponent int) []byte {
	n := len(digits)
	first := exponent + n - 1 // the power of ten of the first digit
	switch {
	case first < -4 || first >= 6:
		b = append(b, digits[0])
		if n > 1 {
			b = append(append(b, '.'), digits[1:]...)
		}
		sign := byte('+')
		if first < 0 {
			sign, first = '-', -first
		}
		return append(b, 'e', sign, '0'+byte(first/10), '0'+byte(first%10))
	case first < 0:
		b = append(b, "0.000"[:1-first]...)
		return append(b, digits...)
	case exponent < 0:
		b = append(append(b, digits[:first+1]...), '.')
		return append(b, digits[first+1:]...)
	}
	b = append(b, digits...)
	return append(b, "00000"[:exponent]...)
}

// shortest32 returns the shortest decimal number * 10^exponent that is read back as
// the finite float32 with these bits, not 0, its sign aside, and of those the
// closest. Trailing zeros may be left. Source: Raffaello Giulietti, The Schubfach
// way to render doubles (2021), with the constants for float32 of
// https://github.com/abolz/Drachennest.
func shortest32(word uint32) (number uint32, exponent int) {
	fraction, biased := word&(1<<23-1), int(word>>23&0xff)
	c, q := fraction, 1-150
	if biased != 0 {
		c, q = fraction|1<<23, biased-150
	}
	if -24 < q && q <= 0 && c&(1<<-q-1) == 0 {
		return c >> -q, 0 // a whole number
	}
	// The interval that is read back as v, times 4: below a power of two it is narrower.
	odd := c & 1
	left, right := 4*c-2, 4*c+2
	k := q * 1262611 >> 22 // floor(q*log10(2))
	if fraction == 0 && biased > 1 {
		left++
		k = (q*1262611 - 524031) >> 22 // floor(log10(3/4 * 2^q))
	}
	power := powersOfTen[-k-leastPower]
	shift := q + (-k*1741647)>>19 + 1
	lower := roundToOdd(power, left<<shift) + odd
	middle := roundToOdd(power, 4*c<<shift)
	upper := roundToOdd(power, right<<shift) - odd

	s := middle / 4
	if s >= 10 {
		tenth := s / 10
		below, above := lower <= 40*tenth, 40*tenth+40 <= upper
		if below != above {
			if above {
				tenth++
			}
			return tenth, k + 1
		}
	}
	below, above := lower <= 4*s, 4*s+4 <= upper
	half := 4*s + 2
	up := s&1 != 0 || fraction == 0 && q != -77 // of two that are as close: the even one, but for what strconv does at powers of two
	if below != above && above || below == above && (middle > half || middle == half && up) {
		s++
	}
	return s, k
}

// roundToOdd returns power*c/2^64 with the last bit set where that is not whole.
func roundToOdd(power uint64, c uint32) uint32 {
	high, low := bits.Mul64(power, uint64(c))
	if low>>32 > 1 {
		return uint32(high) | 1
	}
	return uint32(high)
}

// leastPower and greatestPower are the powers of ten that shortest32 needs.
const leastPower, greatestPower = -31, 45

// powersOfTen are 10^k scaled by a power of two to 64 bits and rounded up, for
// k from leastPower on.
var powersOfTen = func() (powers [greatestPower - leastPower + 1]uint64) {
	for i := range powers {
		// 10^k = n/d, times 2^scale, so that it has 64 bits or one more.
		n, d, k := big.NewInt(1), big.NewInt(1), i+leastPower
		n.Exp(big.NewInt(10), big.NewInt(int64(max(k, 0))), nil)
		d.Exp(big.NewInt(10), big.NewInt(int64(max(-k, 0))), nil)
		scale := 64 - n.BitLen() + d.BitLen()
		n.Lsh(n, uint(max(scale, 0)))
		d.Lsh(d, uint(max(-scale, 0)))
		q, rest := new(big.Int).QuoRem(n, d, new(big.Int))
		up := uint64(rest.Sign())
		for q.BitLen() > 64 {
			up |= uint64(q.Bit(0))
			q.Rsh(q, 1)
		}
		powers[i] = q.Uint64() + up
	}
	return powers
}()
