package gate_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/gate"
	"edgesignal/host/internal/hostile"
	"edgesignal/host/internal/programtest"
	"edgesignal/host/portfolio"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// child returns a gate whose children are the program as users have it.
func child(t testing.TB) *gate.Child {
	t.Helper()
	return &gate.Child{Program: programtest.Program(t), Rule: rule.Options{CacheDir: filepath.Join(t.TempDir(), "compiled")}}
}

func requireRejection(t testing.TB, err error, reason release.Reason, detail string) {
	t.Helper()
	var r *release.Rejection
	require.ErrorAs(t, err, &r)
	require.Equal(t, reason, r.Reason, r.Detail)
	require.Contains(t, r.Detail, detail)
}

func requireUnavailable(t testing.TB, err error, detail string) {
	t.Helper()
	var u *release.Unavailable
	require.ErrorAs(t, err, &u)
	require.Equal(t, release.PartGate, u.Part)
	require.ErrorContains(t, u, detail)
}

func TestAChildSaysWhatWouldBeSaidHere(t *testing.T) {
	g := child(t)
	require.NoError(t, g.Probe(t.Context()))
	require.NoError(t, (&gate.Child{}).Probe(t.Context()), "this same program")
	job := gate.Job{Candidate: good(t)}
	job.Trial = &portfolio.Input{Predictions: []float64{3, 2, 1}, Params: params(t, `{"top_n":1,"bottom_n":1}`)}
	here, err := gate.InPlace{}.Check(t.Context(), job)
	require.NoError(t, err)
	for _, cache := range []string{"cold", "warm"} {
		there, err := g.Check(t.Context(), job)
		require.NoError(t, err, cache)
		require.Equal(t, append([]string{"process"}, steps(here.Report)...), steps(there.Report))
		require.Equal(t, here.Report.Golden, there.Report.Golden)
		require.Equal(t, here.Report.Probe, there.Report.Probe)
		require.Equal(t, here.Trial.Book.Weights, there.Trial.Book.Weights)
		require.Equal(t, here.Trial.Book.Fuel, there.Trial.Book.Fuel)
		require.JSONEq(t, string(here.Rule.Params), string(there.Rule.Params))
	}
	c := good(t)
	c.Golden = []byte("{}")
	sign(&c)
	_, err = g.Check(t.Context(), gate.Job{Candidate: c})
	requireRejection(t, err, release.GoldenMismatch, "checks nothing")
	c.Golden = []byte{} // there, and empty
	sign(&c)
	_, err = g.Check(t.Context(), gate.Job{Candidate: c})
	requireRejection(t, err, release.GoldenMismatch, "golden file: nothing: JSON is expected")
}

func TestTrialsFailAsConstructDoes(t *testing.T) {
	g := child(t)
	try := func(in portfolio.Input) *gate.Trial {
		v, err := g.Check(t.Context(), gate.Job{Candidate: ruleOnly(t), Trial: &in})
		require.NoError(t, err)
		require.Nil(t, v.Trial.Book)
		return v.Trial
	}
	predictions := []float64{2, 1}
	require.ErrorContains(t, try(portfolio.Input{Predictions: predictions, Params: params(t, `{"gross":-1}`)}).Params, "gross")
	require.ErrorContains(t, try(portfolio.Input{Predictions: predictions, Params: params(t, `{"gross":5}`)}).Limit, "max_weight")
	c := ruleOnly(t)
	c.Rule = stock(t, "no_trade_band")
	sign(&c)
	v, err := g.Check(t.Context(), gate.Job{Candidate: c, Trial: &portfolio.Input{Predictions: predictions}})
	require.NoError(t, err)
	require.ErrorContains(t, v.Trial.Err(), `wants column "previous_weight"`)
}

// What a child dies of is refused under the reason of the bytes that it was
// working on.
func TestAChildThatDies(t *testing.T) {
	loads := named(t, "20 chains of 40,000 loads")
	t.Run("of processor time", func(t *testing.T) {
		g := child(t)
		g.Limits.CPU = time.Second
		_, err := g.Check(t.Context(), gate.Job{Candidate: loads})
		requireRejection(t, err, release.RuleMalformed, `died at step "rule": it used its 1s of processor time`)
	})
	// Whose fault it is depends on how much of the machine it got: see
	// TestPostMortem.
	t.Run("of the deadline", func(t *testing.T) {
		g := child(t)
		g.Limits.Deadline = 700 * time.Millisecond
		_, err := g.Check(t.Context(), gate.Job{Candidate: loads})
		require.ErrorContains(t, err, "it was not done after 700ms")
	})
}

// What is not the release's doing is not held against it.
func TestAChildThatCannotWork(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "script")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\nkill -9 $$\n"), 0o700))
	for _, tc := range []struct {
		name, program, detail string
	}{
		{"not there", "/nonexistent/edgesignal", "cannot be started"},
		{"not executable", "/etc/passwd", "cannot be started"},
		{"another program", "/bin/true", "ended without an answer"},
		{"a program that echoes", "/bin/cat", "ended without an answer"},
		{"killed from outside", script, "signal: killed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g := child(t)
			g.Program = tc.program
			requireUnavailable(t, g.Probe(t.Context()), tc.detail)
			_, err := g.Check(t.Context(), gate.Job{Candidate: good(t)})
			requireUnavailable(t, err, tc.detail)
		})
	}
	t.Run("a cache that others can read", func(t *testing.T) {
		g := &gate.Child{Rule: rule.Options{CacheDir: dir}}
		require.NoError(t, os.Chmod(dir, 0o755))
		_, err := g.Check(t.Context(), gate.Job{Candidate: good(t)})
		requireUnavailable(t, err, "others must not reach it, want 0700")
	})
	t.Run("a caller who is gone", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := child(t).Check(ctx, gate.Job{Candidate: good(t)})
		require.ErrorIs(t, err, context.Canceled)
	})
}

// named returns a hostile rule by its name, as a candidate without a model.
func named(t testing.TB, name string) gate.Candidate {
	t.Helper()
	for _, c := range hostile.All(t) {
		if c.Name == name {
			candidate := ruleOnly(t)
			candidate.Rule = c.Wasm
			sign(&candidate)
			return candidate
		}
	}
	t.Fatalf("no hostile module is named %q", name)
	return gate.Candidate{}
}

// ruleOnly returns a stock rule that has a parameter for its gross.
func ruleOnly(t testing.TB) gate.Candidate {
	c := gate.Candidate{Files: gate.Files{Rule: stock(t, "rank_weighted")}}
	c.Manifest.Limits = release.DefaultLimits
	sign(&c)
	return c
}
