package rule

import (
	"encoding/binary"
	"math"
)

// span is a stretch of a guest's memory, in bytes.
type span struct{ at, size uint32 }

func (s span) meets(t span) bool {
	return s.size > 0 && t.size > 0 &&
		uint64(s.at) < uint64(t.at)+uint64(t.size) && uint64(t.at) < uint64(s.at)+uint64(s.size)
}

// allocate asks the guest for size bytes and checks what it answers.
func (i *instance) allocate(size uint32) (span, error) {
	at, err := i.call(exportAlloc, i.alloc, size)
	if err != nil {
		return span{}, err
	}
	s := span{at: at, size: size}
	switch memory := i.mod.Memory().Size(); {
	case at == 0:
		return s, i.fault(FaultPointer, "rule_alloc(%d) gave no memory; the instance has %d bytes", size, memory)
	case at%8 != 0:
		return s, i.fault(FaultPointer, "rule_alloc(%d) gave %d, which is not a multiple of 8", size, at)
	case uint64(at)+uint64(size) > uint64(memory):
		return s, i.fault(FaultPointer, "rule_alloc(%d) gave %d, beyond the memory of %d bytes", size, at, memory)
	}
	for _, taken := range i.taken {
		if s.meets(taken) {
			return s, i.fault(FaultPointer, "rule_alloc(%d) gave %d, inside %d bytes at %d that are in use", size, at, taken.size, taken.at)
		}
	}
	i.taken = append(i.taken, s)
	return s, nil
}

// view returns the bytes of s, to be used before the next guest call: memory.grow
// moves them.
func (i *instance) view(s span) ([]byte, error) {
	b, ok := i.mod.Memory().Read(s.at, s.size)
	if !ok {
		return nil, i.fault(FaultPointer, "%d bytes at %d are not all in the memory", s.size, s.at)
	}
	return b, nil
}

// putFloats writes v to b as little-endian float64 and returns the rest of b.
func putFloats(b []byte, v []float64) []byte {
	for k, x := range v {
		binary.LittleEndian.PutUint64(b[8*k:], math.Float64bits(x))
	}
	return b[8*len(v):]
}
