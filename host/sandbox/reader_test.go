package sandbox_test

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/host/sandbox"
)

func TestUint32(t *testing.T) {
	tests := []struct {
		name  string
		bytes []byte
		want  uint32
		err   string
	}{
		{"0", []byte{0}, 0, ""},
		{"127", []byte{0x7f}, 127, ""},
		{"128", []byte{0x80, 1}, 128, ""},
		{"padded 0", []byte{0x80, 0x80, 0x80, 0x80, 0}, 0, ""},
		{"largest", []byte{0xff, 0xff, 0xff, 0xff, 0x0f}, math.MaxUint32, ""},
		{"33 bits", []byte{0xff, 0xff, 0xff, 0xff, 0x1f}, 0, "byte 0: a number of more than 32 bits"},
		{"6 bytes", []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0}, 0, "a number of more than 32 bits"},
		{"nothing", nil, 0, "byte 0: the bytes end too early"},
		{"no last byte", []byte{0x80, 0x80}, 0, "byte 2: the bytes end too early"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := sandbox.NewReader(tt.bytes)
			got, err := r.Uint32()
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
			require.Zero(t, r.Left())
		})
	}
}

func TestSigned(t *testing.T) {
	tests := []struct {
		name  string
		width int
		bytes []byte
		want  int64
		err   string
	}{
		{"-1", 32, []byte{0x7f}, -1, ""},
		{"63", 32, []byte{0x3f}, 63, ""},
		{"-64", 33, []byte{0x40}, -64, ""},
		{"64", 64, []byte{0xc0, 0}, 64, ""},
		{"padded -1", 32, []byte{0xff, 0xff, 0xff, 0xff, 0x7f}, -1, ""},
		{"least of 32 bits", 32, []byte{0x80, 0x80, 0x80, 0x80, 0x78}, math.MinInt32, ""},
		{"most of 32 bits", 32, []byte{0xff, 0xff, 0xff, 0xff, 0x07}, math.MaxInt32, ""},
		{"most of 33 bits", 33, []byte{0xff, 0xff, 0xff, 0xff, 0x0f}, math.MaxUint32, ""},
		{"least of 64 bits", 64, []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f}, math.MinInt64, ""},
		{"unused bits unlike the sign", 32, []byte{0xff, 0xff, 0xff, 0xff, 0x4f}, 0, "a signed number of more than 32 bits"},
		{"2^31", 32, []byte{0x80, 0x80, 0x80, 0x80, 0x08}, 0, "more than 32 bits"},
		{"2^32 in 33 bits", 33, []byte{0x80, 0x80, 0x80, 0x80, 0x10}, 0, "more than 33 bits"},
		{"2^63", 64, []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}, 0, "more than 64 bits"},
		{"6 bytes", 32, []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0}, 0, "more than 32 bits"},
		{"no last byte", 64, []byte{0x80}, 0, "byte 1: the bytes end too early"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := sandbox.NewReader(tt.bytes)
			got, err := r.Signed(tt.width)
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
			require.Zero(t, r.Left())
		})
	}
}

// signedBytes returns v as the shortest signed LEB128.
func signedBytes(v int64) (out []byte) {
	for {
		b := byte(v & 0x7f)
		v >>= 7
		if v == 0 && b < 0x40 || v == -1 && b >= 0x40 {
			return append(out, b)
		}
		out = append(out, b|0x80)
	}
}

func TestNumbersComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := rapid.Uint32().Draw(t, "unsigned")
		r := sandbox.NewReader(binary.AppendUvarint(nil, uint64(u)))
		got, err := r.Uint32()
		require.NoError(t, err)
		require.Equal(t, u, got)

		width := rapid.SampledFrom([]int{32, 33, 64}).Draw(t, "width")
		v := rapid.Int64().Draw(t, "signed")
		r = sandbox.NewReader(signedBytes(v))
		back, err := r.Signed(width)
		if v<<(64-width)>>(64-width) != v {
			require.ErrorContains(t, err, "a signed number of more than")
			return
		}
		require.NoError(t, err)
		require.Equal(t, v, back)
	})
}
