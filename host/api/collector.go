package api

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"edgesignal/host/live"
)

// boardCollector shows what the board serves at the moment of the scrape.
type boardCollector struct {
	board    *live.Board
	reasons  func() []error
	serving  *prometheus.Desc
	problems *prometheus.Desc
	market   *prometheus.Desc
	lastDay  *prometheus.Desc
	bars     *marketCollector
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("edgesignal_"+name, help, labels, nil)
}

func newBoardCollector(b *live.Board, bars *marketCollector, problems func() []error) *boardCollector {
	return &boardCollector{
		board:    b,
		reasons:  problems,
		bars:     bars,
		serving:  desc("serving_info", "1 for each release that serves.", "strategy", "version", "release"),
		problems: desc("problems", "Reasons why this host is degraded; 0 = healthy."),
		market:   desc("market_info", "1 for the market that serves.", "revision"),
		lastDay:  desc("market_last_day_timestamp_seconds", "Midnight UTC of the newest trading day of the market."),
	}
}

// Describe implements prometheus.Collector.
func (c *boardCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.serving, c.problems, c.market, c.lastDay} {
		out <- d
	}
	c.bars.Describe(out)
}

// Collect implements prometheus.Collector.
func (c *boardCollector) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		for i := range labels {
			labels[i] = label(labels[i])
		}
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for _, name := range c.board.Strategies() {
		if st, ok := c.board.Strategy(name); ok && st.Serving != "" {
			gauge(c.serving, 1, st.Strategy, st.Serving, st.Release)
		}
	}
	gauge(c.problems, float64(len(c.reasons())))
	if m := c.board.Market(); m != nil {
		gauge(c.market, 1, m.Revision)
		gauge(c.lastDay, float64(m.Last().Time().Unix()))
		c.bars.collect(m, gauge)
	}
}

// label returns a name from the registry as Prometheus takes it: it panics at what
// is not UTF-8.
func label(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
