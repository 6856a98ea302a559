package main

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckStatic(t *testing.T) {
	tests := []struct {
		name    string
		content []byte
		err     string
	}{
		{name: "static", content: elfFile(t, elf.EM_AARCH64, elf.PT_LOAD, elf.PT_NOTE)},
		{name: "dynamic", content: elfFile(t, elf.EM_AARCH64, elf.PT_LOAD, elf.PT_INTERP), err: "not static"},
		{name: "other machine", content: elfFile(t, elf.EM_X86_64, elf.PT_LOAD), err: "built for EM_X86_64, want EM_AARCH64"},
		{name: "no binary", content: bytes.Repeat([]byte("#!/bin/sh\n"), 20), err: "bad magic number"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "binary")
			require.NoError(t, os.WriteFile(file, tt.content, 0o644))
			err := checkStatic(file, elf.EM_AARCH64)
			if tt.err == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.err)
		})
	}
}

// elfFile returns the head of an ELF binary: the header and the table of segments.
func elfFile(t *testing.T, machine elf.Machine, segments ...elf.ProgType) []byte {
	t.Helper()
	header := elf.Header64{
		Ident:     [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:      uint16(elf.ET_EXEC),
		Machine:   uint16(machine),
		Version:   uint32(elf.EV_CURRENT),
		Phoff:     64,
		Ehsize:    64,
		Phentsize: 56,
		Phnum:     uint16(len(segments)),
	}
	var file bytes.Buffer
	require.NoError(t, binary.Write(&file, binary.LittleEndian, header))
	for _, segment := range segments {
		require.NoError(t, binary.Write(&file, binary.LittleEndian, elf.Prog64{Type: uint32(segment)}))
	}
	return file.Bytes()
}
