package importer

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// missing reports whether a cell says that there is no value.
func missing(s string) bool {
	switch strings.ToLower(s) {
	case "", "nan", "na", "n/a", "#n/a", "null", "none":
		return true
	}
	return false
}

// parseValue reads a decimal number; NaN = missing. Words for infinity are no
// numbers, and neither is what float32, in which the market is kept, cannot hold.
func parseValue(s string, comma bool) (float64, error) {
	s = strings.TrimSpace(s)
	if missing(s) {
		return math.NaN(), nil
	}
	plain := s
	if comma {
		plain = strings.Replace(s, ",", ".", 1)
	}
	for i := range len(plain) {
		if strings.IndexByte("0123456789.+-eE", plain[i]) < 0 {
			if plain[i] == ',' {
				return 0, fmt.Errorf("%.40q is not a number; if its comma is a decimal one, say --decimal-comma", s)
			}
			return 0, fmt.Errorf("%.40q is not a number", s)
		}
	}
	v, err := strconv.ParseFloat(plain, 64)
	if errors.Is(err, strconv.ErrRange) || err == nil && !held(v) {
		return 0, fmt.Errorf("%.40q is out of the range of float32", s)
	}
	if err != nil {
		return 0, fmt.Errorf("%.40q is not a number", s)
	}
	return v, nil
}

// held reports whether float32 can hold a value.
func held(v float64) bool { return !math.IsInf(float64(float32(v)), 0) }

// The places of the values in a row.
const (
	open = iota
	high
	low
	closing
	volume
	vwap
)

// adjust scales a row's prices by adjusted/close, and sets the close to
// adjusted itself. The volume stays.
func adjust(row *[valueColumns]float64, adjusted float64) error {
	factor := adjusted / row[closing]
	if !(factor > 0) || math.IsInf(factor, 1) {
		for _, k := range []int{open, high, low, closing, vwap} {
			if row[k] == row[k] {
				return fmt.Errorf("prices, but no adjusted close and close above 0 to scale them by")
			}
		}
		return nil
	}
	for _, k := range []int{open, high, low, vwap} {
		row[k] *= factor
		if !held(row[k]) {
			return errors.New("an adjusted price is out of the range of float32")
		}
	}
	row[closing] = adjusted
	return nil
}
