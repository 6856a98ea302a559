package fleettest_test

import (
	"testing"

	"edgesignal/host/internal/fleettest"
)

// A host that cannot write to its disk serves what it should all the same.
func TestTheDiskIsFull(t *testing.T) {
	t.Parallel()
	f := fleettest.New(t, 1, fleettest.SmallDisk(4<<20))
	h, r := f.Hosts[0], f.Read(t)
	r.Some(20)
	free := h.Fill()
	for _, base := range []string{"v1.1.0", "v1.0.0"} {
		cold := f.Publish(base)
		f.Converge(cold)
		f.Settle(cold)
		r.Some(20)
	}
	f.Converge("v1.1.0")
	h.Logged("no space left on device")
	free()
	cold := f.Publish("v1.1.0")
	f.Converge(cold)
	f.Settle(cold)
	f.Postgres.Kill()
	degraded(h, cold, "registry unavailable")
	r.Some(20)
}
