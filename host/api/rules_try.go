package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"edgesignal/host/gate"
	"edgesignal/host/portfolio"
	"edgesignal/host/release"
	"edgesignal/host/rule"
	"edgesignal/host/signal"
)

// tryAnswer is the book that a module would build on this host's market, with
// the predictions of the release that serves.
type tryAnswer struct {
	Signals  []signal.Signal `json:"signals"`
	Metadata signalsMetadata `json:"metadata"`
	Rule     ruleAnswer      `json:"rule"`
	Fuel     int64           `json:"fuel"`
	Log      []string        `json:"log"`
	Gate     gateAnswer      `json:"gate"`
}

// tryRule answers POST /api/v1/rules/try. The module runs in the gate's process;
// nothing of it is kept.
func (s *Server) tryRule(c *fiber.Ctx) error {
	if _, err := queryOf(c); err != nil {
		return err
	}
	form, err := readTryForm(c)
	if err != nil {
		return err
	}
	q, err := form.query()
	if err != nil {
		return err
	}
	snap, done, err := s.opt.Board.Current(form.strategy)
	if err != nil {
		return err
	}
	defer done()
	ctx, cancel := context.WithTimeout(s.ctx, s.limits.book)
	defer cancel()
	// Which columns the rule wants is known only when the gate's process has read
	// it; computing all of them costs less than a second process.
	in, err := s.opt.Engine.Inputs(ctx, snap, q, portfolio.ColumnNames())
	if err != nil {
		return err
	}
	job := gate.RuleJob(form.module, form.params.JSON(), snap.Release.Manifest.Limits, &portfolio.Input{Predictions: in.Predictions, Columns: in.Columns})
	verdict, err := s.opt.Gate.Check(ctx, job)
	var refused *release.Rejection
	if errors.As(err, &refused) {
		return &requestError{code: ruleRejected, detail: refused.Error(), reason: refused.Reason}
	}
	if err != nil {
		return err
	}
	if err := verdict.Trial.Err(); err != nil {
		var fault *rule.Fault
		if errors.As(err, &fault) {
			return &requestError{code: ruleFailed, detail: err.Error(), log: logLines(fault.Log)}
		}
		return err
	}
	book, err := in.Answer(*verdict.Trial.Book, nil)
	if err != nil {
		return err
	}
	var given json.RawMessage
	if !form.params.Empty() {
		given = form.params.JSON()
	}
	a := newSignalsAnswer(snap, book, s.opt.Now(), s.stale(snap, &q))
	return answer(c, &tryAnswer{
		Signals: a.Signals, Metadata: a.Metadata, Rule: ruleAnswerOf(verdict.Rule, given),
		Fuel: verdict.Trial.Book.Fuel, Log: logLines(verdict.Trial.Book.Log), Gate: gateAnswerOf(&verdict.Report),
	})
}

func logLines(lines []rule.Line) []string {
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.Text
	}
	return texts
}

func (f *tryForm) query() (signal.Query, error) {
	asOf, err := parseDay(paramAsOf, f.asOf)
	if err != nil {
		return signal.Query{}, err
	}
	var bad fieldErrors
	q := signal.Query{AsOf: asOf, Previous: previousWeights(f.previous, &bad)}
	if f.symbols != nil {
		q.Symbols = canonical(f.symbols, &bad)
	}
	if len(f.module) == 0 {
		bad.add("module", "a wasm module is required")
	}
	if len(f.module) > rule.MaxModuleBytes {
		bad.add("module", "%d bytes; the limit is %d", len(f.module), rule.MaxModuleBytes)
	}
	if err := bad.err(); err != nil {
		return signal.Query{}, fmt.Errorf("trying a rule: %w", err)
	}
	return q, nil
}
