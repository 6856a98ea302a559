package fleettest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The reader is worth what it would notice.
func TestWhatAReaderNotices(t *testing.T) {
	all := question{date: "2024-12-31"}
	some := question{date: "2024-12-31", symbols: []string{"AAPL", "BAC", "CVX", "GE", "HD", "JPM", "KO", "MRK"}}
	right := func(b *books, q question) string {
		type out struct {
			Symbol          string  `json:"symbol"`
			PredictedReturn float64 `json:"predicted_return"`
			Rank            int     `json:"rank"`
			TargetWeight    float64 `json:"target_weight"`
		}
		var lines []out
		for _, l := range b.book("v1.0.0", q) {
			lines = append(lines, out(l))
		}
		text, err := json.Marshal(lines)
		require.NoError(t, err)
		return `{"signals":` + string(text) + `,"metadata":{"model_version":"v1.0.0","release":"sha256:a","data_as_of":"2024-12-31"}}`
	}
	swap := func(old, with string) func(string) string {
		return func(text string) string { return strings.Replace(text, old, with, 1) }
	}
	for _, c := range []struct {
		name  string
		q     question
		wrong func(string) string // nil = right
		says  string
	}{
		{name: "all symbols", q: all},
		{name: "some symbols", q: some},
		{name: "the last bit of a prediction", q: all, wrong: swap("0.004840084217800159,", "0.0048400842178001596,"), says: "want"},
		{name: "a weight", q: all, wrong: swap(`"target_weight":0.3333333333333333`, `"target_weight":0.25`), says: "want"},
		{name: "a rank", q: some, wrong: swap(`"rank":2`, `"rank":3`), says: "want"},
		{name: "another book", q: some, wrong: func(string) string { return right(newBooks(t), all) }, says: "want"},
		{name: "a version of nobody's", q: all, wrong: swap(`"v1.0.0"`, `"v9"`), says: "never published"},
		{name: "the name of another release", q: all, wrong: swap(`"v1.0.0"`, `"v1.1.0"`), says: "want"},
		{name: "other parameters", q: all, wrong: swap("sha256:a", "sha256:b"), says: "not one release"},
		{name: "another day", q: all, wrong: swap(`"data_as_of":"2024-12-31"`, `"data_as_of":"2024-12-30"`), says: "data as of"},
		{name: "half an answer", q: all, wrong: func(text string) string { return text[:len(text)/2] }, says: "unexpected end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBooks(t)
			b.add("v1.0.0", "v1.0.0")
			b.add("v1.1.0", "v1.1.0")
			text := right(b, c.q)
			for range 2 { // the second time from what it remembers
				version, err := b.check(c.q, []byte(text))
				require.NoError(t, err)
				require.Equal(t, "v1.0.0", version)
			}
			if c.wrong != nil {
				wrong := c.wrong(text)
				require.NotEqual(t, text, wrong)
				_, err := b.check(c.q, []byte(wrong))
				require.ErrorContains(t, err, c.says)
			}
		})
	}
}
