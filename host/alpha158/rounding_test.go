package alpha158

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestProductsAreRounded: in the operators every product is the argument of a
// conversion to float32 or float64, which keeps Go from fusing it with a sum
// that may stand in another function altogether, once that is inlined.
func TestProductsAreRounded(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	products := 0
	for _, file := range files {
		// engine.go and names.go multiply whole numbers only.
		if strings.HasSuffix(file, "_test.go") || file == "engine.go" || file == "names.go" {
			continue
		}
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, file, nil, 0)
		require.NoError(t, err)
		rounded := map[ast.Expr]bool{}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "float32" || f.Name == "float64") {
					rounded[n.Args[0]] = true
				}
			case *ast.BinaryExpr:
				if n.Op == token.MUL {
					products++
					require.True(t, rounded[n], "%s: a product without float32() or float64() around it", fset.Position(n.Pos()))
				}
			case *ast.AssignStmt:
				require.NotEqual(t, token.MUL_ASSIGN, n.Tok, "%s: a product without a conversion", fset.Position(n.Pos()))
			}
			return true
		})
	}
	require.NotZero(t, products)
}
