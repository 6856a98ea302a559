package api

import (
	"github.com/prometheus/client_golang/prometheus"

	"edgesignal/host/memo"
)

// cacheCollector shows the caches at the moment of the scrape.
type cacheCollector struct {
	server *Server
	hits   *prometheus.Desc
	misses *prometheus.Desc
	bytes  *prometheus.Desc
}

func newCacheCollector(s *Server) *cacheCollector {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("edgesignal_cache_"+name, help, []string{"cache"}, nil)
	}
	return &cacheCollector{
		server: s,
		hits:   desc("hits_total", "Times that something kept was asked for."),
		misses: desc("misses_total", "Times that it had to be computed."),
		bytes:  desc("bytes", "What is kept, in bytes."),
	}
}

// Describe implements prometheus.Collector.
func (c *cacheCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.hits, c.misses, c.bytes} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c *cacheCollector) Collect(out chan<- prometheus.Metric) {
	scores, features := c.server.opt.Engine.Scores.Stats()
	for name, s := range map[string]memo.Stats{
		"answers": c.server.pages.Stats(), "scores": scores, "features": features, "columns": c.server.opt.Engine.Columns.Stats(),
	} {
		out <- prometheus.MustNewConstMetric(c.hits, prometheus.CounterValue, float64(s.Hits), name)
		out <- prometheus.MustNewConstMetric(c.misses, prometheus.CounterValue, float64(s.Misses), name)
		out <- prometheus.MustNewConstMetric(c.bytes, prometheus.GaugeValue, float64(s.Bytes), name)
	}
}
