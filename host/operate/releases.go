package operate

import (
	"context"
	"fmt"
	"time"

	"edgesignal/host/registry"
	"edgesignal/host/release"
	"edgesignal/host/settings"
)

// Listed is a release with what hosts last said of it.
type Listed struct {
	release.Record
	Hosts []registry.Observation // of the hosts that serve it or last tried to, by host
}

// Releases lists a strategy's releases, or all when it is "": as they are, or,
// where at is not zero, as they were then, without hosts.
func Releases(ctx context.Context, set settings.Shelf, strategy string, at time.Time) (list []Listed, err error) {
	err = withRegistry(ctx, set, func(reg registry.Registry) error {
		list, err = releases(ctx, reg, strategy, at)
		return err
	})
	return list, err
}

func releases(ctx context.Context, reg registry.Registry, strategy string, at time.Time) ([]Listed, error) {
	records, err := reg.List(ctx, strategy)
	if err != nil {
		return nil, err
	}
	if strategy != "" && len(records) == 0 {
		return nil, fmt.Errorf("strategy %s: the registry has no release of it", strategy)
	}
	var said []registry.Observation
	if at.IsZero() {
		said, err = reg.Observations(ctx, strategy)
	} else {
		records, err = registry.ListAt(ctx, reg, strategy, at)
	}
	if err != nil {
		return nil, err
	}
	list := make([]Listed, len(records))
	for i, r := range records {
		list[i].Record = r
		for _, o := range said {
			if o.Strategy == r.Strategy && (o.Serving == r.Version || o.Desired == r.Version) {
				list[i].Hosts = append(list[i].Hosts, o)
			}
		}
	}
	return list, nil
}
