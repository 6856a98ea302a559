package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// thisModule returns what the runner knows of the packages as they are.
func thisModule(t *testing.T) []testPackage {
	t.Helper()
	wd, err := os.Getwd()
	require.NoError(t, err)
	root, err := moduleRoot(wd)
	require.NoError(t, err)
	packages, err := shell{root: root, stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}}.testPackages(t.Context())
	require.NoError(t, err)
	require.Greater(t, len(packages), 30)
	return packages
}

// The README's command runs each test once, and under the race detector where
// goroutines are. A package that is new is taken in by itself.
func TestEveryTestRunsOnce(t *testing.T) {
	packages := thisModule(t)
	selections := everyTest(packages)
	raced := 0
	for _, p := range packages {
		for _, test := range p.Tests {
			runs, underRace := 0, false
			for _, s := range selections {
				if s.runs(p.Path, test) {
					runs++
					underRace = s.race
				}
			}
			if slices.Contains(fullPackages, p.Path) {
				require.Zero(t, runs)
				continue
			}
			require.Equal(t, 1, runs, "%s of %s", test, p.Path)
			without := slices.Contains(plainPackages, p.Path) || slices.Contains(splitPackages[p.Path].plain, test)
			if slices.Contains(p.Raced, test) && !without {
				require.True(t, underRace, "%s of %s starts goroutines", test, p.Path)
				raced++
			}
			if _, split := splitPackages[p.Path]; p.Starts && !split && !without {
				require.True(t, underRace, "%s starts goroutines", p.Path)
			}
		}
	}
	require.Greater(t, raced, 100)
}

func TestQuickStartsNoServer(t *testing.T) {
	packages := thisModule(t)
	for _, s := range quickTests(packages) {
		require.False(t, s.race)
		for _, p := range packages {
			for _, test := range p.Servers {
				require.False(t, s.runs(p.Path, test), "%s of %s", test, p.Path)
			}
		}
	}
}

// What the lists name is there.
func TestListsNameWhatIsThere(t *testing.T) {
	tests := map[string][]string{}
	for _, p := range thisModule(t) {
		tests[p.Path] = p.Tests
	}
	for _, path := range slices.Concat(plainPackages, fullPackages, slowPackages, []string{corpusPackage}) {
		require.NotEmpty(t, tests[path], path)
	}
	for path, s := range splitPackages {
		require.NotEmpty(t, tests[path], path)
		for _, test := range slices.Concat(s.raced, s.plain) {
			require.Contains(t, tests[path], test, path)
		}
	}
}

func TestReaching(t *testing.T) {
	const source = `package p
func TestMain(m *testing.M) { go f() }
func TestStatement(t *testing.T) { go f() }
func TestGroup(t *testing.T) { var wg sync.WaitGroup; wg.Go(f) }
func TestServer(t *testing.T) { httptest.NewServer(nil) }
func TestParallel(t *testing.T) { t.Parallel() }
func TestSub(t *testing.T) { t.Run("x", func(t *testing.T) { go f() }) }
func TestByAFunction(t *testing.T) { outer(t) }
func TestByAMethod(t *testing.T) { newThing().begin() }
func TestByASuite(t *testing.T) { registrytest.Run(t) }
func TestNamed(t *testing.T) { each(outer) }
func FuzzAlone(f *testing.F) { quiet() }
func ExampleAlone() { quiet() }
func TestAlone(t *testing.T) { quiet() }
func TestMainOfAServer(t *testing.T) { pgtest.Main(nil) }
func outer(t *testing.T) { inner(t) }
func inner(t *testing.T) { go f() }
func quiet() {}
func (x thing) begin() { go f() }
`
	file, err := parser.ParseFile(token.NewFileSet(), "p_test.go", source, 0)
	require.NoError(t, err)
	files := []*ast.File{file}
	require.Equal(t, []string{"TestByAFunction", "TestByAMethod", "TestGroup", "TestNamed", "TestParallel", "TestServer", "TestStatement", "TestSub"},
		reaching(files, startsGoroutine))
	require.Equal(t, []string{"TestByASuite"}, reaching(files, func(n ast.Node) bool { return names(n, []string{"registrytest", "pgtest"}) }))
	require.Len(t, reaching(files, func(ast.Node) bool { return true }), 13)
}

func TestGroupsShareNoName(t *testing.T) {
	a := testPackage{Path: "a", Tests: []string{"TestX", "TestY"}, Raced: []string{"TestX"}}
	b := testPackage{Path: "b", Tests: []string{"TestX", "TestZ"}, Raced: []string{"TestZ"}} // its TestX is not chosen
	c := testPackage{Path: "c", Tests: []string{"TestX"}, Raced: []string{"TestX"}}
	raced := func(p testPackage) []string { return p.Raced }
	require.Equal(t, [][]testPackage{{a, c}, {b}}, grouped([]testPackage{a, b, c}, raced))
	require.Equal(t, []string{"-race", "-run", "^(TestX)$", "a", "c"}, selection{packages: []testPackage{a, c}, race: true, only: union([]testPackage{a, c}, raced)}.args())
	d := testPackage{Path: "d", Servers: []string{"TestX"}}
	require.Equal(t, []string{"d", "a", "b"}, selection{packages: []testPackage{a, b, d}}.args(), "who waits is first")
	require.Equal(t, []string{"-skip", "^(TestZ)$", "b"}, selection{packages: []testPackage{b}, skip: b.Raced}.args())
}
