package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"edgesignal/host/api/body"
	"edgesignal/host/fleet"
	"edgesignal/host/live"
	"edgesignal/host/market"
	"edgesignal/host/portfolio"
	"edgesignal/host/release"
	"edgesignal/host/rule"
	"edgesignal/host/signal"
	"edgesignal/host/text"
)

// code is the stable word of a problem.
type code string

const (
	badRequest           code = "bad_request"
	unauthenticated      code = "unauthenticated"
	forbidden            code = "forbidden"
	unknownStrategy      code = "unknown_strategy"
	noRelease            code = "no_release"
	notFound             code = "not_found"
	methodNotAllowed     code = "method_not_allowed"
	requestTimeout       code = "request_timeout"
	tooLarge             code = "too_large"
	unsupportedMediaType code = "unsupported_media_type"
	invalid              code = "invalid"
	noData               code = "no_data"
	dataTooOld           code = "data_too_old"
	headersTooLarge      code = "headers_too_large"
	internal             code = "internal"
	ruleFailed           code = "rule_failed"
	releaseRejected      code = "release_rejected"
	ruleRejected         code = "rule_rejected"
	notConverged         code = "not_converged"
	superseded           code = "superseded"
	notReady             code = "not_ready"
	stale                code = "stale"
	registryUnavailable  code = "registry_unavailable"
	storeUnavailable     code = "store_unavailable"
	gateUnavailable      code = "gate_unavailable"
	timedOut             code = "timeout"
)

// kinds holds for each code its status, its title, and for what is worth trying
// again after how many seconds.
var kinds = map[code]struct {
	status int
	title  string
	retry  int
}{
	badRequest:           {status: http.StatusBadRequest, title: "The request cannot be read"},
	unauthenticated:      {status: http.StatusUnauthorized, title: "A known token is needed"},
	forbidden:            {status: http.StatusForbidden, title: "Not for this caller"},
	unknownStrategy:      {status: http.StatusNotFound, title: "No such strategy"},
	noRelease:            {status: http.StatusNotFound, title: "No release"},
	notFound:             {status: http.StatusNotFound, title: "No such path"},
	methodNotAllowed:     {status: http.StatusMethodNotAllowed, title: "Not a method of this path"},
	requestTimeout:       {status: http.StatusRequestTimeout, title: "The request took too long to arrive"},
	tooLarge:             {status: http.StatusRequestEntityTooLarge, title: "The body is too large"},
	unsupportedMediaType: {status: http.StatusUnsupportedMediaType, title: "The body is of another type"},
	invalid:              {status: http.StatusUnprocessableEntity, title: "The request asks for something that cannot be"},
	noData:               {status: http.StatusUnprocessableEntity, title: "No data"},
	dataTooOld:           {status: http.StatusUnprocessableEntity, title: "The data is too old"},
	headersTooLarge:      {status: http.StatusRequestHeaderFieldsTooLarge, title: "The URL and headers are too large"},
	internal:             {status: http.StatusInternalServerError, title: "The host failed"},
	ruleFailed:           {status: http.StatusInternalServerError, title: "The rule failed"},
	releaseRejected:      {status: http.StatusInternalServerError, title: "The gate refused the release"},
	superseded:           {status: http.StatusConflict, title: "The registry wants another release"},
	notConverged:         {status: http.StatusGatewayTimeout, title: "Not every host serves the release", retry: 5},
	ruleRejected:         {status: http.StatusUnprocessableEntity, title: "The gate refused the rule"},
	notReady:             {status: http.StatusServiceUnavailable, title: "Not ready", retry: 2},
	stale:                {status: http.StatusServiceUnavailable, title: "Stale", retry: 5},
	registryUnavailable:  {status: http.StatusServiceUnavailable, title: "The registry is out of reach", retry: 5},
	storeUnavailable:     {status: http.StatusServiceUnavailable, title: "The store is out of reach", retry: 5},
	gateUnavailable:      {status: http.StatusServiceUnavailable, title: "Releases cannot be checked", retry: 5},
	timedOut:             {status: http.StatusServiceUnavailable, title: "The host took too long", retry: 5},
}

// meaning is the one place where an error of the domain becomes a code. The
// first line that matches an error counts.
var meaning = []struct {
	is   func(error) bool
	code code
}{
	{as[*body.Error], badRequest},
	{is(live.ErrUnknownStrategy), unknownStrategy},
	{is(live.ErrNoActive), noRelease},
	{is(live.ErrNothingLoaded), notReady},
	{is(live.ErrNoMarket), notReady},
	{is(live.ErrClosed), notReady},
	{is(live.ErrStale), stale},
	{is(live.ErrStaleData), stale},
	{as[*signal.DataTooOldError], dataTooOld},
	{is(signal.ErrNoData), noData},
	{as[*rule.ParamsError], invalid},
	{as[*rule.Fault], ruleFailed},
	{as[*portfolio.LimitError], ruleFailed},
	{as[*fleet.NotConverged], notConverged},
	{as[*fleet.Superseded], superseded},
	{as[*release.Rejection], releaseRejected},
	{unavailable(release.PartRegistry), registryUnavailable},
	{unavailable(release.PartStore), storeUnavailable},
	{unavailable(release.PartGate), gateUnavailable},
	{is(context.DeadlineExceeded), timedOut},
	{is(context.Canceled), notReady}, // only a host that stops gives up on its own work
}

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func as[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}

func unavailable(part release.Part) func(error) bool {
	return func(err error) bool {
		var u *release.Unavailable
		return errors.As(err, &u) && u.Part == part
	}
}

// problem is an answer that is not what was asked for: RFC 9457 and a code.
type problem struct {
	Type           string       `json:"type"`
	Title          string       `json:"title"`
	Status         int          `json:"status"`
	Detail         string       `json:"detail"`
	Code           code         `json:"code"`
	Errors         []fieldError `json:"errors,omitempty"`
	Reason         string       `json:"reason,omitempty"`          // with release_rejected and rule_rejected: the gate's word
	ServingVersion *orNull      `json:"serving_version,omitempty"` // of a reload: what serves on
	DataAsOf       *market.Date `json:"data_as_of,omitempty"`      // with data_too_old: what there is
	Log            []string     `json:"log,omitempty"`             // of a rule that was tried

	Hosts []fleet.LaggardDocument `json:"hosts,omitempty"` // with not_converged: who does not serve it, and why
}

// fieldError is what is wrong with one field of a request.
type fieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// requestError is a request that is refused for what it holds.
type requestError struct {
	code   code
	detail string
	errors []fieldError
	reason release.Reason
	log    []string

	challenge string // for WWW-Authenticate; "" = none
}

func (e *requestError) Error() string { return e.detail }

func refusal(c code, detail string) error { return &requestError{code: c, detail: detail} }

// unforeseen is all that a client learns of an error that nobody expected.
const unforeseen = "the host met an error that it did not expect; its log has the details under the request id"

// problemOf returns what a client is told of an error.
func problemOf(err error) *problem {
	p := &problem{Code: internal, Detail: unforeseen}
	var request *requestError
	var prediction *signal.PredictionError
	switch {
	case errors.As(err, &request):
		p.Code, p.Detail, p.Errors, p.Reason, p.Log = request.code, request.detail, request.errors, string(request.reason), request.log
	case errors.As(err, &prediction):
		p.Detail = err.Error()
	default:
		for _, m := range meaning {
			if m.is(err) {
				p.Code, p.Detail = m.code, err.Error()
				break
			}
		}
	}
	var params *rule.ParamsError
	if errors.As(err, &params) {
		p.Errors = paramErrors(params)
	}
	var rejection *release.Rejection
	if p.Code == releaseRejected && errors.As(err, &rejection) {
		p.Reason = string(rejection.Reason)
	}
	var old *signal.DataTooOldError
	if errors.As(err, &old) {
		p.DataAsOf = &old.DataAsOf
	}
	var lag *fleet.NotConverged
	if errors.As(err, &lag) {
		p.Hosts = lag.Document()
	}
	var reload *reloadError
	if errors.As(err, &reload) {
		serving := orNull(reload.serving)
		p.ServingVersion = &serving
	}
	p.Detail = clipped(p.Detail)
	k := kinds[p.Code]
	p.Type, p.Title, p.Status = "urn:edgesignal:problem:"+string(p.Code), k.title, k.status
	return p
}

// clipped keeps a client's own megabyte from being sent back to it.
func clipped(s string) string { return text.Clip(s, 2000) }

// fail answers with a problem.
func (s *Server) fail(ctx *fasthttp.RequestCtx, err error) {
	p := problemOf(err)
	v := visitOf(ctx)
	v.code, v.err, v.caching = p.Code, err, nil
	text, err := encoded(p)
	if err != nil { // a struct of strings and a number
		panic(err)
	}
	allow := ctx.Response.Header.Peek(fiber.HeaderAllow)
	ctx.Response.Reset()
	if p.Code == methodNotAllowed {
		ctx.Response.Header.SetBytesV(fiber.HeaderAllow, allow)
	}
	var request *requestError
	if errors.As(v.err, &request) && request.challenge != "" {
		ctx.Response.Header.Set(fiber.HeaderWWWAuthenticate, request.challenge)
	}
	if retry := kinds[p.Code].retry; retry > 0 {
		ctx.Response.Header.Set(fiber.HeaderRetryAfter, strconv.Itoa(retry))
	}
	ctx.SetStatusCode(p.Status)
	ctx.SetContentType("application/problem+json")
	ctx.Response.SetBodyRaw(text)
}
