package expr

import (
	"math"
	"math/big"
)

// fold returns what Python makes of two numbers before Qlib sees them: ints
// exactly, "/" always a float. The problem is not empty where Python refuses,
// or where the result would be too large.
func fold(op string, a, b Number) (n Number, problem string) {
	if a.isInt() && b.isInt() {
		return foldInts(op, a.whole, b.whole)
	}
	x, okX := a.float64()
	y, okY := b.float64()
	if !okX || !okY {
		return n, "a whole number that is too large for a float"
	}
	switch op {
	case "+":
		return floatNumber(x + y), ""
	case "-":
		return floatNumber(x - y), ""
	case "*":
		return floatNumber(x * y), ""
	case "**":
		return foldPower(x, y)
	case "/", "//", "%":
		if y == 0 {
			return n, "a division of numbers by zero"
		}
		if op == "/" {
			return floatNumber(x / y), ""
		}
		quotient, rest := floorDivide(x, y)
		if op == "%" {
			return floatNumber(rest), ""
		}
		return floatNumber(quotient), ""
	}
	return n, "numbers with a point have no " + op
}

func foldInts(op string, a, b *big.Int) (n Number, problem string) {
	z := new(big.Int)
	switch op {
	case "+":
		z.Add(a, b)
	case "-":
		z.Sub(a, b)
	case "*":
		z.Mul(a, b)
	case "&":
		z.And(a, b)
	case "|":
		z.Or(a, b)
	case "/", "//", "%":
		if b.Sign() == 0 {
			return n, "a division of numbers by zero"
		}
		if op == "/" {
			v, _ := new(big.Rat).SetFrac(a, b).Float64()
			if math.IsInf(v, 0) {
				return n, "a quotient that is too large for a float"
			}
			return floatNumber(v), ""
		}
		// Python rounds down, Go's DivMod has a rest that is not negative.
		quotient, rest := new(big.Int).QuoRem(a, b, new(big.Int))
		if rest.Sign() != 0 && rest.Sign() != b.Sign() {
			quotient.Sub(quotient, big.NewInt(1))
			rest.Add(rest, b)
		}
		z = rest
		if op == "//" {
			z = quotient
		}
	case "**":
		if b.Sign() < 0 {
			x, okX := Number{whole: a}.float64()
			y, okY := Number{whole: b}.float64()
			if !okX || !okY {
				return n, "a whole number that is too large for a float"
			}
			return foldPower(x, y)
		}
		one := a.IsInt64() && a.Int64() >= -1 && a.Int64() <= 1
		if !one && (!b.IsInt64() || b.Int64() > maxBits || b.Int64()*int64(a.BitLen()-1) > maxBits) {
			return n, "a whole number with more than 4096 bits"
		}
		if one && b.BitLen() > 1 {
			b = new(big.Int).Add(big.NewInt(2), new(big.Int).And(b, big.NewInt(1)))
		}
		z.Exp(a, b, nil)
	}
	if z.BitLen() > maxBits {
		return n, "a whole number with more than 4096 bits"
	}
	return Number{whole: z}, ""
}

func foldPower(x, y float64) (n Number, problem string) {
	if x == 0 && y < 0 {
		return n, "a division of numbers by zero"
	}
	v := exactPower(x, y)
	switch {
	case math.IsNaN(v) && !math.IsNaN(x) && !math.IsNaN(y):
		return n, "a power of a negative number that is complex"
	case math.IsInf(v, 0) && !math.IsInf(x, 0) && !math.IsInf(y, 0):
		return n, "a power that is too large for a float"
	}
	return floatNumber(v), ""
}

// floorDivide returns Python's x // y and x % y of floats.
func floorDivide(x, y float64) (quotient, rest float64) {
	rest = math.Mod(x, y)
	quotient = (x - rest) / y
	if rest != 0 {
		if (y < 0) != (rest < 0) {
			rest += y
			quotient--
		}
	} else {
		rest = math.Copysign(0, y)
	}
	if quotient == 0 {
		return math.Copysign(0, x/y), rest
	}
	floor := math.Floor(quotient)
	if quotient-floor > 0.5 {
		floor++
	}
	return floor, rest
}
