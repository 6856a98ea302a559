package rule

import (
	"context"
	"encoding/binary"
	"math/rand/v2"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"
)

// WASI preview 1, as far as the Go toolchain and the C libraries of others ask
// for it by name, and with nothing behind it: no arguments, no environment, no
// files but the log, a clock that stands still and random numbers that are the
// same in every call. So a rule stays a pure function.
// https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md
const wasiModule = "wasi_snapshot_preview1"

// Error numbers of preview 1.
const (
	errnoSuccess = 0
	errnoBadf    = 8
	errnoFault   = 21
	errnoInval   = 28
	errnoNoent   = 44
	errnoNotsup  = 58
)

// fixedTime is what every clock shows, in ns since 1970: 2022-01-01 00:00 UTC.
// It is not 0, which Go's runtime takes for a broken clock.
const fixedTime = 1_640_995_200_000_000_000

// randomSeed is the seed of every call's random numbers.
var randomSeed = [32]byte([]byte("edgesignal rule abi 1 fixed seed"))

const (
	maxVectors = 64       // buffers of one fd_write, subscriptions of one poll_oneoff
	vectorFuel = 16       // for looking at one of them
	maxWrite   = 64 << 10 // bytes that one fd_write takes; the guest comes again with the rest
)

func wasiFunctions() []hostFunction {
	call := func(name, params string, f func(h *host, mem api.Memory, stack []uint64) uint64) hostFunction {
		return hostFunction{wasiModule, name, params, "i", func(ctx context.Context, mod api.Module, stack []uint64) {
			h := hostOf(ctx)
			h.charge(hostCallFuel)
			stack[0] = f(h, mod.Memory(), stack)
		}}
	}
	errno := func(name, params string, code uint64) hostFunction {
		return call(name, params, func(*host, api.Memory, []uint64) uint64 { return code })
	}
	return []hostFunction{
		errno("args_get", "ii", errnoSuccess),
		call("args_sizes_get", "ii", noStrings),
		errno("environ_get", "ii", errnoSuccess),
		call("environ_sizes_get", "ii", noStrings),
		call("clock_time_get", "iIi", clockTimeGet),
		call("random_get", "ii", randomGet),
		call("fd_write", "iiii", fdWrite),
		errno("fd_read", "iiii", errnoBadf),
		errno("fd_seek", "iIii", errnoBadf),
		errno("fd_close", "i", errnoBadf),
		call("fd_fdstat_get", "ii", fdstatGet),
		errno("fd_fdstat_set_flags", "ii", errnoBadf),
		errno("fd_filestat_get", "ii", errnoBadf),
		errno("fd_prestat_get", "ii", errnoBadf), // how a guest learns that there are no directories
		errno("fd_prestat_dir_name", "iii", errnoBadf),
		errno("path_open", "iiiiiIIii", errnoNoent),
		errno("path_filestat_get", "iiiii", errnoNoent),
		call("poll_oneoff", "iiii", pollOneoff),
		errno("sched_yield", "", errnoSuccess),
		{wasiModule, "proc_exit", "i", "", func(_ context.Context, _ api.Module, stack []uint64) {
			panic(sys.NewExitError(uint32(stack[0])))
		}},
	}
}

// ok returns the error number of having written results to memory.
func ok(written ...bool) uint64 {
	for _, w := range written {
		if !w {
			return errnoFault
		}
	}
	return errnoSuccess
}

func noStrings(_ *host, mem api.Memory, stack []uint64) uint64 {
	return ok(mem.WriteUint32Le(uint32(stack[0]), 0), mem.WriteUint32Le(uint32(stack[1]), 0))
}

func clockTimeGet(_ *host, mem api.Memory, stack []uint64) uint64 {
	return ok(mem.WriteUint64Le(uint32(stack[2]), fixedTime))
}

func randomGet(h *host, mem api.Memory, stack []uint64) uint64 {
	b, in := mem.Read(uint32(stack[0]), uint32(stack[1]))
	if in {
		h.charge(len(b))
		if h.random == nil {
			h.random = rand.NewChaCha8(randomSeed)
		}
		_, _ = h.random.Read(b) // never fails
	}
	return ok(in)
}

// fdWrite logs what is written to standard output and standard error.
func fdWrite(h *host, mem api.Memory, stack []uint64) uint64 {
	fd, vectors, count, result := uint32(stack[0]), uint32(stack[1]), uint32(stack[2]), uint32(stack[3])
	if fd != 1 && fd != 2 {
		return errnoBadf
	}
	if count > maxVectors {
		return errnoInval
	}
	h.charge(int(count) * vectorFuel)
	table, in := mem.Read(vectors, count*8)
	if !in {
		return errnoFault
	}
	var written uint32
	for ; len(table) > 0 && written < maxWrite; table = table[8:] {
		b, in := mem.Read(binary.LittleEndian.Uint32(table), binary.LittleEndian.Uint32(table[4:]))
		if !in {
			return errnoFault
		}
		b = b[:min(len(b), int(maxWrite-written))]
		h.charge(len(b))
		h.log.write(b)
		written += uint32(len(b))
	}
	return ok(mem.WriteUint32Le(result, written))
}

// fdstatGet: 0, 1 and 2 are character devices without rights to seek; nothing
// else is open.
func fdstatGet(_ *host, mem api.Memory, stack []uint64) uint64 {
	const size, characterDevice, rightFdWrite = 24, 2, 1 << 6
	if uint32(stack[0]) > 2 {
		return errnoBadf
	}
	b, in := mem.Read(uint32(stack[1]), size)
	if in {
		clear(b)
		b[0] = characterDevice
		b[8] = rightFdWrite
	}
	return ok(in)
}

// pollOneoff answers every wait at once: for a clock as if its time had come
// (it has not, the clock stands still), for anything else with an error.
func pollOneoff(h *host, mem api.Memory, stack []uint64) uint64 {
	const subscription, event, tagAt, typeClock = 48, 32, 8, 0
	in, out, count, result := uint32(stack[0]), uint32(stack[1]), uint32(stack[2]), uint32(stack[3])
	if count == 0 || count > maxVectors {
		return errnoInval
	}
	h.charge(int(count) * (subscription + event))
	asked, okIn := mem.Read(in, count*subscription)
	events, okOut := mem.Read(out, count*event)
	if !okIn || !okOut {
		return errnoFault
	}
	for k := range int(count) {
		s, e := asked[k*subscription:], events[k*event:(k+1)*event]
		user, tag := binary.LittleEndian.Uint64(s), s[tagAt]
		clear(e)
		binary.LittleEndian.PutUint64(e, user)
		if tag != typeClock {
			binary.LittleEndian.PutUint16(e[8:], errnoNotsup)
		}
		e[10] = tag
	}
	return ok(mem.WriteUint32Le(result, count))
}
