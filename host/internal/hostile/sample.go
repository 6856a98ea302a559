package hostile

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
)

// Variable names the environment variable that says how much of the corpus
// tests take: "whole" = all of it also where a sample is enough, "sample" = a
// sample everywhere. Unset = all of it in this process and in the gate's child,
// a sample by the command line and by HTTP.
const Variable = "EDGESIGNAL_TEST_CORPUS"

// Cases returns all hostile modules, or a sample where Variable says so.
func Cases(t testing.TB) []Case { return taken(t, "whole") }

// Sample returns the first module of each stage, reason and outcome: for those
// who stand behind others that are held against all modules.
func Sample(t testing.TB) []Case { return taken(t, "sample") }

func taken(t testing.TB, usual string) []Case {
	t.Helper()
	type kind struct {
		stage                                Stage
		reason                               release.Reason
		empty                                bool
		fault, breaks, faultMany, breaksMany string
	}
	return chosen(t, All(t), usual, func(c Case) kind {
		return kind{c.Stage, c.Reason, len(c.Wasm) == 0, c.Call.Fault, c.Call.Breaks, c.Beyond.Fault, c.Beyond.Breaks}
	})
}

// SampleModels returns the first small and the first large model of each reason.
func SampleModels(t testing.TB, good []byte) []ModelCase {
	t.Helper()
	type kind struct {
		reason release.Reason
		large  bool
	}
	return chosen(t, Models(good), "sample", func(c ModelCase) kind { return kind{c.Reason, len(c.Text()) > 32<<20} })
}

// chosen returns all cases or the first of each kind, as the variable says, or
// else as is usual.
func chosen[C any, K comparable](t testing.TB, all []C, usual string, kind func(C) K) []C {
	t.Helper()
	how := os.Getenv(Variable)
	if how == "" {
		how = usual
	}
	if how == "whole" {
		return all
	}
	require.Equal(t, "sample", how, Variable)
	var some []C
	seen := map[K]bool{}
	for _, c := range all {
		if k := kind(c); !seen[k] {
			seen[k] = true
			some = append(some, c)
		}
	}
	return some
}
