package rule

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

func TestParams(t *testing.T) {
	p := ParseParams(` { "a" : 1.5e1 , "b" : true, "c":false,"d":"x\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00","e":null,"f":{"a":2,"g":"}"},"h":[3,{"a":4}], "i":"","e\"":9 } `)
	number := func(key string) any { v, err := p.Number(key, -1); return either(v, err) }
	boolean := func(key string) any { v, err := p.Bool(key, true); return either(v, err) }
	text := func(key string) any { v, err := p.Text(key, "-"); return either(v, err) }
	tests := []struct {
		name      string
		got, want any
	}{
		{"a number", number("a"), 15.0},
		{"a number behind all others", ParseParams(`{"a":[],"b":-2.5}`).mustNumber("b"), -2.5},
		{"no such number", number("z"), -1.0},
		{"a key inside another value", number("g"), -1.0},
		{"true is no number", number("b"), "b is not a number"},
		{"null is no number", number("e"), "e is not a number"},
		{"a text is no number", number("d"), "d is not a number"},
		{"true", boolean("b"), true},
		{"false", boolean("c"), false},
		{"no such bool", boolean("z"), true},
		{"null is no bool", boolean("e"), "e is not true or false"},
		{"a text", text("d"), "x\"\\/\b\f\n\r\té😀"},
		{"an empty text", text("i"), ""},
		{"no such text", text("z"), "-"},
		{"an object is no text", text("f"), "f is not a text"},
		{"the whole", p.JSON()[:3], " { "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, tt.got) })
	}
}

func (p Params) mustNumber(key string) any { v, err := p.Number(key, 0); return either(v, err) }

func either(v any, err error) any {
	if err != nil {
		return err.Error()
	}
	return v
}

func TestNumberTakesOnlyJSON(t *testing.T) {
	for _, value := range []string{"inf", "-Inf", "nan", "0x1p-2", "1_000", "1e999", "", "-", "infinity"} {
		_, err := ParseParams(`{"a":`+value+`}`).Number("a", 0)
		require.Error(t, err, value)
	}
}

func TestDamagedTexts(t *testing.T) {
	for _, value := range []string{`"`, `"a`, `"\`, `"\"`, `"\u12"`, `"\u12G4"`, `"\x"`, `a"`} {
		_, err := ParseParams(`{"a":`+value+`}`).Text("a", "")
		require.Error(t, err, value)
	}
}

// Every value that encoding/json reads is read here to the same; nothing of
// what it refuses makes the reader panic.
func FuzzParams(f *testing.F) {
	for _, seed := range []string{
		`{"a":1,"b":true,"c":"x"}`, `{"a":{"b":[1,"}"]},"b":false}`, `{"c":"\ud83d\ude00\ud83dx\u0041"}`, `{"a":0.1e-7,"c":"]"}`, `{`, `{"a"`, `{"a":`, `[]`, `{"a":1,}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := ParseParams(text)
		keys := []string{"a", "b", "c", ""}
		var object map[string]any
		valid := json.Unmarshal([]byte(text), &object) == nil && object != nil && distinctPlainKeys(text, object) && strings.ToValidUTF8(text, "") == text
		for _, key := range keys {
			number, numberErr := p.Number(key, math.Pi)
			boolean, boolErr := p.Bool(key, true)
			word, textErr := p.Text(key, "?")
			if !valid {
				continue
			}
			want, there := object[key]
			if !there {
				require.Equal(t, []any{math.Pi, true, "?"}, []any{number, boolean, word})
				continue
			}
			switch want := want.(type) {
			case float64:
				require.NoError(t, numberErr)
				require.Equal(t, want, number)
			case bool:
				require.NoError(t, boolErr)
				require.Equal(t, want, boolean)
			case string:
				require.NoError(t, textErr)
				require.Equal(t, want, word)
			default:
				require.Error(t, errors.Join(numberErr, boolErr, textErr))
			}
		}
	})
}

// distinctPlainKeys returns what the host promises of the keys: each once. One that
// is written with an escape is none that this reader looks for.
func distinctPlainKeys(text string, object map[string]any) bool {
	dec := json.NewDecoder(strings.NewReader(text))
	if _, err := dec.Token(); err != nil {
		return false
	}
	n := 0
	for dec.More() {
		if _, err := dec.Token(); err != nil {
			return false
		}
		var skip json.RawMessage
		if err := dec.Decode(&skip); err != nil {
			return false
		}
		n++
	}
	return n == len(object) && !strings.Contains(strings.ReplaceAll(text, `\\`, ""), `\u00`)
}

// Buffers do not meet, whether they come from the reserve or not.
func TestAlloc(t *testing.T) {
	type span struct{ from, to uintptr }
	var given []span
	for _, size := range []uint32{2, 0, 100_000, 8, 200_000, 7, 300_000, 9, 100_000} {
		at := uintptr(alloc(size))
		require.Zero(t, at%8)
		s := span{at, at + uintptr(size)}
		for _, g := range given {
			require.True(t, s.to <= g.from || g.to <= s.from, "%v meets %v", s, g)
		}
		given = append(given, s)
	}
	require.NotEmpty(t, kept)
}

func TestExports(t *testing.T) {
	type scaled struct{ by float64 }
	Register(func(p Params) (scaled, error) {
		by, err := p.Number("by", 1)
		return scaled{by}, err
	}, func(s scaled, in Input, weights []float64) error {
		switch s.by {
		case 0:
			return Fail(7, "by nothing")
		case -1:
			return Fail(0, "never a success")
		case -2:
			return errors.New("another error")
		}
		for i := range weights {
			weights[i] = s.by*in.Predictions[i] + float64(100*in.Ranks[i]) + float64(10_000*in.Columns[0][i])
		}
		return nil
	})
	t.Cleanup(func() { registered, configured = nil, nil })
	marker()

	call := func(params string) ([]float64, int32, int32) {
		json := alloc(uint32(len(params)))
		copy(unsafe.Slice((*byte)(json), len(params)), params)
		in, out := alloc(8*3*2), alloc(8*2)
		for _, p := range []unsafe.Pointer{json, in, out} {
			require.Zero(t, uintptr(p)%8)
		}
		copy(unsafe.Slice((*float64)(in), 6), []float64{1, 2, 3, 4, 5, 6})
		weights := unsafe.Slice((*float64)(out), 2)
		if status := ruleConfigure(json, uint32(len(params))); status != 0 {
			return weights, status, 0
		}
		return weights, 0, ruleConstruct(2, 3, in, out)
	}
	tests := []struct {
		params               string
		configure, construct int32
		weights              []float64
	}{
		{`{}`, 0, 0, []float64{50301, 60402}},
		{`{"by":2}`, 0, 0, []float64{50302, 60404}},
		{`{"by":0}`, 0, 7, []float64{0, 0}},
		{`{"by":-1}`, 0, -1, []float64{0, 0}},
		{`{"by":-2}`, 0, 1, []float64{0, 0}},
		{`{"by":"2"}`, 1, 0, []float64{0, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.params, func(t *testing.T) {
			weights, configure, construct := call(tt.params)
			require.Equal(t, []int32{tt.configure, tt.construct}, []int32{configure, construct})
			require.Equal(t, tt.weights, weights)
		})
	}
}
