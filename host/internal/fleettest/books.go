package fleettest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"edgesignal/artifacts"
	"edgesignal/host/internal/demotest"
)

// books are what releases must answer: LightGBM's own predictions, and the
// stock rule in plain Go over them.
type books struct {
	predictions map[string]map[string]map[string]float64 // by release of the demo, date, symbol
	dates       []string

	mu      sync.Mutex
	bases   map[string]string          // by version: the release of the demo that it answers as
	digests map[string]string          // by version, as first seen
	seen    map[string]json.RawMessage // by version and question: the signals once they were found right
}

func newBooks(t testing.TB) *books {
	t.Helper()
	b := &books{
		predictions: map[string]map[string]map[string]float64{}, bases: map[string]string{}, digests: map[string]string{}, seen: map[string]json.RawMessage{},
	}
	for _, r := range artifacts.Releases() {
		b.predictions[r.Version] = demotest.Predictions(t, r.Version)
		b.dates = slices.Sorted(maps.Keys(b.predictions[r.Version]))
	}
	return b
}

func (b *books) add(version, base string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bases[version] = base
}

func (b *books) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.bases)
}

// question is one that the reader asks: a book of a day, over all symbols
// where it names none.
type question struct {
	date    string
	symbols []string // ascending
}

// answer is as the contract has it.
type answer struct {
	Signals  json.RawMessage
	Metadata struct {
		ModelVersion string `json:"model_version"`
		Release      string
		DataAsOf     string `json:"data_as_of"`
	}
}

type line struct {
	Symbol          string
	PredictedReturn float64 `json:"predicted_return"`
	Rank            int
	TargetWeight    float64 `json:"target_weight"`
}

// check returns what is wrong with an answer, nil = nothing.
func (b *books) check(q question, body []byte) (version string, err error) {
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return "", err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	version = a.Metadata.ModelVersion
	base, ok := b.bases[version]
	if !ok {
		return version, fmt.Errorf("version %q was never published", version)
	}
	if b.digests[version] == "" {
		b.digests[version] = a.Metadata.Release
	}
	if a.Metadata.Release != b.digests[version] || a.Metadata.Release == "" {
		return version, fmt.Errorf("version %s is %q, and was %q: not one release", version, a.Metadata.Release, b.digests[version])
	}
	if a.Metadata.DataAsOf != q.date {
		return version, fmt.Errorf("data as of %s", a.Metadata.DataAsOf)
	}
	key := version + " " + fmt.Sprint(q)
	if seen, ok := b.seen[key]; ok && string(seen) == string(a.Signals) {
		return version, nil
	}
	var got []line
	if err := json.Unmarshal(a.Signals, &got); err != nil {
		return version, err
	}
	if want := b.book(base, q); !slices.Equal(got, want) {
		return version, fmt.Errorf("version %s at %s: got %v, want %v", version, q.date, got, want)
	}
	b.seen[key] = a.Signals
	return version, nil
}

// book returns what a release of the demo answers.
func (b *books) book(base string, q question) (lines []line) {
	predicted := b.predictions[base][q.date]
	symbols := q.symbols
	if symbols == nil {
		symbols = slices.Sorted(maps.Keys(predicted))
	}
	weights := demotest.TopBottom(symbols, predicted, 3, 3)
	var distinct []float64
	for _, s := range symbols {
		lines = append(lines, line{Symbol: s, PredictedReturn: predicted[s], TargetWeight: weights[s]})
		distinct = append(distinct, predicted[s])
	}
	slices.Sort(distinct)
	distinct = slices.Compact(distinct)
	for i := range lines {
		at, _ := slices.BinarySearch(distinct, lines[i].PredictedReturn)
		lines[i].Rank = len(distinct) - at
	}
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Symbol, b.Symbol))
	})
	return lines
}
