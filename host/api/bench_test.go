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

// BenchmarkEndToEnd is one request as a client sees it: net/http's client,
// one kept connection on the loopback, the answer read to its end.
func BenchmarkEndToEnd(b *testing.B) {
	s := serve(b, demotest.NewServingBoard(b, nil).Board, defaultLimits, nil)
	for _, bc := range []struct{ name, method, path, body string }{
		{"get_book_of_30", http.MethodGet, "/signals", ""},
		{"generate_5", http.MethodPost, generatePath, `{"symbols":["AAPL","AMZN","GOOGL","MSFT","TSLA"]}`},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r := s.do(bc.method, bc.path, bc.body); r.StatusCode != http.StatusOK {
					b.Fatalf("%s", r.body)
				}
			}
		})
	}
}
