package barfile

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadMutantsOfWriters changes bytes in the files of six writers: no
// change makes the reader panic or break what it promises.
func TestReadMutantsOfWriters(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var r Reader
	for _, folder := range []string{"testdata/writers", "testdata/cases"} {
		for _, file := range parquetFiles(t, folder) {
			for range 60 {
				holdsTogether(t, &r, mutated(random, file))
			}
		}
	}
}

func mutated(random *rand.Rand, file []byte) []byte {
	mutant := slices.Clone(file)
	for range 1 + random.IntN(3) {
		at := random.IntN(len(mutant))
		if random.IntN(2) == 0 {
			mutant[at] ^= 1 << random.IntN(8)
		} else {
			mutant[at] = byte(random.Uint32())
		}
	}
	return mutant
}

// TestReadMutantsOfCheckedFiles: where the writer gave checksums, every mutant
// is refused or has the writer's own numbers. What no checksum covers is the
// metadata, which says each thing that matters at least twice.
func TestReadMutantsOfCheckedFiles(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 11))
	var r Reader
	files := [][]byte{
		parquetFiles(t, "testdata/writers")["arrow-checksums-v2-gzip"],
		parquetFiles(t, "testdata/pandas")["small_pages_checksums"],
	}
	for _, file := range files {
		want, err := r.Read("BRK-B", file)
		require.NoError(t, err)
		accepted := 0
		for range 1000 {
			mutant := mutated(random, file)
			got, err := r.Read("BRK-B", mutant)
			if err != nil {
				continue
			}
			accepted++
			sameBars(t, want, got)
		}
		require.Positive(t, accepted, "bytes that do not matter were changed too")
	}
}
