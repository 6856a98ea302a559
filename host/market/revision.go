package market

import (
	"fmt"
	"strings"

	"edgesignal/host/release"
)

// revision returns the SHA-256 of what was read: the run's day, each file's name
// with the SHA-256 of its bytes, and the same of the files beside them. Equal
// bytes give equal revisions on every machine; "-" stands for bytes that were
// not read. What is rare is named only where it is there, so that a market
// without it keeps its revision.
func revision(l *Listing, files []*file, s sectors, u universes, days *tradingDays, sums *recorded, bad BadBars) string {
	var b strings.Builder
	sum := func(name, sum string) {
		if sum == "" {
			sum = "-"
		}
		fmt.Fprintf(&b, "%q %s\n", name, sum)
	}
	fmt.Fprintf(&b, "market 1\n%s\n", l.Run)
	for _, f := range files {
		sum(f.Name, f.sum)
	}
	sum(SectorsFile, s.sum)
	if days != nil {
		sum(CalendarFile, days.sum)
	}
	if sums != nil {
		sum(SumsFile, sums.sum)
	}
	for _, line := range u.sums {
		b.WriteString(line)
	}
	if bad != WarnBadBars {
		fmt.Fprintf(&b, "bad bars %s\n", bad)
	}
	return release.Sum([]byte(b.String()))
}
