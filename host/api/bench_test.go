package api

import (
	"net/http"
	"testing"

	"edgesignal/host/internal/demotest"
)

// The benchmarks go through the whole handler: routing, features, model, rule
// and JSON, without a socket.

func BenchmarkGetBook(b *testing.B) {
	s := serve(b, demotest.NewServingBoard(b, nil).Board, defaultLimits, nil)
	b.ReportAllocs()
	for b.Loop() {
		if r := ask(s, http.MethodGet, "/signals", "", nil); r.StatusCode != http.StatusOK {
			b.Fatalf("%s", r.body)
		}
	}
}

func BenchmarkGenerateFive(b *testing.B) {
	s := serve(b, demotest.NewServingBoard(b, nil).Board, defaultLimits, nil)
	body := []byte(`{"symbols":["AAPL","MSFT","TSLA","NVDA","JPM"],"top_n":2,"bottom_n":2}`)
	b.ReportAllocs()
	for b.Loop() {
		if r := ask(s, http.MethodPost, generatePath, "application/json", body); r.StatusCode != http.StatusOK {
			b.Fatalf("%s", r.body)
		}
	}
}

func BenchmarkHealth(b *testing.B) {
	s := serve(b, demotest.NewServingBoard(b, nil).Board, defaultLimits, nil)
	b.ReportAllocs()
	for b.Loop() {
		if r := ask(s, http.MethodGet, "/health", "", nil); r.StatusCode != http.StatusOK {
			b.Fatalf("%s", r.body)
		}
	}
}
