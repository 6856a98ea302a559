package rule

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tetratelabs/wazero/api"

	"edgesignal/host/text"
)

// The caps on what one call may log. What is over them is counted, not kept.
const (
	MaxLines     = 32
	MaxLineBytes = 1 << 10
	MaxLogBytes  = 8 << 10
)

// Level says how much a log line matters.
type Level int32

// The levels of host.log. A level that does not exist is Info.
const (
	LevelDebug Level = iota
	LevelInfo
	LevelWarn
	LevelError
)

// Line is one line that a rule logged: valid UTF-8 without control characters.
type Line struct {
	Level Level
	Text  string
}

// callLog keeps what a guest logs during one call.
type callLog struct {
	lines   []Line
	bytes   int
	dropped int
	partial []byte // written to fd 1 or 2 and not ended by a newline yet
}

func (l *callLog) reset() {
	l.lines, l.bytes, l.dropped, l.partial = nil, 0, 0, l.partial[:0]
}

// full reports whether no further line would be kept.
func (l *callLog) full() bool { return len(l.lines) >= MaxLines || l.bytes >= MaxLogBytes }

// add keeps one line, cut to MaxLineBytes and to what MaxLogBytes has left.
func (l *callLog) add(level int32, text []byte) {
	if l.full() {
		l.dropped++
		return
	}
	line := Line{Level: Level(level), Text: tidy(text, min(MaxLineBytes, MaxLogBytes-l.bytes))}
	if line.Level < LevelDebug || line.Level > LevelError {
		line.Level = LevelInfo
	}
	l.bytes += len(line.Text)
	l.lines = append(l.lines, line)
}

// write takes what a guest writes to fd 1 or 2 and keeps a line at each newline.
func (l *callLog) write(b []byte) {
	for len(b) > 0 {
		if l.full() { // whatever follows will not be kept
			l.dropped++
			l.partial = l.partial[:0]
			return
		}
		line, rest, ended := bytes.Cut(b, []byte("\n"))
		room := max(0, MaxLineBytes+utf8.UTFMax-len(l.partial))
		l.partial = append(l.partial, line[:min(len(line), room)]...)
		if ended {
			l.end()
		}
		b = rest
	}
}

func (l *callLog) end() {
	l.add(int32(LevelInfo), l.partial)
	l.partial = l.partial[:0]
}

// take ends the line that is being written and gives all lines away.
func (l *callLog) take() (lines []Line, dropped int) {
	if len(l.partial) > 0 {
		l.end()
	}
	lines, dropped = l.lines, l.dropped
	l.reset()
	return lines, dropped
}

// tidy makes a line valid UTF-8 of at most limit bytes, with a space for each
// control character, so that a line stays a line wherever it is shown.
func tidy(line []byte, limit int) string {
	line = line[:min(len(line), limit+utf8.UTFMax)] // whole characters up to limit, without looking at the rest
	s := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r // an invalid byte comes as U+FFFD and leaves as it
	}, string(line))
	return text.Prefix(s, limit)
}

// hostLog is host.log(level, ptr, len).
func hostLog(ctx context.Context, mod api.Module, stack []uint64) {
	h := hostOf(ctx)
	level, ptr, size := int32(stack[0]), uint32(stack[1]), uint32(stack[2])
	h.charge(hostCallFuel + int(min(size, MaxLineBytes)))
	text, ok := mod.Memory().Read(ptr, size)
	if !ok {
		panic(fmt.Errorf("host.log: %d bytes at %d are not all in the memory", size, ptr))
	}
	h.log.add(level, text)
}
