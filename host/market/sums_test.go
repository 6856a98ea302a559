package market

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
)

func TestSums(t *testing.T) {
	a, b := barsOn(t, "AAA", "2024-01-02"), barsOn(t, "BBB", "2024-01-02")
	line := func(content []byte, name string) string { return release.Sum(content) + "  " + name + "\n" }
	for _, c := range []struct {
		name, sums string
		failed     []Failure
	}{
		{"right", line(a, "AAA.parquet") + line(b, "BBB.parquet"), []Failure{}},
		{"binary mode, capitals, Windows", strings.ToUpper(release.Sum(a)) + " *AAA.parquet\r\n", []Failure{}},
		{"other names", line(a, "AAA.parquet") + line(a, "notes.txt"), []Failure{}},
		{"other bytes", line(a, "AAA.parquet") + line(a, "BBB.parquet"), []Failure{{"BBB", "2024-12-31/BBB.parquet", OtherDigest, "its SHA-256 is not the one in SHA256SUMS"}}},
		{"one that is missing", line(a, "AAA.parquet") + line(a, "ABC.parquet"), []Failure{{"ABC", "2024-12-31/ABC.parquet", Missing, "SHA256SUMS names it and it is not there"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string][]byte{"2024-12-31/AAA.parquet": a, "2024-12-31/BBB.parquet": b}
			plain := load(t, folder(files))
			files["2024-12-31/"+SumsFile] = []byte(c.sums)
			m := load(t, folder(files))
			require.Equal(t, c.failed, m.Failures)
			require.NotEqual(t, plain.Revision, m.Revision, "the revision covers it")
		})
	}
	for _, c := range []struct{ name, sums string }{
		{"empty", ""}, {"no digest", "hello  AAA.parquet\n"}, {"no name", release.Sum(a) + "\n"}, {"one space", fmt.Sprintf("%s AAA.parquet\n", release.Sum(a))},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(t.Context(), folder(map[string][]byte{"2024-12-31/AAA.parquet": a, "2024-12-31/" + SumsFile: []byte(c.sums)}))
			require.ErrorContains(t, err, "2024-12-31/SHA256SUMS: ")
		})
	}
}
