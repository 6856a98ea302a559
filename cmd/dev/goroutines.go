package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// testPackage is what the runner knows of one package of the module.
type testPackage struct {
	Path    string   // as go test takes it, such as ./host/api
	Starts  bool     // its own code starts goroutines
	Raced   []string // its tests that start goroutines, by themselves or by a function of the test files
	Servers []string // its tests that need PostgreSQL or the S3 server
	Tests   []string // all of them, fuzz tests and examples too
}

// testPackages reads the sources of the whole module.
func (s shell) testPackages(ctx context.Context) ([]testPackage, error) {
	listing, err := s.output(ctx, goCommand("list", "-json=ImportPath,Dir,GoFiles,TestGoFiles,XTestGoFiles", "./..."))
	if err != nil {
		return nil, err
	}
	var all []testPackage
	var tests [][]*ast.File // of each
	var suites []string     // the names of packages with tests for others that start goroutines
	for dec := json.NewDecoder(strings.NewReader(listing)); ; {
		var p struct {
			ImportPath, Dir                    string
			GoFiles, TestGoFiles, XTestGoFiles []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		code, err := parseFiles(p.Dir, p.GoFiles)
		if err != nil {
			return nil, err
		}
		own, err := parseFiles(p.Dir, append(p.TestGoFiles, p.XTestGoFiles...))
		if err != nil {
			return nil, err
		}
		starts := slices.ContainsFunc(code, func(f *ast.File) bool { return holds(f, startsGoroutine) })
		if name := path.Base(p.ImportPath); starts && len(own) == 0 && strings.HasSuffix(name, "test") {
			suites = append(suites, name)
		}
		all = append(all, testPackage{Path: "." + strings.TrimPrefix(p.ImportPath, modulePath), Starts: starts})
		tests = append(tests, own)
	}
	for i, files := range tests {
		all[i].Raced = reaching(files, func(n ast.Node) bool { return startsGoroutine(n) || names(n, suites) })
		all[i].Servers = reaching(files, func(n ast.Node) bool { return names(n, serverPackages) })
		all[i].Tests = reaching(files, func(ast.Node) bool { return true })
	}
	return all, nil
}

// serverPackages are the names of those that start PostgreSQL or the S3 server.
var serverPackages = []string{"pgtest", "s3test", "fleettest"}

func parseFiles(dir string, names []string) (files []*ast.File, err error) {
	for _, name := range names {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// startsGoroutine reports whether a node starts a goroutine: the statement
// itself, or a call of what starts one.
func startsGoroutine(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GoStmt:
		return true
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.SelectorExpr); ok {
			// sync.WaitGroup, errgroup.Group; context and time; net/http/httptest; testing.T.
			return slices.Contains([]string{"Go", "AfterFunc", "NewServer", "NewTLSServer", "NewUnstartedServer", "Parallel"}, f.Sel.Name)
		}
	}
	return false
}

// names reports whether a node is something of one of these packages, beside
// the Main that a TestMain calls.
func names(n ast.Node, packages []string) bool {
	f, ok := n.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := f.X.(*ast.Ident)
	return ok && slices.Contains(packages, pkg.Name) && f.Sel.Name != "Main"
}

// reaching returns the tests in which is holds for a node, or in a function of
// the same files that they name. Functions are told apart by their names alone,
// so that a method stands for all of the same name: rather too many than too few.
func reaching(files []*ast.File, is func(ast.Node) bool) (tests []string) {
	named := map[string]map[string]bool{} // what each function names
	found := map[string]bool{}
	for _, f := range files {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			if named[fn.Name.Name] == nil {
				named[fn.Name.Name] = map[string]bool{}
			}
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					named[fn.Name.Name][id.Name] = true
				}
				return true
			})
			if holds(fn.Body, is) {
				found[fn.Name.Name] = true
			}
		}
	}
	for grew := true; grew; {
		grew = false
		for name, others := range named {
			for other := range others {
				if found[other] && !found[name] {
					found[name], grew = true, true
				}
			}
		}
	}
	for name := range found {
		if name != "TestMain" && (strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz") || strings.HasPrefix(name, "Example")) {
			tests = append(tests, name)
		}
	}
	slices.Sort(tests)
	return tests
}

func holds(root ast.Node, is func(ast.Node) bool) (found bool) {
	ast.Inspect(root, func(n ast.Node) bool {
		found = found || n != nil && is(n)
		return !found
	})
	return found
}
