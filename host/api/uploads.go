package api

import (
	"bytes"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"edgesignal/host/rule"
)

// pathTry is the one path that takes more than limits.body.
const pathTry = "/api/v1/rules/try"

// uploads says which requests may have a body of a module's size. fasthttp
// makes room for a body before a handler sees who sends it, so only a few may
// be under way at once; more get the limit of every other path.
type uploads struct {
	limits limits
	mu     sync.Mutex
	begun  [maxUploads]time.Time // a ring of the last ones
	next   int
}

const (
	maxUploads  = 8
	uploadBytes = rule.MaxModuleBytes + 2<<20 // a module and the fields beside it
)

// admit says how large the body of a request may be.
func (u *uploads) admit(h *fasthttp.RequestHeader) (c fasthttp.RequestConfig) {
	if !h.IsPost() || !bytes.Equal(h.RequestURI(), []byte(pathTry)) || h.ContentLength() <= u.limits.body && h.ContentLength() >= 0 {
		return c
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	// No request takes longer to arrive than the read timeout.
	if now := time.Now(); now.Sub(u.begun[u.next]) > u.limits.read {
		u.begun[u.next] = now
		u.next = (u.next + 1) % maxUploads
		c.MaxRequestBodySize = uploadBytes
	}
	return c
}
