package check

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"edgesignal/host/durable"
	"edgesignal/host/market"
)

// Gate judges each market of one source before it serves, beside the one that
// served last. What that was survives the process: else the first
// market after a restart, of 1 of 30 files, had nothing that it could be held
// against. Methods may be called from any goroutine.
type Gate struct {
	limits Limits
	source market.Source
	file   string // of the roster, "" = it is kept in memory alone
	of     string // what the source is called

	mu      sync.Mutex
	last    *roster
	judged  map[string]*Report // by revision: what may begin to serve
	serving *Report
	refused *Report
	waiting []market.Date
	passed  time.Time
}

// roster is what served last.
type roster struct {
	Format   int
	Source   string
	Run      market.Date
	Revision string
	Symbols  []string // sorted
}

const (
	rosterFile   = "served.json"
	rosterFormat = 1
	maxRoster    = 16 << 20 // bytes
)

// NewGate returns the gate of a source, which is called of. dir is where the
// list of what served last is kept, made where it is missing; "" = nowhere. A
// list of another source, or one that cannot be read, is not used; then
// damaged says why.
func NewGate(source market.Source, of, dir string, limits Limits) (g *Gate, damaged error) {
	g = &Gate{limits: limits, source: source, of: of, judged: map[string]*Report{}}
	if dir == "" {
		return g, nil
	}
	g.file = filepath.Join(dir, rosterFile)
	last, err := readRoster(g.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return g, fmt.Errorf("%s, the list of the symbols that served last: %w", g.file, err)
	case last.Source == of:
		g.last = last
	}
	return g, nil
}

func readRoster(name string) (*roster, error) {
	info, err := os.Lstat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	case info.Size() > maxRoster:
		return nil, fmt.Errorf("it has more than %d bytes", maxRoster)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	last := &roster{}
	switch err := json.Unmarshal(b, last); {
	case err != nil:
		return nil, errors.New("it is not the JSON that this program writes")
	case last.Format != rosterFormat:
		return nil, fmt.Errorf("format %d, this program reads %d", last.Format, rosterFormat)
	case !slices.IsSorted(last.Symbols):
		return nil, errors.New("its symbols are not sorted")
	}
	return last, nil
}

// Check returns a *Refusal for a market that must not serve, else nil. Where nothing
// served yet, what counts is the list of the run before that one.
func (g *Gate) Check(ctx context.Context, m *market.Market) error {
	g.mu.Lock()
	last := g.last
	g.mu.Unlock()
	var before []string
	if last != nil {
		before = last.Symbols
	} else if l, err := g.source.List(ctx, m.RunDate); err == nil {
		before = l.Symbols()
	} else if !errors.Is(err, market.ErrNoRun) {
		return err
	}
	r := Of(m, before, g.limits)
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := r.Err(); err != nil {
		return err
	}
	g.judged[m.Revision] = r
	return nil
}

// Doubts reports whether a market that may serve lacks symbols that served last, or
// files that SHA256SUMS names.
func (g *Gate) Doubts(m *market.Market) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.judged[m.Revision]
	return r != nil && r.Missing+r.Failures[market.Missing]+r.Failures[market.OtherDigest] > 0
}

// Serves notes that a market serves now. Its error says that a start of this
// host would hold the next market against an older list.
func (g *Gate) Serves(m *market.Market) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.serving = g.judged[m.Revision]; g.serving == nil {
		g.serving = Of(m, nil, g.limits) // it served before
	}
	clear(g.judged)
	last := &roster{rosterFormat, g.of, m.RunDate, m.Revision, m.Symbols()}
	if g.last != nil && g.last.Revision == last.Revision {
		return nil
	}
	g.last = last
	if g.file == "" {
		return nil
	}
	b, err := json.Marshal(last)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(g.file), 0o700); err != nil {
		return err
	}
	return durable.Replace(g.file, 0o600, func(w io.Writer) error { _, err := w.Write(b); return err })
}

// Told notes how it goes with the newest run, as a market.Refresher says it.
func (g *Gate) Told(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var refusal *Refusal
	g.refused = nil
	if errors.As(err, &refusal) {
		g.refused = refusal.Report
	}
}

// Waits notes which newer runs wait for their _SUCCESS file.
func (g *Gate) Waits(runs []market.Date) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = runs
}

// Passed notes that a look at the source ended.
func (g *Gate) Passed() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.passed = time.Now()
}

// State is what the gate has seen.
type State struct {
	Serving *Report       // of what serves, nil = nothing does
	Refused *Report       // of the newest run, where it must not serve; nil = it may, or cannot be had
	Waiting []market.Date // newer runs that wait for their _SUCCESS file, newest first
	Passed  time.Time     // when the last look at the source ended; zero = none has
}

// State returns what the gate has seen. A nil gate has seen nothing.
func (g *Gate) State() State {
	if g == nil {
		return State{}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return State{g.serving, g.refused, g.waiting, g.passed}
}
