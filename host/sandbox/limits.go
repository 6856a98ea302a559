package sandbox

// The defaults of Limits. Where a comment gives a time, it is what wazero
// 1.12.0 took to compile one function built for that limit, on one core of a
// busy amd64 machine (read it as +-50 %), and what it allocated; "Go" is the most that modules of the
// standard Go toolchain need, one of them with fmt and encoding/json.
const (
	DefaultFileBytes       = 8 << 20 // Go: 3.3 MB
	DefaultTypes           = 2000    // Go: 15
	DefaultParams          = 64      // a type of 1000 takes 2 ms, of 1 million over a minute
	DefaultResults         = 16
	DefaultImports         = 64
	DefaultFunctions       = 20_000 // Go: 2156; 20,000 empty ones take 0.3 s
	DefaultTableEntries    = 20_000
	DefaultMemoryPages     = 256 // 16 MiB
	DefaultGlobals         = 256 // Go: 8
	DefaultExports         = 64
	DefaultElementSegments = 1000
	DefaultElements        = 20_000
	DefaultDataSegments    = 100_000 // Go: 36,874
	DefaultCustomBytes     = 2 << 20
	DefaultNameBytes       = 1 << 20   // Go: 0.07 MB
	DefaultBodyBytes       = 128 << 10 // Go: 29 KB; a chain of 43,000 loads: 1.6 s
	DefaultLocals          = 1000      // Go: 21
	DefaultTotalLocals     = 1_000_000 // Go: 10,889; wazero keeps 8 bytes for each

	// Go: 550; 4096 nested ifs: 0.5 to 1.2 s.
	DefaultBlockDepth = 4096
	// Go: 1286. The time grows with the square: 4096 sequential br_ifs take
	// 0.4 s, 6000 take 2.5 s on the busy machine, 8000 take 2.3 to 3.3 s, 12,000
	// take 6 s, 32,000 over 12 s.
	DefaultBranches = 4096
	// Go: 16 million. 4 functions of 4096 branches take 1.6 s.
	DefaultBranchSquares = 64 << 20
	// Go: 964 in one table.
	DefaultBranchTable = 4096
	// Go: 964 in one function. 8192 take 0.1 to 0.3 s; 16,000 to a loop of 64
	// parameters take 1.6 s, 120,000 take 1.6 to 2.5 s and 300 MB.
	DefaultBranchTargets = 8192
	// Go: 20,000. 250,000 take 0.4 to 0.8 s, 500,000 take 2.4 s, 2 million take 7.2 s.
	DefaultBranchesTimesLocals = 250_000
	// Go: 3.
	DefaultLoops     = 512
	DefaultLoopDepth = 32
	// 60,000 take 0.1 s within the other limits; 300 nested loops over 300
	// locals take 12 s.
	DefaultLoopsTimesLocals = 60_000
	// Go: 31. 256 take 0.05 s; 13,000 take 6 s and more.
	DefaultBulkOps = 256
	// 200,000 take 0.3 to 0.7 s and 160 MB; 65,000 calls of 16 parameters and 16
	// results, 2 million values, take 4.3 s and 860 MB.
	DefaultCallValues = 200_000
	// 8192 take 0.3 s and 90 MB; 65,000 take 3.9 s and 700 MB.
	DefaultTruncations = 8192
)

// Limits are caps on the structure of a module. A zero field means its
// default, the constant named Default and the field.
//
// They bound what wazero allocates, and the time it takes for each function,
// for its compiler is not linear in several of these numbers. The time for a
// whole module is bounded here only as far as its size bounds it, some 5 s for
// 8 MB of ordinary code: a caller compiles where processor time is limited.
type Limits struct {
	FileBytes int // the module

	Types           int // function types
	Params          int // parameters of one type
	Results         int // results of one type
	Imports         int // imports, which are functions
	Functions       int // functions that the module defines
	TableEntries    int // entries that its one table begins with
	MemoryPages     int // pages of 64 KiB that its one memory begins with
	Globals         int
	Exports         int
	ElementSegments int
	Elements        int // functions in all element segments
	DataSegments    int
	CustomBytes     int // contents of all custom sections
	NameBytes       int // the custom section "name", behind its name

	BodyBytes   int // one function's locals and instructions
	Locals      int // one function's locals, with its parameters
	TotalLocals int // those of all functions

	BranchSquares int // the squares of each function's branches, added up

	// These hold for one function. A branch is a block, loop, if, else, br,
	// br_if or br_table: where control parts or meets. A branch target is a
	// label of a br_table.
	BlockDepth          int // nested blocks, loops and ifs
	Branches            int
	BranchTable         int // targets of one br_table, without its default
	BranchTargets       int // targets of all
	BranchesTimesLocals int // branches and branch targets, times locals
	Loops               int
	LoopDepth           int // nested loops
	LoopsTimesLocals    int
	BulkOps             int // memory.init, memory.copy, memory.fill
	CallValues          int // parameters and results of all calls
	Truncations         int // conversions of floats to integers that can trap
}

func (l Limits) withDefaults() Limits {
	for _, f := range []struct {
		limit    *int
		fallback int
	}{
		{&l.FileBytes, DefaultFileBytes},
		{&l.Types, DefaultTypes},
		{&l.Params, DefaultParams},
		{&l.Results, DefaultResults},
		{&l.Imports, DefaultImports},
		{&l.Functions, DefaultFunctions},
		{&l.TableEntries, DefaultTableEntries},
		{&l.MemoryPages, DefaultMemoryPages},
		{&l.Globals, DefaultGlobals},
		{&l.Exports, DefaultExports},
		{&l.ElementSegments, DefaultElementSegments},
		{&l.Elements, DefaultElements},
		{&l.DataSegments, DefaultDataSegments},
		{&l.CustomBytes, DefaultCustomBytes},
		{&l.NameBytes, DefaultNameBytes},
		{&l.BodyBytes, DefaultBodyBytes},
		{&l.Locals, DefaultLocals},
		{&l.TotalLocals, DefaultTotalLocals},
		{&l.BlockDepth, DefaultBlockDepth},
		{&l.Branches, DefaultBranches},
		{&l.BranchTable, DefaultBranchTable},
		{&l.BranchTargets, DefaultBranchTargets},
		{&l.BranchesTimesLocals, DefaultBranchesTimesLocals},
		{&l.BranchSquares, DefaultBranchSquares},
		{&l.Loops, DefaultLoops},
		{&l.LoopDepth, DefaultLoopDepth},
		{&l.LoopsTimesLocals, DefaultLoopsTimesLocals},
		{&l.BulkOps, DefaultBulkOps},
		{&l.CallValues, DefaultCallValues},
		{&l.Truncations, DefaultTruncations},
	} {
		if *f.limit == 0 {
			*f.limit = f.fallback
		}
	}
	return l
}
