package main

import (
	"context"
	"fmt"
	"io"
	"time"
)

// step is one named part of a subcommand.
type step struct {
	name string
	do   func(context.Context) error
	// notRun is set instead of do where a fact of this machine leaves nothing
	// to run, and says which. What could be installed is never such a fact.
	notRun string
}

// runSteps runs the steps in order, prints each as it starts and its duration
// when it ends, and stops at the first failure with an error that names it.
func runSteps(ctx context.Context, w io.Writer, steps ...step) error {
	start := time.Now()
	done := 0
	for _, s := range steps {
		if s.notRun != "" {
			fmt.Fprintf(w, "=== %s: not run: %s\n", s.name, s.notRun)
			continue
		}
		fmt.Fprintf(w, "=== %s\n", s.name)
		begun := time.Now()
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("step %q failed after %s: %w", s.name, took(begun), err)
		}
		fmt.Fprintf(w, "--- %s: ok (%s)\n", s.name, took(begun))
		done++
	}
	fmt.Fprintf(w, "=== %d steps ok (%s)\n", done, took(start))
	for _, s := range steps {
		if s.notRun != "" {
			fmt.Fprintf(w, "    not run: %s: %s\n", s.name, s.notRun)
		}
	}
	return nil
}

func took(since time.Time) time.Duration {
	return time.Since(since).Round(100 * time.Millisecond)
}
