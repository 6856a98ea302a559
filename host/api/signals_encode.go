package api

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"edgesignal/host/decimal"
	"edgesignal/host/live"
	"edgesignal/host/signal"
)

// appendBook writes the JSON of newSignalsAnswer, byte for byte, without
// reflection: books are most of what this host sends.
func appendBook(b []byte, snap *live.Snapshot, book *signal.Answer, now time.Time, stale bool) []byte {
	// A line takes some 100 bytes, so that b grows once.
	b = slices.Grow(b, 512+112*book.Len()+64*len(book.Excluded))
	b = append(b, `{"signals":[`...)
	for i := range book.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		l := book.Signal(i)
		b = appendSymbol(b, l.Symbol)
		b = append(append(b, `,"predicted_return":`...), l.Decimal...)
		b = strconv.AppendInt(append(b, `,"rank":`...), int64(l.Rank), 10)
		b = decimal.Append(append(b, `,"target_weight":`...), l.TargetWeight)
		b = append(b, '}')
	}
	m := &snap.Release.Manifest
	b = appendString(append(b, `],"metadata":{"strategy":`...), m.Strategy)
	b = appendString(append(b, `,"model_version":`...), m.Version)
	b = appendString(append(b, `,"release":`...), snap.Release.Digest)
	b = appendString(append(b, `,"generated_at":`...), instant(now))
	b = appendString(append(b, `,"as_of_date":`...), book.Inputs.AsOf.String())
	b = appendString(append(b, `,"data_as_of":`...), book.Inputs.DataAsOf.String())
	b = strconv.AppendInt(append(b, `,"num_symbols":`...), int64(book.Len()), 10)
	b = appendString(append(b, `,"market_revision":`...), snap.Market.Revision)
	b = append(b, `,"excluded":[`...)
	for i, x := range book.Excluded {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendSymbol(b, x.Symbol)
		b = appendString(append(b, `,"reason":`...), string(x.Reason))
		b = append(b, '}')
	}
	b = append(b, ']')
	if stale {
		b = append(b, `,"stale":true`...)
	}
	return append(b, "}}\n"...)
}

// appendSymbol begins an object with a symbol. Every character that a symbol
// may have stands for itself in JSON: see market.CanonicalSymbol.
func appendSymbol(b []byte, symbol string) []byte {
	return append(append(append(b, `{"symbol":"`...), symbol...), '"')
}

// appendString writes s as a JSON string, as encoded does.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			text, err := encoded(s)
			if err != nil { // no string is refused
				panic(err)
			}
			return append(b, bytes.TrimSuffix(text, []byte("\n"))...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}
