package durable

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOutput(t *testing.T) {
	for _, tc := range []struct {
		name        string
		make        func(path string) error // what is there before
		plain, with error                   // without force, and with it
	}{
		{"nothing", func(string) error { return nil }, nil, nil},
		{"a file", func(path string) error { return os.WriteFile(path, []byte("old"), 0o600) }, fs.ErrExist, nil},
		{"a link to a file", func(path string) error {
			return errors.Join(os.WriteFile(path+".target", []byte("old"), 0o600), os.Symlink(path+".target", path))
		}, ErrNotRegular, ErrNotRegular},
		{"a link to nothing", func(path string) error { return os.Symlink("nowhere", path) }, ErrNotRegular, ErrNotRegular},
		{"a pipe", func(path string) error { return syscall.Mkfifo(path, 0o600) }, ErrNotRegular, ErrNotRegular},
		{"a folder", func(path string) error { return os.Mkdir(path, 0o700) }, ErrNotRegular, ErrNotRegular},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for force, want := range map[bool]error{false: tc.plain, true: tc.with} {
				path := filepath.Join(t.TempDir(), "out")
				require.NoError(t, tc.make(path))
				before, _ := os.Lstat(path)
				err := Output(path, force, fills("new", nil))
				if want == nil {
					require.NoError(t, err)
					requireFile(t, path, "new", 0o644)
					continue
				}
				require.ErrorIs(t, err, want)
				require.ErrorContains(t, err, path)
				after, err := os.Lstat(path)
				require.NoError(t, err)
				require.True(t, os.SameFile(before, after), "what was there is there still")
			}
		})
	}
	require.ErrorIs(t, CheckOutput("/dev/full", true), ErrNotRegular)
}

// What came while the output was made is not written over.
func TestOutputLooksAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	err := Output(path, false, func(io.Writer) error { return os.WriteFile(path, []byte("of another"), 0o600) })
	require.ErrorIs(t, err, fs.ErrExist)
	requireFile(t, path, "of another", 0o600)
}
