package main

import (
	"slices"
	"strings"
)

// selection is what one go test runs.
type selection struct {
	packages []testPackage
	race     bool
	only     []string // the tests to run; none = all
	skip     []string // the tests to leave out
	sample   bool     // of the hostile corpus, where all of it is usual
}

// args returns what stands between "go test" and the packages, and those: first
// the ones that wait for servers, so that the others compute meanwhile.
func (s selection) args() (args []string) {
	if s.race {
		args = append(args, "-race")
	}
	if len(s.only) > 0 {
		args = append(args, "-run", oneOf(s.only))
	}
	if len(s.skip) > 0 {
		args = append(args, "-skip", oneOf(s.skip))
	}
	waits := func(p testPackage) int {
		if len(p.Servers) > 0 {
			return 0
		}
		return 1
	}
	for _, p := range slices.SortedStableFunc(slices.Values(s.packages), func(a, b testPackage) int { return waits(a) - waits(b) }) {
		args = append(args, p.Path)
	}
	return args
}

func oneOf(names []string) string { return "^(" + strings.Join(names, "|") + ")$" }

// runs reports whether the selection has a package's test in it.
func (s selection) runs(pkg, test string) bool {
	return slices.ContainsFunc(s.packages, func(p testPackage) bool { return p.Path == pkg }) &&
		(len(s.only) == 0 || slices.Contains(s.only, test)) && !slices.Contains(s.skip, test)
}

// everyTest has each test in one selection, that of the race detector where it
// has goroutines to watch.
func everyTest(packages []testPackage) (all []selection) {
	var plain, raced, both []testPackage
	for _, p := range packages {
		exceptions, isSplit := splitPackages[p.Path]
		switch {
		case slices.Contains(fullPackages, p.Path):
		case isSplit:
			p.Raced = slices.DeleteFunc(merged(p.Raced, exceptions.raced), func(name string) bool { return slices.Contains(exceptions.plain, name) })
			both = append(both, p)
		case (p.Starts || len(p.Raced) > 0) && !slices.Contains(plainPackages, p.Path):
			raced = append(raced, p)
		default:
			plain = append(plain, p)
		}
	}
	startGoroutines := func(p testPackage) []string { return p.Raced }
	all = append(all, selection{packages: plain})
	for _, g := range grouped(both, startGoroutines) {
		all = append(all, selection{packages: g, skip: union(g, startGoroutines)})
	}
	for _, g := range grouped(both, startGoroutines) {
		all = append(all, selection{packages: g, race: true, sample: true, only: union(g, startGoroutines)})
	}
	return append(all, selection{packages: raced, race: true, sample: true})
}

// quickTests leaves out what needs a server and what takes long.
func quickTests(packages []testPackage) (all []selection) {
	var whole, some []testPackage
	for _, p := range packages {
		switch {
		case slices.Contains(slowPackages, p.Path):
		case len(p.Servers) == 0:
			whole = append(whole, p)
		case len(p.Servers) < len(p.Tests):
			some = append(some, p)
		}
	}
	needServers := func(p testPackage) []string { return p.Servers }
	all = append(all, selection{packages: whole, sample: true})
	for _, g := range grouped(some, needServers) {
		all = append(all, selection{packages: g, sample: true, skip: union(g, needServers)})
	}
	return all
}

// grouped puts packages together for which one list of names stands: no test of
// one has the name of a test that is chosen in another, unless it is chosen too.
func grouped(packages []testPackage, chosen func(testPackage) []string) (groups [][]testPackage) {
next:
	for _, p := range packages {
		for i, g := range groups {
			g = append(slices.Clone(g), p)
			names := union(g, chosen)
			alike := func(q testPackage) bool {
				return !slices.ContainsFunc(q.Tests, func(name string) bool {
					return slices.Contains(names, name) != slices.Contains(chosen(q), name)
				})
			}
			if !slices.ContainsFunc(g, func(q testPackage) bool { return !alike(q) }) {
				groups[i] = g
				continue next
			}
		}
		groups = append(groups, []testPackage{p})
	}
	return groups
}

func union(packages []testPackage, chosen func(testPackage) []string) (names []string) {
	for _, p := range packages {
		names = merged(names, chosen(p))
	}
	return names
}

// merged returns the names of both lists, ascending, each once.
func merged(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
