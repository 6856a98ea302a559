package fleet

import "time"

// Document is a View as GET /api/v1/fleet and edgesignal status --json show it.
type Document struct {
	Strategies []StrategyDocument `json:"strategies"`
	Hosts      []HostDocument     `json:"hosts"`
}

// StrategyDocument is a Strategy.
type StrategyDocument struct {
	Strategy  string            `json:"strategy"`
	Active    *string           `json:"active"` // null = none
	Live      int               `json:"live_hosts"`
	Serving   int               `json:"serving_hosts"`
	Converged bool              `json:"converged"`
	Laggards  []LaggardDocument `json:"laggards"`
}

// LaggardDocument is a Laggard.
type LaggardDocument struct {
	Host   string `json:"host"`
	Reason string `json:"reason"`
}

// HostDocument is a Member.
type HostDocument struct {
	Host          string         `json:"host"`
	Live          bool           `json:"live"`
	Version       string         `json:"program_version"`
	StartedAt     time.Time      `json:"started_at"`
	SeenAt        time.Time      `json:"seen_at"`
	SilentSeconds float64        `json:"silent_seconds"`
	Strategies    []SaidDocument `json:"strategies"`
}

// SaidDocument is what a host said of a strategy.
type SaidDocument struct {
	Strategy string     `json:"strategy"`
	Desired  *string    `json:"desired"`
	Serving  *string    `json:"serving"`
	Release  *string    `json:"release"`
	Since    *time.Time `json:"since"`
	Outcome  string     `json:"outcome"`
	Detail   string     `json:"detail"`
	At       time.Time  `json:"at"`
}

// Document returns v for a program to read.
func (v View) Document() Document {
	d := Document{Strategies: []StrategyDocument{}, Hosts: []HostDocument{}}
	for _, s := range v.Strategies {
		d.Strategies = append(d.Strategies, StrategyDocument{s.Name, orNull(s.Active), s.Live, s.Serving, s.Converged, laggards(s.Laggards)})
	}
	for _, m := range v.Members {
		h := HostDocument{m.Name, m.Live, m.Version, m.Started, m.Seen, m.Silent.Round(time.Millisecond).Seconds(), []SaidDocument{}}
		for _, o := range m.Said {
			said := SaidDocument{o.Strategy, orNull(o.Desired), orNull(o.Serving), orNull(o.Release), nil, string(o.Outcome), o.Detail, o.At}
			if !o.Since.IsZero() {
				said.Since = &o.Since
			}
			h.Strategies = append(h.Strategies, said)
		}
		d.Hosts = append(d.Hosts, h)
	}
	return d
}

// Document returns who does not serve the release, for a program to read.
func (e *NotConverged) Document() []LaggardDocument { return laggards(e.Laggards) }

func laggards(list []Laggard) []LaggardDocument {
	d := make([]LaggardDocument, len(list))
	for i, l := range list {
		d[i] = LaggardDocument(l)
	}
	return d
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
