package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"sync"

	"github.com/gofiber/fiber/v2"

	"edgesignal/host/live"
	"edgesignal/host/memo"
	"edgesignal/host/portfolio"
	"edgesignal/host/rule"
	"edgesignal/host/signal"
)

// page is an encoded answer. It is shared by all who ask for the same: nobody
// changes it.
type page struct {
	body []byte
	etag []byte // strong, in quotes; nil for what is no GET
}

// newPages keeps about limit bytes of answers. A book is a pure function of
// its key, so a page is never too old; generated_at is when it was computed.
func newPages(limit int64) *memo.Cache[string, *page] {
	return memo.New(limit, func(key string, p *page) int64 { return int64(len(key) + len(p.body) + len(p.etag)) })
}

// answerBook writes one book. Everything in the answer comes from the one
// snapshot that is taken here.
func (s *Server) answerBook(c *fiber.Ctx, strategy string, q signal.Query) error {
	snap, done, err := s.opt.Board.Current(strategy)
	if err != nil {
		return err
	}
	defer done()
	if err := s.writeBook(c, snap, q); err != nil {
		s.metrics.ruleFault(&snap.Release.Manifest, err)
		// What a client brings along it may bring to fail.
		if q.Params.Empty() && len(q.Previous) == 0 && ownFault(err) {
			s.opt.Board.Failed(snap, err)
		}
		return fmt.Errorf("%s %s: %w", snap.Release.Manifest.Strategy, snap.Release.Manifest.Version, err)
	}
	return nil
}

// ownFault reports whether a book failed by its release, and not for want of
// data or time.
func ownFault(err error) bool {
	var fault *rule.Fault
	var limit *portfolio.LimitError
	var prediction *signal.PredictionError
	return errors.As(err, &fault) || errors.As(err, &limit) || errors.As(err, &prediction)
}

func (s *Server) writeBook(c *fiber.Ctx, snap *live.Snapshot, q signal.Query) error {
	draft := drafts.Get().(*[]byte)
	defer drafts.Put(draft)
	stale := s.stale(snap, &q)
	*draft = appendKey((*draft)[:0], snap, &q, stale)
	if q.Symbols != nil && (s.pages == nil || !s.asked.before(*draft)) {
		return s.writeOnce(c, snap, q, stale, draft)
	}
	p, kept := memo.Get(s.pages, *draft)
	if !kept {
		key := string(*draft)
		ctx, cancel := context.WithTimeout(s.ctx, s.limits.book)
		defer cancel()
		var err error
		if p, err = s.pages.Do(ctx, key, func() (*page, error) { return s.newPage(ctx, snap, q, stale, draft) }); err != nil {
			return err
		}
	}
	return p.write(c)
}

// stale reports whether the answer must say that it is: it is of the newest bars,
// which are older than MAX_DATA_AGE, because there are no newer ones.
func (s *Server) stale(snap *live.Snapshot, q *signal.Query) bool {
	return snap.Market != nil && (q.AsOf == nil || *q.AsOf > snap.Market.Last()) && s.opt.Board.StaleData(snap.Market) != nil
}

// drafts are buffers that keys and answers are written in.
var drafts = sync.Pool{New: func() any { return new([]byte) }}

// writeOnce answers with a book that is not kept.
func (s *Server) writeOnce(c *fiber.Ctx, snap *live.Snapshot, q signal.Query, stale bool, draft *[]byte) error {
	ctx, cancel := context.WithTimeout(s.ctx, s.limits.book)
	defer cancel()
	book, err := s.opt.Engine.Book(ctx, snap, q)
	if err != nil {
		return err
	}
	*draft = appendBook((*draft)[:0], snap, book, s.opt.Now(), stale)
	c.Context().SetContentType(fiber.MIMEApplicationJSON)
	*draft = c.Context().Response.SwapBody(*draft) // sent without a copy
	return nil
}

func (s *Server) newPage(ctx context.Context, snap *live.Snapshot, q signal.Query, stale bool, draft *[]byte) (*page, error) {
	book, err := s.opt.Engine.Book(ctx, snap, q)
	if err != nil {
		return nil, err
	}
	// Encoded into the draft first: the length of the page is known only then.
	*draft = appendBook((*draft)[:0], snap, book, s.opt.Now(), stale)
	p := &page{body: bytes.Clone(*draft)}
	if q.Symbols == nil {
		sum := sha256.Sum256(p.body)
		p.etag = fmt.Appendf(nil, "\"%x\"", sum[:16])
	}
	return p, nil
}

// write answers with the page, or with 304 to a client that has it.
func (p *page) write(c *fiber.Ctx) error {
	ctx := c.Context()
	if p.etag != nil && notModified(ctx, p.etag) {
		return nil
	}
	ctx.SetContentType(fiber.MIMEApplicationJSON)
	ctx.Response.SetBodyRaw(p.body)
	return nil
}

// appendKey writes all that decides a book: release, market, day and what is asked.
// No part can run into the next: none holds a line feed but the digest of the
// parameters, which is 32 bytes or none. The same symbols in another order are
// another key and the same book.
func appendKey(b []byte, snap *live.Snapshot, q *signal.Query, stale bool) []byte {
	if stale {
		b = append(b, "stale "...)
	}
	b = append(b, snap.Release.Digest...)
	b = append(b, '\n')
	if snap.Market != nil {
		b = append(b, snap.Market.Revision...)
	}
	b = append(b, '\n')
	if q.AsOf != nil {
		b = strconv.AppendInt(b, int64(*q.AsOf), 10)
	}
	if q.MinDataAsOf != nil {
		b = strconv.AppendInt(append(b, " from "...), int64(*q.MinDataAsOf), 10)
	}
	for _, list := range [...][]string{q.Symbols, q.Only} {
		b = strconv.AppendInt(append(b, '\n'), int64(len(list)), 10)
		for _, s := range list {
			b = append(append(b, '\n'), s...)
		}
	}
	b = append(b, '\n')
	if !q.Params.Empty() {
		digest := q.Params.Digest()
		b = append(b, digest[:]...)
	}
	if len(q.Previous) == 0 {
		return b
	}
	for _, s := range slices.Sorted(maps.Keys(q.Previous)) {
		b = append(append(append(b, '\n'), s...), ' ')
		b = strconv.AppendUint(b, math.Float64bits(q.Previous[s]), 16)
	}
	return b
}
