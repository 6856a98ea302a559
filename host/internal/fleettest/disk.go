package fleettest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/stretchr/testify/require"
)

// SmallDisk gives a host a state directory of at most so many bytes. It is a
// mount that only its process sees, and ends with it.
func SmallDisk(bytes int) Option {
	return func(h *Host) {
		own := "--mount"
		if os.Geteuid() != 0 {
			own = "--map-root-user" // who may mount nothing may in a world of his own
		}
		h.wrap = []string{"unshare", own, "--mount", "sh", "-c",
			fmt.Sprintf(`mount -t tmpfs -o size=%d tmpfs "$STATE_DIR" && exec "$0" "$@"`, bytes)}
	}
}

// Fill leaves no room on a small disk, until free.
func (h *Host) Fill() (free func()) {
	t := h.f.t
	t.Helper()
	name := filepath.Join(fmt.Sprintf("/proc/%d/root", h.proc.Pid), h.State, "filler")
	f, err := os.Create(name)
	require.NoError(t, err)
	for size := 1 << 16; size > 0 && err == nil; {
		if _, err = f.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size, err = size/2, nil
		}
	}
	require.NoError(t, errors.Join(err, f.Close()))
	return func() {
		t.Helper()
		require.NoError(t, os.Remove(name))
	}
}
