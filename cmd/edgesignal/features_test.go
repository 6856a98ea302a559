package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/durable"
)

// TestFeaturesAreWholeOrNotThere: a run that did not come to its end says so,
// and leaves what was there before it and nothing else.
func TestFeaturesAreWholeOrNotThere(t *testing.T) {
	bars, dir := filepath.Join(demoFiles, "bars"), t.TempDir()
	only := func(t *testing.T, name, content string) {
		t.Helper()
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, entries, 1)
		require.Equal(t, content, readFile(t, filepath.Join(dir, name)))
	}
	for _, name := range []string{"f.csv", "f.parquet"} {
		out := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(out, []byte("of yesterday"), 0o600))
		t.Run("cancelled, "+name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			var errs bytes.Buffer
			require.Equal(t, exitError, run(ctx, []string{"features", "--data", bars, "--out", out, "--force"}, streams{io.Discard, &errs}))
			require.Contains(t, errs.String(), context.Canceled.Error())
			only(t, name, "of yesterday")
		})
		t.Run("failed half way, "+name, func(t *testing.T) {
			full := errors.New("no space left on device")
			err := durable.Replace(out, 0o644, func(w io.Writer) error {
				_, err := io.WriteString(w, "half")
				return errors.Join(err, full)
			})
			require.ErrorIs(t, err, full)
			only(t, name, "of yesterday")
		})
		t.Run("whole, "+name, func(t *testing.T) {
			ok(t, "features", "--data", bars, "--symbols", "AAPL", "--from", "2024-12-30", "--out", out, "--force")
			require.NotEqual(t, "of yesterday", readFile(t, out))
		})
		require.NoError(t, os.Remove(out))
	}
	t.Run("a name that is taken", func(t *testing.T) {
		file, link := filepath.Join(t.TempDir(), "f.csv"), filepath.Join(t.TempDir(), "link.csv")
		require.NoError(t, os.WriteFile(file, []byte("of yesterday"), 0o600))
		require.NoError(t, os.Symlink(file, link))
		r := edgesignal(t, "features", "--data", bars, "--out", file)
		require.Equal(t, exitError, r.code)
		require.Contains(t, r.err, "f.csv: file already exists; --force writes over it")
		r = edgesignal(t, "features", "--data", bars, "--out", link, "--force")
		require.Equal(t, exitError, r.code)
		require.Contains(t, r.err, "a link, a folder, a pipe or a device has this name")
		require.Equal(t, "of yesterday", readFile(t, file))
	})
	t.Run("standard output on a full disk", func(t *testing.T) {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		require.NoError(t, err)
		defer full.Close()
		var errs bytes.Buffer
		require.Equal(t, exitError, run(t.Context(), []string{"features", "--data", bars}, streams{full, &errs}))
		require.Contains(t, errs.String(), "no space left on device")
	})
	t.Run("standard output that nobody reads", func(t *testing.T) {
		r, w, err := os.Pipe()
		require.NoError(t, err)
		require.NoError(t, r.Close())
		defer w.Close()
		var errs bytes.Buffer
		require.Equal(t, exitError, run(t.Context(), []string{"features", "--data", bars}, streams{w, &errs}))
		require.Contains(t, errs.String(), "broken pipe")
	})
}
