package api

import (
	"errors"
	"maps"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"edgesignal/host/portfolio"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// metrics are what /metrics shows, on a registry of their own. No label takes
// a value that a client can invent.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	series   atomic.Pointer[map[answered]series] // of requests and seconds, as far as there are any yet
	faults   *prometheus.CounterVec
	reloads  *prometheus.CounterVec
	handler  fiber.Handler
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "edgesignal_http_requests_total", Help: "Requests by method, route and status.",
		}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "edgesignal_http_request_seconds", Help: "Time from the last byte of a request to its answer, in seconds.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"route"}),
		faults: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "edgesignal_rule_faults_total", Help: "Calls in which a release's rule failed or broke a limit.",
		}, []string{"strategy", "version", "kind"}),
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "edgesignal_reload_requests_total", Help: "Reloads asked for over HTTP, by how they ended.",
		}, []string{"strategy", "outcome"}),
	}
	m.series.Store(&map[answered]series{})
	busy := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "edgesignal_http_requests_in_flight", Help: "Requests being answered.",
	}, func() float64 { return float64(s.inFlight.Load()) })
	reg := prometheus.NewRegistry()
	reg.MustRegister(
		m.requests, m.seconds, m.faults, m.reloads, busy, newBoardCollector(s.opt.Board, newMarketCollector(s), s.problems), newCacheCollector(s),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	m.handler = adaptor.HTTPHandler(promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	return m
}

// scrape answers GET /metrics.
func (s *Server) scrape(c *fiber.Ctx) error { return s.metrics.handler(c) }

// answered is what the answers of one series have in common.
type answered struct {
	method, route string
	status        int
}

type series struct {
	requests prometheus.Counter
	seconds  prometheus.Observer
}

// served counts one answer. route is a path of the table, "" for none.
func (m *metrics) served(method, route string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	if !knownMethod(method) {
		method = "other"
	}
	a := answered{method, route, status}
	s, ok := (*m.series.Load())[a]
	if !ok {
		s = m.find(a)
	}
	s.requests.Inc()
	s.seconds.Observe(took.Seconds())
}

// find looks up a series by its labels, which takes ten times as long as one
// that is kept.
func (m *metrics) find(a answered) series {
	s := series{m.requests.WithLabelValues(a.method, a.route, strconv.Itoa(a.status)), m.seconds.WithLabelValues(a.route)}
	for {
		old := m.series.Load()
		all := maps.Clone(*old)
		all[a] = s
		if m.series.CompareAndSwap(old, &all) {
			return s
		}
	}
}

// ruleFault counts err when it is the rule's.
func (m *metrics) ruleFault(of *release.Manifest, err error) {
	var fault *rule.Fault
	var limit *portfolio.LimitError
	switch {
	case errors.As(err, &fault):
		m.faults.WithLabelValues(label(of.Strategy), label(of.Version), string(fault.Kind)).Inc()
	case errors.As(err, &limit):
		m.faults.WithLabelValues(label(of.Strategy), label(of.Version), limit.Limit).Inc()
	}
}

// reloaded counts a reload. A strategy that nobody knows is counted under no
// name.
func (m *metrics) reloaded(strategy string, known bool, outcome string) {
	if !known {
		strategy = ""
	}
	m.reloads.WithLabelValues(label(strategy), outcome).Inc()
}

// guestLog returns what a rule logged before it failed.
func guestLog(err error) []string {
	var fault *rule.Fault
	if !errors.As(err, &fault) {
		return nil
	}
	lines := make([]string, len(fault.Log))
	for i, l := range fault.Log {
		lines[i] = l.Text
	}
	return lines
}
