package artifacts_test

import (
	"bufio"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/release"
)

func TestEveryFileIsTheOneThatSHA256SUMSNames(t *testing.T) {
	f, err := os.Open("SHA256SUMS")
	require.NoError(t, err)
	defer f.Close()
	want := map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		sum, path, ok := strings.Cut(lines.Text(), "  ")
		require.True(t, ok, lines.Text())
		want[path] = sum
	}
	got := map[string]string{}
	require.NoError(t, fs.WalkDir(artifacts.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := artifacts.FS.ReadFile(path)
		got[path] = release.Sum(b)
		return err
	}))
	require.Equal(t, want, got)
	for _, r := range artifacts.Releases() {
		require.Contains(t, got, r.Model)
		require.Contains(t, got, r.Golden)
	}
}
