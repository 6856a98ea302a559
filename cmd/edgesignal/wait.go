package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"edgesignal/host/operate"
	"edgesignal/host/settings"
)

// waiting is the flag of the commands that change what is active.
type waiting struct {
	Wait time.Duration `placeholder:"TIME" help:"Return only when every live host serves it, and fail after this time: 30s."`
}

func (w waiting) Validate() error {
	if w.Wait < 0 {
		return fmt.Errorf("--wait %s: a time above 0 is expected, such as 30s", w.Wait)
	}
	return nil
}

// wait returns when every live host serves the version that a command made
// active, or says which do not.
func (w waiting) wait(ctx context.Context, io streams, st settings.Shelf, strategy, version string) error {
	if w.Wait == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, w.Wait)
	defer cancel()
	p := newProgress(io.err, "hosts serve "+version)
	seen, err := operate.WaitFor(ctx, st, strategy, version, func(serving int) { p.set(int64(serving)) })
	p.stop()
	if err != nil {
		return err
	}
	err = say(io.out, "%s: %s serves on %d of %d live hosts\n", strategy, version, seen.Serving, seen.Live)
	if err == nil && len(seen.Silent) > 0 {
		err = say(io.err, "silent, and not counted: %s\n", strings.Join(seen.Silent, ", "))
	}
	return err
}
