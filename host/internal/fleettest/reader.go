package fleettest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// everySoOften makes 50 questions a second.
const everySoOften = 20 * time.Millisecond

// Reader asks the fleet's hosts in turn, 50 times a second, and checks each
// answer.
type Reader struct {
	f    *Fleet
	stop context.CancelFunc
	done sync.WaitGroup

	mu      sync.Mutex
	answers map[string]int // by version
	wrong   []error
}

// Read starts a reader; it ends with t, which fails when an answer failed or
// was wrong. Hosts that were killed or stopped are not asked.
func (f *Fleet) Read(t testing.TB) *Reader {
	ctx, stop := context.WithCancel(context.Background())
	r := &Reader{f: f, stop: stop, answers: map[string]int{}}
	r.done.Go(func() {
		tick := time.NewTicker(everySoOften)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				r.ask(f.Hosts[i%len(f.Hosts)])
			}
		}
	})
	t.Cleanup(func() { r.End(t) })
	return r
}

// End stops it, and fails t when an answer failed or was wrong.
func (r *Reader) End(t testing.TB) {
	t.Helper()
	r.stop()
	r.done.Wait()
	r.Check(t)
}

// Check fails t when an answer failed or was wrong so far.
func (r *Reader) Check(t testing.TB) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	require.NoError(t, errors.Join(r.wrong...))
}

// Answers returns how many answers came from a version so far; "" = from all.
func (r *Reader) Answers(version string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for v, count := range r.answers {
		if version == "" || version == v {
			n += count
		}
	}
	return n
}

// Some waits until so many more answers came.
func (r *Reader) Some(n int) {
	r.f.t.Helper()
	n += r.Answers("")
	r.f.await("more answers", func() bool { return r.Answers("") >= n })
}

func (r *Reader) ask(h *Host) {
	if !h.asked.TryRLock() {
		return
	}
	defer h.asked.RUnlock()
	if !h.open {
		return
	}
	q := r.f.books.question()
	version, err := h.answer(q)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers[version]++
	if err != nil && len(r.wrong) < 5 {
		r.wrong = append(r.wrong, fmt.Errorf("host %s, %v: %w", h.Name, q, err))
	}
}

// FirstAnswer asks until a right answer comes, and gives its version. Only a
// host that answers nothing yet, or that it is not ready, is asked again.
func (h *Host) FirstAnswer() (version string) {
	h.f.t.Helper()
	h.f.await("the first answer of host "+h.Name, func() bool {
		var early *notYet
		var err error
		if version, err = h.answer(h.f.books.question()); !errors.As(err, &early) {
			require.NoError(h.f.t, err)
		}
		return err == nil
	})
	return version
}

// notYet is the failure of a host that has only just started.
type notYet struct{ error }

// answer asks a host and checks what it says.
func (h *Host) answer(q question) (version string, err error) {
	var r *http.Response
	if q.symbols == nil {
		r, err = h.f.client.Get(h.url + "/signals?as_of_date=" + q.date)
	} else {
		var body []byte
		if body, err = json.Marshal(map[string]any{"symbols": q.symbols, "as_of_date": q.date}); err == nil {
			r, err = h.f.client.Post(h.url+"/api/v1/signals/generate", "application/json", bytes.NewReader(body))
		}
	}
	if err != nil {
		return "", &notYet{err}
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	switch {
	case err != nil:
		return "", err
	case r.StatusCode == http.StatusServiceUnavailable:
		return "", &notYet{fmt.Errorf("not ready: %s", text)}
	case r.StatusCode != http.StatusOK:
		return "", fmt.Errorf("status %d: %s", r.StatusCode, text)
	}
	return h.f.books.check(q, text)
}

// question returns one of a few days, every other over some symbols alone.
func (b *books) question() question {
	q := question{date: b.dates[len(b.dates)-1-10*rand.IntN(4)]}
	if rand.IntN(2) == 0 {
		q.symbols = []string{"AAPL", "BAC", "CVX", "GE", "HD", "JPM", "KO", "MRK"}
	}
	return q
}
