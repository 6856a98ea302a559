package api

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// route is one line of the URL table.
type route struct {
	method  string // a GET answers HEAD too
	path    string
	access  access
	handler func(*Server, *fiber.Ctx) error
}

// routes returns the whole URL table. Both generations of paths are the same.
func routes() []route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []route{
		{get, "/signals", reading, (*Server).getSignals},
		{get, "/api/v1/signals", reading, (*Server).getSignals},
		{post, "/api/v1/signals/generate", reading, (*Server).generateSignals},

		{get, "/model/info", known, (*Server).modelInfo},
		{get, "/api/v1/model/info", known, (*Server).modelInfo},
		{post, "/model/reload", reloading, (*Server).reloadModel},
		{post, "/api/v1/model/reload", reloading, (*Server).reloadModel},

		{post, pathTry, control, (*Server).tryRule},

		{get, "/api/v1/market", reading, (*Server).market},
		{get, "/api/v1/strategies", known, (*Server).strategies},
		{get, "/api/v1/fleet", known, (*Server).fleet},
		{get, "/api/v1/releases", known, (*Server).releases},

		{get, "/health", open, (*Server).health},
		{get, "/livez", open, (*Server).alive},
		{get, "/readyz", open, (*Server).ready},
		{get, "/ready", open, (*Server).ready},
		{get, "/metrics", known, (*Server).scrape},

		{get, "/openapi.yaml", open, (*Server).asset},
		{get, "/docs", open, (*Server).asset},
		{get, "/docs/start.js", open, (*Server).asset},
		{get, "/docs/swagger-ui-bundle.js", open, (*Server).asset},
		{get, "/docs/swagger-ui.css", open, (*Server).asset},
	}
}

// mount puts the table into the router and returns the methods of each path.
func (s *Server) mount(table []route) map[string]string {
	methods := map[string][]string{}
	s.access = map[string]access{}
	for _, r := range table {
		handler := func(c *fiber.Ctx) error {
			visitOf(c.Context()).route = r.path
			if err := s.admit(c.Context(), r.access); err != nil {
				return err
			}
			return r.handler(s, c)
		}
		s.access[r.method+" "+r.path] = r.access
		if r.method == fiber.MethodGet {
			s.access[fiber.MethodHead+" "+r.path] = r.access
			s.app.Get(r.path, handler) // fiber adds HEAD
			methods[r.path] = append(methods[r.path], fiber.MethodGet, fiber.MethodHead)
			continue
		}
		s.app.Add(r.method, r.path, handler)
		methods[r.path] = append(methods[r.path], r.method)
	}
	allow := make(map[string]string, len(methods))
	for path, names := range methods {
		slices.Sort(names)
		allow[path] = strings.Join(names, ", ")
	}
	return allow
}
