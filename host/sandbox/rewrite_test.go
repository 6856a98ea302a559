package sandbox_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/sandbox"
)

// meterable returns the modules at hand that Check passes, by name.
func meterable(t testing.TB) map[string][]byte {
	modules := map[string][]byte{
		"header only":   module(),
		"memory only":   module(memoryPart),
		"data only":     module(memoryPart, section(11, []byte{1, 0, 0x41, 0, 0x0b, 1, 'x'})),
		"data count":    module(section(12, []byte{0})),
		"no entries":    module(section(1, []byte{0}), section(3, []byte{0}), section(6, []byte{0}), section(7, []byte{0}), section(10, []byte{0})),
		"import only":   module(typesPart, section(2, []byte{1}, sized([]byte("host")), sized([]byte("f")), []byte{0, 0})),
		"long numbers":  module(section(1, []byte{0x81, 0x80, 0, 0x60, 0, 0}), section(3, []byte{0x81, 0, 0}), section(10, []byte{0x81, 0, 2, 0, 0x0b})),
		"no memory":     module(typesPart, functionPart, section(10, []byte{1, 5, 0, 0x20, 0, 0x1a, 0x0b})),
		"200 functions": module(typesPart, section(3, uint32s(200), repeat(200, 0)), section(10, uint32s(200), repeat(200, 2, 0, 0x0b))),
		"200 globals":   module(section(6, uint32s(200), repeat(200, 0x7f, 1, 0x41, 0, 0x0b))),
	}
	for name, guest := range guests(t) {
		modules[name] = guest
	}
	for i, seed := range seeds(t) {
		if sandbox.Check(seed, sandbox.Limits{}) == nil {
			modules[fmt.Sprintf("seed %d", i)] = seed
		}
	}
	return modules
}

// part is a section: of those that metering adds to, the entries behind their
// count, and of others all of the contents.
type part struct {
	id      byte
	amended bool
	bytes   string
}

func parts(t *testing.T, module []byte) (all []part) {
	r := sandbox.NewReader(module)
	require.NoError(t, r.Header())
	for r.Left() > 0 {
		id, contents, err := r.Section()
		require.NoError(t, err)
		p := part{id: id, amended: slices.Contains([]byte{1, 3, 6, 7, 10}, id)}
		if p.amended {
			_, err = contents.Uint32()
			require.NoError(t, err)
		}
		p.bytes = string(contents.Bytes())
		all = append(all, p)
	}
	return all
}

// What metering adds stands behind what the guest has. Sections that it adds
// nothing to pass through byte for byte.
func TestMeteredSections(t *testing.T) {
	modules := meterable(t)
	modules["custom sections"] = module(section(0, sized([]byte("rule.meta")), []byte("{}")), typesPart,
		section(0, sized([]byte("x"))), functionPart, section(10, []byte{1, 2, 0, 0x0b}), section(0, sized([]byte("y")), []byte{1, 2, 3}))
	for name, plain := range modules {
		t.Run(name, func(t *testing.T) {
			var passed, after []part
			entries := map[byte]string{}
			for _, p := range parts(t, plain) {
				if p.amended {
					entries[p.id] = p.bytes
				} else {
					passed = append(passed, p)
				}
			}
			seen := 0
			for _, p := range parts(t, meter(t, plain).Module) {
				if !p.amended {
					after = append(after, p)
					continue
				}
				seen++
				if p.id != 10 {
					require.True(t, strings.HasPrefix(p.bytes, entries[p.id]), "section %d", p.id)
				}
				require.Greater(t, len(p.bytes), len(entries[p.id]))
			}
			require.Equal(t, passed, after)
			require.Equal(t, 5, seen)
		})
	}
}

// An independent validator accepts whatever Meter makes.
func TestMeteredValidates(t *testing.T) {
	modules := meterable(t)
	for _, r := range runaways() {
		modules["runaway "+r.name] = assemble(t, r.text)
	}
	for name, plain := range modules {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "metered.wasm")
			require.NoError(t, os.WriteFile(out, meter(t, plain).Module, 0o600))
			said, err := exec.CommandContext(t.Context(), "wasm-validate", out).CombinedOutput()
			require.NoError(t, err, "%s", said)
			require.Empty(t, said)
		})
	}
}
