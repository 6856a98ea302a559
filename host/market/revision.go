package market

import (
	"fmt"
	"strings"

	"edgesignal/host/release"
)

// revision returns the SHA-256 of what was read: the run's day, each file's name
// with the SHA-256 of its bytes, and the same of symbols.csv. Equal bytes give
// equal revisions on every machine; "-" stands for bytes that were not read.
func revision(run Date, files []*file, s sectors) string {
	var b strings.Builder
	sum := func(name, sum string) {
		if sum == "" {
			sum = "-"
		}
		fmt.Fprintf(&b, "%q %s\n", name, sum)
	}
	fmt.Fprintf(&b, "market 1\n%s\n", run)
	for _, f := range files {
		sum(f.Name, f.sum)
	}
	sum(SectorsFile, s.sum)
	return release.Sum([]byte(b.String()))
}
