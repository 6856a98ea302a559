package market

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestColumnsSliceSharesTheRows(t *testing.T) {
	c := Columns{Open: []float32{1, 2, 3}, High: []float32{4, 5, 6}, Low: []float32{7, 8, 9}, Close: []float32{10, 11, 12}, Volume: []float32{13, 14, 15}}
	s := c.Slice(1, 3)
	require.Equal(t, Columns{Open: c.Open[1:], High: c.High[1:], Low: c.Low[1:], Close: c.Close[1:], Volume: c.Volume[1:]}, s)
	require.Same(t, &c.Close[1], &s.Close[0])
	require.Equal(t, 2, s.Len())
	c.VWAP = []float32{16, 17, 18}
	part := c.Slice(2, 3)
	require.Equal(t, []float32{18}, part.VWAP)
}
