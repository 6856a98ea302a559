package host

import (
	"context"
	"errors"
	"fmt"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// Listed is a release with what hosts last said of it.
type Listed struct {
	release.Record
	Hosts []registry.Observation // of the hosts that serve it or last tried to, by host
}

// Releases lists a strategy's releases, or all when it is "".
func Releases(ctx context.Context, st Storage, strategy string) (list []Listed, err error) {
	reg, err := openExisting(ctx, st)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	records, err := reg.List(ctx, strategy)
	if err != nil {
		return nil, err
	}
	if strategy != "" && len(records) == 0 {
		return nil, fmt.Errorf("strategy %s: the registry has no release of it", strategy)
	}
	said, err := reg.Observations(ctx, strategy)
	if err != nil {
		return nil, err
	}
	list = make([]Listed, len(records))
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
