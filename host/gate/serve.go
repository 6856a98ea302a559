package gate

import (
	"context"
	"encoding/gob"
	"errors"
	"io"
	"os"

	"edgesignal/host/release"
)

// childEnv is set in a child, and in nothing else.
const childEnv = "EDGESIGNAL_GATE_CHILD"

// ServeIfChild does a child's work and ends the process, where this process
// was started as a child. It is the first thing that main does.
func ServeIfChild() {
	if os.Getenv(childEnv) == "" {
		return
	}
	if err := serve(os.Stdin, os.Stdout); err != nil {
		_, _ = os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	os.Exit(0)
}

// serve reads one order and answers it with notes.
func serve(in io.Reader, out io.Writer) error {
	enc := gob.NewEncoder(out)
	o, err := receive(in)
	if err != nil {
		return enc.Encode(note{Failed: err.Error()})
	}
	if o.Ping {
		return enc.Encode(note{Verdict: &Verdict{}})
	}
	v, err := check(context.Background(), o.Job, o.Rule, func(step string) error { return enc.Encode(note{Step: step}) })
	var rejected *release.Rejection
	switch {
	case err == nil:
		return enc.Encode(note{Verdict: v})
	case errors.As(err, &rejected):
		return enc.Encode(note{Rejected: rejected})
	}
	return enc.Encode(note{Failed: err.Error()})
}
