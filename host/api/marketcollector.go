package api

import (
	"github.com/prometheus/client_golang/prometheus"

	"edgesignal/host/market"
)

// marketCollector shows what the gate of the market found in what serves.
type marketCollector struct {
	server                                                             *Server
	symbols, failed, coverage, thin, suspicious, missing, refused, age *prometheus.Desc
}

func newMarketCollector(s *Server) *marketCollector {
	return &marketCollector{
		server:     s,
		symbols:    desc("market_symbols", "Symbols of the market that serves."),
		failed:     desc("market_failed_files", "Files of the run that serves which cannot be used.", "reason"),
		coverage:   desc("market_newest_day_coverage", "Share of the symbols alive on the newest trading day that have a bar on it."),
		thin:       desc("market_thin_days", "Days on which few of the symbols alive have a bar."),
		suspicious: desc("market_suspicious_bars", "Bars that cannot be.", "fault"),
		missing:    desc("market_missing_symbols", "Symbols of the newest run's predecessor that the newest run lacks."),
		refused:    desc("market_refused", "1 while the newest run must not serve and an older one does."),
		age:        desc("market_check_age_seconds", "Seconds since the last look at DATA_DIR ended."),
	}
}

// Describe names what is collected.
func (c *marketCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.symbols, c.failed, c.coverage, c.thin, c.suspicious, c.missing, c.refused, c.age} {
		out <- d
	}
}

func (c *marketCollector) collect(m *market.Market, gauge func(d *prometheus.Desc, v float64, labels ...string)) {
	state := c.server.opt.Market.State()
	r := c.server.report(m, state)
	gauge(c.symbols, float64(r.Symbols))
	for _, kind := range market.FailureKinds {
		gauge(c.failed, float64(r.Failures[kind]), string(kind))
	}
	gauge(c.coverage, r.NewestDay.Share)
	gauge(c.thin, float64(r.ThinDays))
	for _, fault := range market.BarFaults {
		gauge(c.suspicious, float64(r.Faults[fault]), string(fault))
	}
	newest, refused := r, 0.0
	if state.Refused != nil {
		newest, refused = state.Refused, 1
	}
	gauge(c.missing, float64(newest.Missing))
	gauge(c.refused, refused)
	if age := c.server.marketAge(); age != nil {
		gauge(c.age, *age)
	}
}
