package sandbox_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
	"edgesignal/host/sandbox"
)

// Modules that end the process or take gigabytes when wazero 1.12.0 decodes
// them, and their like for each count of the format. Each is refused for next
// to no memory.
func TestDecodeBombs(t *testing.T) {
	var (
		all   = []byte{0xff, 0xff, 0xff, 0xff, 0x0f} // 2^32-1
		fifty = uint32s(50_000_000)
		many  = uint32s(100_000_000)
	)
	code := func(locals ...[]byte) []byte {
		return module(typesPart, functionPart, section(10, []byte{1}, sized(join(locals...), []byte{0x0b})))
	}
	tests := []struct {
		name, detail string
		module       []byte
	}{
		{"types 2^32-1", "type section: byte 10: claims too many entries: 4294967295, at most 2000 (Types)", module(section(1, all))},
		{"parameters 2^32-1", "type section, type 0: byte 12: claims 4294967295 entries, 0 bytes are left", module(section(1, []byte{1, 0x60}, all))},
		{"results 2^32-1", "type section, type 0: byte 13: claims 4294967295 entries", module(section(1, []byte{1, 0x60, 0}, all))},
		{"a million parameters", "parameters: 1000000, at most 64 (Params)", module(section(1, []byte{1, 0x60}, uint32s(1_000_000), repeat(1_000_000, 0x7f), []byte{0}))},
		{"imports 2^32-1", "import section: byte 10: claims too many entries: 4294967295, at most 64 (Imports)", module(section(2, all))},
		{"imports 50 million", "at most 64 (Imports)", module(section(2, fifty))},
		{"functions 2^32-1", "function section: byte 10: claims too many entries: 4294967295, at most 20000 (Functions)", module(section(3, all))},
		{"tables 2^32-1", "table section: byte 10: claims 4294967295 entries, 0 bytes are left", module(section(4, all))},
		{"table of 2^27 entries", "entries: 134217728, at most 20000 (TableEntries)", module(section(4, []byte{1, 0x70, 0}, uint32s(1<<27)))},
		{"globals 2^32-1", "global section: byte 10: claims too many entries", module(section(6, all))},
		{"globals 2^27", "at most 256 (Globals)", module(section(6, uint32s(1<<27)))},
		{"exports 2^32-1", "export section: byte 10: claims too many entries: 4294967295, at most 64 (Exports)", module(section(7, all))},
		{"exports 50 million", "at most 64 (Exports)", module(section(7, fifty))},
		{"element segments 2^32-1", "at most 1000 (ElementSegments)", module(section(9, all))},
		{"elements 2^32-1", "element section, segment 0: byte 21: claims 4294967295 entries", module(tablePart, section(9, []byte{1, 0, 0x41, 0, 0x0b}, all))},
		{"data segments announced 2^32-1", "at most 100000 (DataSegments)", module(section(12, all))},
		{"data segments 2^32-1", "at most 100000 (DataSegments)", module(section(11, all))},
		{"data of 4 GiB", "claims 4294967295 bytes", module(memoryPart, section(11, []byte{1, 0, 0x41, 0, 0x0b}, all))},
		{"code 2^32-1", "code section: byte 10: claims too many entries", module(section(10, all))},
		{"body of 4 GiB", "code section, function 0: byte 28: claims 4294967295 bytes, 0 are left", module(typesPart, functionPart, section(10, []byte{1}, all))},
		{"groups of locals 2^32-1", "claims 4294967295 entries", code(all)},
		{"locals 2^32-1", "4294967295 more locals beside 1 with the parameters, at most 1000 (Locals)", code([]byte{1}, all, []byte{0x7f})},
		{"locals 400 million", "at most 1000 (Locals)", code([]byte{4}, many, []byte{0x7f}, many, []byte{0x7f}, many, []byte{0x7f}, many, []byte{0x7f})},
		{"locals 100 million", "at most 1000 (Locals)", code([]byte{1}, many, []byte{0x7f})},
		{"br_table of 2^32-1", "claims 4294967295 entries", body(0x20, 0, 0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f)},
		{"import name of 4 GiB", "import section, import 0: byte 11: claims 4294967295 bytes", module(section(2, []byte{1}, all))},
		{"export name of 4 GiB", "export section, export 0: byte 11: claims 4294967295 bytes", module(section(7, []byte{1}, all))},
		{"section of 4 GiB", "type section: byte 9: claims 4294967295 bytes, 0 are left", module([]byte{1}, all)},
		{"custom section of 4 GiB", "custom section: byte 9: claims 4294967295 bytes, 0 are left", module([]byte{0}, all)},
		{"custom name of 4 GiB", "custom section: byte 10: claims 4294967295 bytes", module(section(0, all))},
		{"function names 2^32-1", "names of kind 1: byte 17: claims 4294967295 entries", module(section(0, sized([]byte("name")), section(1, all)))},
		{"local names 2^32-1", "names of kind 2: byte 17: claims 4294967295 entries", module(section(0, sized([]byte("name")), section(2, all)))},
		{"local names of a function 2^32-1", "claims 4294967295 entries", module(section(0, sized([]byte("name")), section(2, []byte{1, 0}, all)))},
		{"name of 4 GiB in the names", "claims 4294967295 bytes", module(section(0, sized([]byte("name")), section(1, []byte{1, 0}, all)))},
		{"names beyond their subsection", "1 bytes after the last name", module(section(0, sized([]byte("name")), section(1, []byte{0, 0})))},
		{"names beyond their section", "claims 127 bytes, 1 are left", module(section(0, sized([]byte("name")), []byte{1, 127, 0}), section(0, repeat(200, 0)))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := sandbox.Check(tt.module, sandbox.Limits{})
			runtime.ReadMemStats(&after)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
			requireRejection(t, err, release.RuleMalformed, tt.detail)
		})
	}
}
