package alpha158

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNames(t *testing.T) {
	var want []string
	for _, f := range readTable(t) {
		want = append(want, f.name)
	}
	require.Equal(t, want, Names())
	require.Len(t, Names(), Width)

	Names()[0] = "changed"
	require.Equal(t, "KMID", Names()[0], "the slice is the caller's own")
}

// TestLeftWindow: a feature needs today and as many rows back as the table
// says. One more changes nothing, one less changes it on some day.
func TestLeftWindow(t *testing.T) {
	c := walk(7, 400)
	full := features(c)
	table := readTable(t)
	short := make([]float32, Width)
	var backs []int
	for _, f := range table {
		backs = append(backs, f.leftWindow)
	}
	require.Equal(t, Rows, slices.Max(backs)+1)
	slices.Sort(backs)
	for _, back := range slices.Compact(backs) {
		tooFew := make([]bool, Width)
		for i := Rows - 1; i < c.Len(); i++ {
			Last(short, c.Slice(i-back, i+1))
			for k, f := range table {
				if f.leftWindow <= back {
					require.True(t, same(full[i*Width+k], short[k]), "%s from %d rows", f.name, back+1)
				}
			}
			if back == 0 {
				continue
			}
			Last(short, c.Slice(i-back+1, i+1))
			for k := range table {
				tooFew[k] = tooFew[k] || !same(full[i*Width+k], short[k])
			}
		}
		for k, f := range table {
			if f.leftWindow == back && back > 0 {
				require.True(t, tooFew[k], "%s looks back fewer than %d rows", f.name, back)
			}
		}
	}
}

// TestPlaces: each family's place in a row bears its name.
func TestPlaces(t *testing.T) {
	names := Names()
	for name, at := range map[string]int{
		"KMID": atKMID, "KLEN": atKLEN, "KMID2": atKMID2, "KUP": atKUP, "KUP2": atKUP2,
		"KLOW": atKLOW, "KLOW2": atKLOW2, "KSFT": atKSFT, "KSFT2": atKSFT2,
		"OPEN0": atOPEN0, "HIGH0": atHIGH0, "LOW0": atLOW0, "VWAP0": atVWAP0,
		"ROC5": atROC, "MA5": atMA, "STD5": atSTD, "BETA5": atBETA, "RSQR5": atRSQR, "RESI5": atRESI,
		"MAX5": atMAX, "MIN5": atMIN, "QTLU5": atQTLU, "QTLD5": atQTLD, "RANK5": atRANK, "RSV5": atRSV,
		"IMAX5": atIMAX, "IMIN5": atIMIN, "IMXD5": atIMXD, "CORR5": atCORR, "CORD5": atCORD,
		"CNTP5": atCNTP, "CNTN5": atCNTN, "CNTD5": atCNTD, "SUMP5": atSUMP, "SUMN5": atSUMN, "SUMD5": atSUMD,
		"VMA5": atVMA, "VSTD5": atVSTD, "WVMA5": atWVMA, "VSUMP5": atVSUMP, "VSUMN5": atVSUMN, "VSUMD5": atVSUMD,
	} {
		require.Equal(t, name, names[at])
	}
}
