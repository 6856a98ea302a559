package registry

import (
	"errors"
	"fmt"
	"time"
)

// Host is one running process that serves, as it says itself.
type Host struct {
	Name    string    // "name:port"
	Started time.Time // UTC, milliseconds, by the host's own clock: another start is another process
	Version string    // of the program

	// What the database adds.
	Seen   time.Time     // when it last said so, UTC, by the database's clock
	Silent time.Duration // since Seen, by the same clock, when Hosts was asked; not below 0
}

// ForgetAfter is how long a host that fell silent without a word stays known.
const ForgetAfter = 24 * time.Hour

// Prepare returns what every back end does to a host before it stores it: it
// checks h and returns it with Started in UTC and whole milliseconds, and
// without what the database adds. The error names the field.
func (h Host) Prepare() (Host, error) {
	if err := h.check(); err != nil {
		return Host{}, fmt.Errorf("host %q: %w", h.Name, err)
	}
	return Host{Name: h.Name, Started: h.Started.UTC().Truncate(time.Millisecond), Version: h.Version}, nil
}

func (h *Host) check() error {
	if h.Started.IsZero() {
		return errors.New("started is not set")
	}
	return checkFields(
		field{"name", h.Name, true, true},
		field{"version", h.Version, false, true},
	)
}
