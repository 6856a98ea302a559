package sandbox_test

import (
	"fmt"
	"github.com/tetratelabs/wazero"
	"testing"
)

func TestDbg(t *testing.T) {
	for name, g := range guests(t) {
		t.Run(name, func(t *testing.T) {
			i := start(t, wazero.NewRuntimeConfig(), g)
			fmt.Println(name, len(i.construct("{}", shuffled(500))))
		})
		t.Run(name+" metered", func(t *testing.T) {
			i := start(t, wazero.NewRuntimeConfig(), meter(t, g).Module)
			fmt.Println(name, len(i.construct("{}", shuffled(500))))
			fmt.Println(name, int64(plenty)-int64(i.fuel.Get()))
		})
	}
}
