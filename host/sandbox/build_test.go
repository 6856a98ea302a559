package sandbox_test

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
	"edgesignal/host/sandbox"
)

// The helpers below write modules byte by byte.

func uint32s(values ...uint32) (out []byte) {
	for _, v := range values {
		out = binary.AppendUvarint(out, uint64(v))
	}
	return out
}

func join(parts ...[]byte) (out []byte) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func repeat(n int, b ...byte) (out []byte) {
	for range n {
		out = append(out, b...)
	}
	return out
}

// sized returns contents after their length.
func sized(contents ...[]byte) []byte {
	all := join(contents...)
	return join(uint32s(uint32(len(all))), all)
}

func section(id byte, contents ...[]byte) []byte { return join([]byte{id}, sized(contents...)) }

func module(sections ...[]byte) []byte { return join([]byte(sandbox.Header), join(sections...)) }

// The parts of most modules below: type 0 is (i32) -> (), type 1 is
// (i32, i32) -> (i32); one function of type 0, a table of one entry, a memory
// of one page, one mutable global of type i32.
var (
	typesPart    = section(1, []byte{2, 0x60, 1, 0x7f, 0, 0x60, 2, 0x7f, 0x7f, 1, 0x7f})
	functionPart = section(3, []byte{1, 0})
	tablePart    = section(4, []byte{1, 0x70, 0, 1})
	memoryPart   = section(5, []byte{1, 0, 1})
	globalPart   = section(6, []byte{1, 0x7f, 1, 0x41, 0, 0x0b})
)

// body returns a module whose one function has no locals beside its parameter and
// these instructions before its end.
func body(instructions ...byte) []byte { return bodyWith([]byte{0}, instructions) }

func bodyWith(locals []byte, instructions []byte) []byte {
	return module(typesPart, functionPart, tablePart, memoryPart, globalPart,
		section(10, []byte{1}, sized(locals, instructions, []byte{0x0b})))
}

func readFile(t testing.TB, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return b
}

func requireRejection(t *testing.T, err error, reason release.Reason, detail string) {
	t.Helper()
	var r *release.Rejection
	require.ErrorAs(t, err, &r)
	require.Contains(t, r.Detail, detail)
	require.Equal(t, reason, r.Reason, r.Detail)
}

// assemble returns a module from its text.
func assemble(t testing.TB, text string) []byte {
	t.Helper()
	in, out := filepath.Join(t.TempDir(), "m.wat"), filepath.Join(t.TempDir(), "m.wasm")
	require.NoError(t, os.WriteFile(in, []byte(text), 0o600))
	said, err := exec.CommandContext(t.Context(), "wat2wasm", in, "-o", out).CombinedOutput()
	require.NoError(t, err, "%s", said)
	return readFile(t, out)
}
