package gate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"edgesignal/host/portfolio"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// rehearsals are the sizes of the books that a release is tried on.
var rehearsals = []int{5, 50, 500}

// rehearse asks that the release gives a whole book within its limits on at
// least one of several probes: a rule may have its reasons to refuse one, but
// a release that answers none of them would answer nobody.
func (c *checking) rehearse(ctx context.Context) error {
	var why []string
	for _, n := range rehearsals {
		_, err := portfolio.Construct(ctx, c.rule, probe(c.Manifest, c.params, n, 1))
		var fault *rule.Fault
		var limit *portfolio.LimitError
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil || !errors.As(err, &fault) && !errors.As(err, &limit):
			return err
		}
		why = append(why, fmt.Sprintf("%d symbols: %v", n, err))
	}
	return release.Reject(release.RehearsalFailed, "the rule gives no book on any probe: %s", strings.Join(why, "; "))
}
