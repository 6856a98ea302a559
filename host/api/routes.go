package api

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// access is who may call a route.
type access int

const (
	anyone   access = iota
	loopback        // only clients on this machine
)

// route is one line of the URL table.
type route struct {
	method  string // a GET answers HEAD too
	path    string
	access  access
	handler func(*Server, *fiber.Ctx) error
}

// routes is the whole URL table. Both generations of paths are the same.
func routes() []route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	return []route{
		{get, "/signals", anyone, (*Server).getSignals},
		{get, "/api/v1/signals", anyone, (*Server).getSignals},
		{post, "/api/v1/signals/generate", anyone, (*Server).generateSignals},

		{get, "/model/info", anyone, (*Server).modelInfo},
		{get, "/api/v1/model/info", anyone, (*Server).modelInfo},
		{post, "/model/reload", loopback, (*Server).reloadModel},
		{post, "/api/v1/model/reload", loopback, (*Server).reloadModel},

		{post, pathTry, loopback, (*Server).tryRule},

		{get, "/api/v1/market", anyone, (*Server).market},
		{get, "/api/v1/strategies", anyone, (*Server).strategies},
		{get, "/api/v1/fleet", anyone, (*Server).fleet},
		{get, "/api/v1/releases", anyone, (*Server).releases},

		{get, "/health", anyone, (*Server).health},
		{get, "/livez", anyone, (*Server).alive},
		{get, "/readyz", anyone, (*Server).ready},
		{get, "/ready", anyone, (*Server).ready},
		{get, "/metrics", anyone, (*Server).scrape},

		{get, "/openapi.yaml", anyone, (*Server).asset},
		{get, "/docs", anyone, (*Server).asset},
		{get, "/docs/start.js", anyone, (*Server).asset},
		{get, "/docs/swagger-ui-bundle.js", anyone, (*Server).asset},
		{get, "/docs/swagger-ui.css", anyone, (*Server).asset},
	}
}

// mount puts the table into the router and returns the methods of each path.
func (s *Server) mount(table []route) map[string]string {
	methods := map[string][]string{}
	for _, r := range table {
		handler := func(c *fiber.Ctx) error {
			visitOf(c.Context()).route = r.path
			if err := s.admit(c, r.access); err != nil {
				return err
			}
			return r.handler(s, c)
		}
		if r.method == fiber.MethodGet {
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

// admit lets a caller in, or says why not. Only the address of the connection
// counts: what a header says of it, anyone can write.
func (s *Server) admit(c *fiber.Ctx, a access) error {
	if a == loopback && !c.Context().RemoteIP().IsLoopback() {
		return refusal(forbidden, "this call is answered to clients on the same machine only")
	}
	return nil
}
