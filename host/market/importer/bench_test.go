package importer

import (
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func BenchmarkImport(b *testing.B) {
	dir := b.TempDir()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		_, err := Import(b.Context(), Options{Inputs: []string{"testdata/bars.csv"}, Dir: filepath.Join(dir, strconv.Itoa(i)), Run: run})
		require.NoError(b, err)
	}
}
