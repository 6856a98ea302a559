// Package fleet says what all hosts of one registry serve, and waits until
// they serve what they should.
package fleet

import (
	"context"
	"slices"
	"strings"
	"time"

	"edgesignal/host/registry"
	"edgesignal/host/release"
)

// SilentAfter is how long a host may say nothing and still counts as live.
const SilentAfter = 10 * time.Second

// View is a fleet at one moment.
type View struct {
	Members    []Member   // by name
	Strategies []Strategy // by name; those that have a release or that a host serves
}

// Member is a host with what it said of each strategy.
type Member struct {
	registry.Host
	Live bool                   // false: it fell silent without leaving
	Said []registry.Observation // by strategy
}

// Strategy is what the registry wants of a strategy, and who serves it.
type Strategy struct {
	Name      string
	Active    string    // version; "" = none
	Live      int       // hosts
	Serving   int       // live hosts that serve Active
	Laggards  []Laggard // live hosts that do not; where Active is "", none
	Silent    []string  // hosts that fell silent without leaving: nobody knows what they serve
	Converged bool      // there is an active release, a live host, and no laggard
}

// Laggard is a live host that does not serve what it should, and why.
type Laggard struct {
	Host, Reason string
}

// Look reads the whole fleet.
func Look(ctx context.Context, r registry.Registry) (View, error) {
	records, err := r.List(ctx, "")
	if err != nil {
		return View{}, err
	}
	// Hosts come last: one that joins meanwhile has said nothing yet, and
	// counts as one that does not serve.
	said, err := r.Observations(ctx, "")
	if err != nil {
		return View{}, err
	}
	hosts, err := r.Hosts(ctx)
	if err != nil {
		return View{}, err
	}
	members := join(hosts, said)
	v := View{Members: members}
	active := map[string]string{}
	for _, rec := range records {
		if _, ok := active[rec.Strategy]; !ok || rec.Status == release.Active {
			active[rec.Strategy] = ""
		}
		if rec.Status == release.Active {
			active[rec.Strategy] = rec.Version
		}
	}
	for _, o := range said {
		if _, ok := active[o.Strategy]; !ok {
			active[o.Strategy] = ""
		}
	}
	for name, version := range active {
		v.Strategies = append(v.Strategies, judge(members, name, version))
	}
	slices.SortFunc(v.Strategies, func(a, b Strategy) int { return strings.Compare(a.Name, b.Name) })
	return v, nil
}

// join gives each host what it said. What hosts said that are not known any
// more is left out.
func join(hosts []registry.Host, said []registry.Observation) []Member {
	members := make([]Member, len(hosts))
	for i, h := range hosts {
		members[i] = Member{Host: h, Live: h.Silent <= SilentAfter}
		for _, o := range said {
			if o.Host == h.Name {
				members[i].Said = append(members[i].Said, o)
			}
		}
	}
	return members
}
