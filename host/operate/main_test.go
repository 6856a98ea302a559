package operate

import (
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"edgesignal/host/gate"
	"edgesignal/host/internal/programtest"
	"edgesignal/host/settings"
)

func TestMain(m *testing.M) {
	gate.ServeIfChild()
	crashIfTold()
	goleak.VerifyTestMain(m)
}

// legs are the stock rule's parameters of these tests.
var legs = settings.Defaults().Legs

// embedded returns settings of an empty registry and an empty store.
func embedded(t testing.TB) settings.Shelf {
	set, dir := settings.Defaults().Shelf, t.TempDir()
	set.StateDir, set.ArtifactStore = filepath.Join(dir, "state"), settings.Place(filepath.Join(dir, "store"))
	set.GateProgram = programtest.Program(t)
	return set
}
