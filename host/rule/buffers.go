package rule

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
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
	for _, taken := range []span{i.paramsAt, i.inputAt, i.weights} {
		if s.meets(taken) {
			return s, i.fault(FaultPointer, "rule_alloc(%d) gave %d, inside %d bytes at %d that are in use", size, at, taken.size, taken.at)
		}
	}
	return s, nil
}

// view is the bytes of s, to be used before the next guest call: memory.grow
// moves them.
func (i *instance) view(s span) ([]byte, error) {
	b, ok := i.mod.Memory().Read(s.at, s.size)
	if !ok {
		return nil, i.fault(FaultPointer, "%d bytes at %d are not all in the memory", s.size, s.at)
	}
	return b, nil
}

// changedParams is params as the guest gets them, or nil when they are in
// effect already.
func (i *instance) changedParams(params json.RawMessage) ([]byte, error) {
	if len(params) == 0 {
		params = emptyParams
	}
	if i.params != nil && bytes.Equal(i.params, params) {
		return nil, nil
	}
	return guestParams(params)
}

// setParams hands text to rule_configure; params is what text was made from.
func (i *instance) setParams(text []byte, params json.RawMessage) (err error) {
	if uint32(len(text)) > i.paramsAt.size {
		i.paramsAt = span{} // the old buffer is not used any more
		if i.paramsAt, err = i.allocate(roundUp(uint32(len(text)), 256)); err != nil {
			return err
		}
	}
	at := span{i.paramsAt.at, uint32(len(text))}
	b, err := i.view(at)
	if err != nil {
		return err
	}
	copy(b, text)
	status, err := i.call(exportConfigure, i.configure, at.at, at.size)
	if err != nil {
		return err
	}
	if status != 0 {
		return i.statusFault(exportConfigure, int32(status))
	}
	if len(params) == 0 {
		params = emptyParams
	}
	i.params = append(i.params[:0], params...)
	return nil
}

// reserve makes room for n symbols with ncols columns. It doubles, so that
// all buffers an instance ever had fit into 16 MiB at the largest n and ncols.
func (i *instance) reserve(n, ncols int) (err error) {
	if n <= i.capacity {
		return nil
	}
	capacity := min(int(roundUp(uint32(n), 64)), MaxSymbols)
	i.capacity, i.inputAt, i.weights = 0, span{}, span{}
	if i.inputAt, err = i.allocate(uint32(8 * capacity * ncols)); err != nil {
		return err
	}
	if i.weights, err = i.allocate(uint32(8 * capacity)); err != nil {
		return err
	}
	i.capacity = capacity
	return nil
}

// roundUp is the smallest least*2^k that is at least n.
func roundUp(n, least uint32) uint32 {
	for least < n {
		least *= 2
	}
	return least
}

// putFloats writes v to b as little-endian float64 and returns the rest of b.
func putFloats(b []byte, v []float64) []byte {
	for k, x := range v {
		binary.LittleEndian.PutUint64(b[8*k:], math.Float64bits(x))
	}
	return b[8*len(v):]
}
