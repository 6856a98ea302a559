package fleettest_test

import (
	"testing"

	"edgesignal/host/internal/fleettest"
)

func TestMain(m *testing.M) { fleettest.Main(m) }

func TestSmoke(t *testing.T) {
	f := fleettest.New(t, 3)
	r := f.Read(t)
	r.Some(50)
	f.Activate("v1.1.0")
	f.Settle("v1.1.0")
	r.Some(50)
	v := f.Publish("v1.0.0")
	f.Activate(v)
	f.Settle(v)
	r.Some(50)
	t.Log(r.Answers(v), r.Answers(""))
}
