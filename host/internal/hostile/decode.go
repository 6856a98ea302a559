package hostile

// decodeCases returns no modules, or claim what they do not hold. wazero 1.12.0
// allocates what a count claims: the first of these end the process that
// decodes them without looking, some take gigabytes and seconds.
func decodeCases() []Case {
	locals := func(groups ...[]byte) []byte {
		return module(oneType, oneFunction, section(idCode, []byte{1}, sized(join(groups...), []byte{opEnd})))
	}
	group := func(n []byte) []byte { return join(n, []byte{0x7f}) }
	names := func(kind byte, contents ...[]byte) []byte { return module(custom("name", section(kind, contents...))) }
	segment := []byte{1, 0, opConst, 0, opEnd} // one active segment at 0

	cases := []Case{
		malformed("empty", "header: byte 0: not a core wasm module", nil),
		malformed("half a header", "not a core wasm module", []byte(header[:6])),
		malformed("text format", "not a core wasm module", []byte("(module)")),
		malformed("native program", "not a core wasm module", []byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00")),
		malformed("compressed", "not a core wasm module", []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03")),
		malformed("component", "not a core wasm module", []byte("\x00asm\x0d\x00\x01\x00")),
		malformed("version 2", "not a core wasm module", []byte("\x00asm\x02\x00\x00\x00")),
		malformed("section of no kind", "there is no section of id 99", module(section(99))),
		malformed("section twice", "a second memory section", module(onePage, onePage)),
		malformed("sections out of order", "the type section comes too late", module(onePage, oneType)),
		malformed("length of 40 bits", "a number of more than 32 bits", module([]byte{idType, 0xff, 0xff, 0xff, 0xff, 0xff, 1})),
		malformed("functions without bodies", "1 functions have no body", module(oneType, oneFunction)),
		malformed("section named in no UTF-8", "a name is not UTF-8", module(section(idCustom, []byte{2, 0xc3, 0x28}))),
		malformed("export twice", `a second export of the name "memory"`,
			module(onePage, section(idExport, []byte{2}, sized([]byte("memory")), []byte{2, 0}, sized([]byte("memory")), []byte{2, 0}))),

		malformed("parameters 2^32-1", "claims 4294967295 entries, 0 bytes are left", module(section(idType, []byte{1, 0x60}, most))),
		malformed("results 2^32-1", "claims 4294967295 entries", module(section(idType, []byte{1, 0x60, 0}, most))),
		malformed("imports 50 million", "50000000, at most 64 (Imports)", module(section(idImport, fifty))),
		malformed("functions 50 million", "50000000, at most 20000 (Functions)", module(section(idFunction, fifty))),
		malformed("exports 50 million", "50000000, at most 64 (Exports)", module(section(idExport, fifty))),
		malformed("element segments 50 million", "50000000, at most 1000 (ElementSegments)", module(section(idElement, fifty))),
		malformed("data segments 50 million", "50000000, at most 100000 (DataSegments)", module(section(idData, fifty))),
		malformed("elements 2^32-1", "claims 4294967295 entries", module(oneTable, section(idElement, segment, most))),
		malformed("groups of locals 2^32-1", "claims 4294967295 entries", locals(most)),
		malformed("locals 2^32-1", "at most 1000 (Locals)", locals([]byte{1}, group(most))),
		malformed("locals 400 million", "at most 1000 (Locals)", locals([]byte{4}, group(uint32s(1e8)), group(uint32s(1e8)), group(uint32s(1e8)), group(uint32s(1e8)))),
		malformed("locals 100 million", "at most 1000 (Locals)", locals([]byte{1}, group(uint32s(1e8)))),
		malformed("locals 50 million", "at most 1000 (Locals)", locals([]byte{1}, group(fifty))),
		malformed("locals a million", "at most 1000 (Locals)", locals([]byte{1}, group(million))),
		malformed("a million groups of no locals", "at most 131072 (BodyBytes)", locals(million, repeat(1_000_000, 0, 0x7f))),
		malformed("br_table of 2^32-1", "claims 4294967295 entries", body([]byte{opGet, 0, opBrTable}, most)),
		malformed("body of 4 GiB", "claims 4294967295 bytes", module(oneType, oneFunction, section(idCode, []byte{1}, most))),
		malformed("data of 4 GiB", "claims 4294967295 bytes", module(onePage, section(idData, segment, most))),
		malformed("import name of 4 GiB", "claims 4294967295 bytes", module(section(idImport, []byte{1}, most))),
		malformed("export name of 4 GiB", "claims 4294967295 bytes", module(section(idExport, []byte{1}, most))),
		malformed("custom section of 4 GiB", "claims 4294967295 bytes, 0 are left", module(claiming(idCustom))),
		malformed("custom name of 4 GiB", "claims 4294967295 bytes", module(section(idCustom, most))),
		malformed("code section of 4 GiB", "claims 4294967295 bytes, 0 are left", module(oneType, oneFunction, claiming(idCode))),
		malformed("rule.meta of 4 GiB", "claims 4294967295 bytes, 10 are left", module(claiming(idCustom), sized([]byte("rule.meta")))),

		malformed("module name of 4 GiB", "claims 4294967295 bytes", names(0, most)),
		malformed("function names 2^32-1", "claims 4294967295 entries", names(1, most)),
		malformed("function names 50 million", "claims 50000000 entries", names(1, fifty)),
		malformed("function name of 4 GiB", "claims 4294967295 bytes", names(1, []byte{1, 0}, most)),
		malformed("local names 2^32-1", "claims 4294967295 entries", names(2, most)),
		malformed("local names of a function 2^32-1", "claims 4294967295 entries", names(2, []byte{1, 0}, most)),
		malformed("names twice", `a second custom section "name"`, module(custom("name"), custom("name"))),
	}
	for _, s := range []struct {
		what, detail string
		id           byte
	}{
		{"types", "4294967295, at most 2000 (Types)", idType},
		{"imports", "4294967295, at most 64 (Imports)", idImport},
		{"functions", "4294967295, at most 20000 (Functions)", idFunction},
		{"tables", "claims 4294967295 entries", idTable},
		{"memories", "claims 4294967295 entries", idMemory},
		{"globals", "4294967295, at most 256 (Globals)", idGlobal},
		{"exports", "4294967295, at most 64 (Exports)", idExport},
		{"element segments", "4294967295, at most 1000 (ElementSegments)", idElement},
		{"bodies", "4294967295, at most 20000 (Functions)", idCode},
		{"data segments", "4294967295, at most 100000 (DataSegments)", idData},
		{"announced data segments", "4294967295, at most 100000 (DataSegments)", idDataCount},
	} {
		cases = append(cases, malformed(s.what+" 2^32-1", s.detail, module(section(s.id, most))))
	}
	return cases
}
