package api

import (
	"errors"
	"strconv"
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
	busy := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "edgesignal_http_requests_in_flight", Help: "Requests being answered.",
	}, func() float64 { return float64(s.inFlight.Load()) })
	reg := prometheus.NewRegistry()
	reg.MustRegister(
		m.requests, m.seconds, m.faults, m.reloads, busy, newBoardCollector(s.opt.Board, s.problems), newCacheCollector(s),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	m.handler = adaptor.HTTPHandler(promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	return m
}

// scrape is GET /metrics.
func (s *Server) scrape(c *fiber.Ctx) error { return s.metrics.handler(c) }

// served counts one answer. route is a path of the table, "" for none.
func (m *metrics) served(method, route string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	if !knownMethod(method) {
		method = "other"
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
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

// guestLog is what a rule logged before it failed.
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
