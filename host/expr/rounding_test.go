package expr

import (
	"go/ast"
	goparser "go/parser"
	gotoken "go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestProductsAreRounded: in the kernels every product is the argument of a
// conversion, which keeps Go from fusing it with a sum that may stand in another
// function altogether, once that is inlined.
func TestProductsAreRounded(t *testing.T) {
	// These multiply whole numbers only.
	whole := []string{"checkpoint.go", "evaluate.go", "fold.go", "limits.go", "powerints.go", "token.go", "windows.go"}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	products := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || slices.Contains(whole, file) {
			continue
		}
		fset := gotoken.NewFileSet()
		parsed, err := goparser.ParseFile(fset, file, nil, 0)
		require.NoError(t, err)
		rounded := map[ast.Expr]bool{}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "float32" || f.Name == "float64" || f.Name == "T" || f.Name == "int" || f.Name == "int64") {
					rounded[n.Args[0]] = true
				}
			case *ast.BinaryExpr:
				if n.Op == gotoken.MUL {
					products++
					if !rounded[n] {
						t.Errorf("%s: a product without a conversion around it", fset.Position(n.Pos()))
					}
				}
			case *ast.AssignStmt:
				// What is stored in a column is rounded.
				for i, left := range n.Lhs {
					if _, ok := left.(*ast.IndexExpr); ok && i < len(n.Rhs) {
						rounded[n.Rhs[i]] = true
					}
				}
				require.NotEqual(t, gotoken.MUL_ASSIGN, n.Tok, "%s: a product without a conversion", fset.Position(n.Pos()))
			}
			return true
		})
	}
	require.NotZero(t, products)
}
