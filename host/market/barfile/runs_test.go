package barfile

import (
	"encoding/binary"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestDecodeRuns(t *testing.T) {
	for _, tc := range []struct {
		name string
		data []byte
		bits uint
		n    int
		want []uint32
		err  string
	}{
		{name: "one run", data: []byte{10, 1}, bits: 1, n: 5, want: []uint32{1, 1, 1, 1, 1}},
		{name: "bytes behind it", data: []byte{6, 1, 0xff, 0xff}, bits: 1, n: 3, want: []uint32{1, 1, 1}},
		{name: "packed with padding", data: []byte{3, 0b10101}, bits: 1, n: 5, want: []uint32{1, 0, 1, 0, 1}},
		{name: "packed, padded to 32 as DuckDB does", data: []byte{9, 0b101, 0, 0, 0}, bits: 1, n: 3, want: []uint32{1, 0, 1}},
		{name: "packed, its padding cut off", data: []byte{9, 0b101}, bits: 1, n: 3, want: []uint32{1, 0, 1}},
		{name: "a run and packed", data: []byte{4, 1, 3, 0b10}, bits: 1, n: 4, want: []uint32{1, 1, 0, 1}},
		{name: "packed and a run", data: []byte{3, 0b10, 4, 1}, bits: 1, n: 10, want: []uint32{0, 1, 0, 0, 0, 0, 0, 0, 1, 1}},
		{name: "indexes of 12 bits", data: []byte{4, 1, 2}, bits: 12, n: 2, want: []uint32{513, 513}},
		{name: "indexes of no bits", data: []byte{10}, bits: 0, n: 5, want: make([]uint32, 5)},
		{name: "packed indexes of no bits", data: []byte{3}, bits: 0, n: 5, want: make([]uint32, 5)},
		{name: "empty runs", data: []byte{0, 9, 4, 1}, bits: 1, n: 2, want: []uint32{1, 1}},
		{name: "nothing wanted", data: []byte{10, 1}, bits: 1, want: []uint32{}},
		{name: "one too many", data: []byte{12, 1}, bits: 1, n: 5, err: "a run of 6 values; 5 are left"},
		{name: "too few", data: []byte{8, 1}, bits: 1, n: 5, err: errShort.Error()},
		{name: "a run without its value", data: []byte{10}, bits: 1, n: 5, err: errShort.Error()},
		{name: "packed without its values", data: []byte{3, 1}, bits: 3, n: 5, err: errShort.Error()},
		{name: "very many packed", data: binary.AppendUvarint(nil, 1<<63|1), bits: 1, n: 5, err: errShort.Error()},
		{name: "no runs", bits: 1, n: 5, err: errShort.Error()},
		{name: "a head without an end", data: []byte{0xff, 0xff}, bits: 1, n: 5, err: errShort.Error()},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := make([]uint32, tc.n)
			err := decodeRuns(got, tc.data, tc.bits)
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
		})
	}
}

// TestDecodersReverseParquetGo holds the decoders of integers against
// parquet-go's encoders.
func TestDecodersReverseParquetGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		any64 := rapid.SliceOfN(rapid.OneOf(rapid.Int64(), rapid.Int64Range(-9, 9)), 1, 300)
		wide := any64.Draw(t, "wide")
		encoded, err := parquet.DeltaBinaryPacked.EncodeInt64(nil, wide)
		require.NoError(t, err)
		got := make([]int64, len(wide))
		rest, err := decodeDeltas(got, append(encoded, 7, 7))
		require.NoError(t, err)
		require.Equal(t, wide, got)
		require.Equal(t, []byte{7, 7}, rest)

		bits := rapid.UintRange(1, 31).Draw(t, "bits")
		indexes := rapid.SliceOfN(rapid.Int32Range(0, 1<<bits-1), 1, 300).Draw(t, "indexes")
		encoded, err = parquet.RLEDictionary.EncodeInt32(nil, indexes)
		require.NoError(t, err)
		narrow := make([]uint32, len(indexes))
		require.NoError(t, decodeRuns(narrow, encoded[1:], uint(encoded[0])))
		for i, v := range indexes {
			require.Equal(t, uint32(v), narrow[i])
		}
	})
}

func TestDecodeDeltasRefuses(t *testing.T) {
	good, err := parquet.DeltaBinaryPacked.EncodeInt64(nil, []int64{5, 7, 1, 1 << 40})
	require.NoError(t, err)
	for _, tc := range []struct {
		name string
		data []byte
		want string
	}{
		{"another number of values", append([]byte{good[0], good[1], good[2], 9}, good[4:]...), "9 deltas for 4 values"},
		{"no miniblocks", []byte{0x80, 1, 0, 4, 0}, "blocks of deltas of a size that cannot be"},
		{"no block", []byte{0, 1, 4, 0}, "blocks of deltas of a size that cannot be"},
		{"a block of 2^63", append(binary.AppendUvarint(nil, 1<<63), 1, 4, 0), "blocks of deltas of a size that cannot be"},
		{"an odd block", []byte{130, 1, 4, 4, 0}, "blocks of deltas of a size that cannot be"},
		{"wide deltas", []byte{0x80, 1, 4, 4, 0, 0, 65, 0, 0, 0}, "deltas of 65 bits"},
		{"cut", good[:len(good)/8], errShort.Error()},
		{"nothing", nil, errShort.Error()},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := decodeDeltas(make([]int64, 4), tc.data)
			require.ErrorContains(t, err, tc.want)
		})
	}
}
