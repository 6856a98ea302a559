package alpha158

import "strconv"

// Width is the number of features in a row.
const Width = 158

// Where each family stands in a row. A family with windows takes len(windows)
// places from here, one a window, shortest first.
const (
	atKMID = iota
	atKLEN
	atKMID2
	atKUP
	atKUP2
	atKLOW
	atKLOW2
	atKSFT
	atKSFT2
	atOPEN0
	atHIGH0
	atLOW0
	atVWAP0
	atROC
)

const (
	atMA = atROC + len(windows)*(iota+1)
	atSTD
	atBETA
	atRSQR
	atRESI
	atMAX
	atMIN
	atQTLU
	atQTLD
	atRANK
	atRSV
	atIMAX
	atIMIN
	atIMXD
	atCORR
	atCORD
	atCNTP
	atCNTN
	atCNTD
	atSUMP
	atSUMN
	atSUMD
	atVMA
	atVSTD
	atWVMA
	atVSUMP
	atVSUMN
	atVSUMD
)

// Names returns the features' names in Qlib's order, in a slice of the caller's own.
func Names() []string {
	names := make([]string, 0, Width)
	names = append(names,
		"KMID", "KLEN", "KMID2", "KUP", "KUP2", "KLOW", "KLOW2", "KSFT", "KSFT2",
		"OPEN0", "HIGH0", "LOW0", "VWAP0")
	for _, family := range []string{
		"ROC", "MA", "STD", "BETA", "RSQR", "RESI", "MAX", "MIN", "QTLU", "QTLD",
		"RANK", "RSV", "IMAX", "IMIN", "IMXD", "CORR", "CORD", "CNTP", "CNTN", "CNTD",
		"SUMP", "SUMN", "SUMD", "VMA", "VSTD", "WVMA", "VSUMP", "VSUMN", "VSUMD",
	} {
		for _, n := range windows {
			names = append(names, family+strconv.Itoa(n))
		}
	}
	return names
}
