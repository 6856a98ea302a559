package host

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A host that starts beside a run of 1 of 30 files knows what served before it:
// the run before it serves, and what is missing is named until the newest run
// is whole. So it is where the state directory is lost.
func TestAStartBesideARunOf1Of30(t *testing.T) {
	for _, keeps := range []bool{true, false} {
		s := newSoak(t, 1, false)
		whole := s.begin()
		s.publish(whole)
		s.start()
		s.awaits(whole.folder, "healthy", "")
		s.stop()
		if !keeps {
			require.NoError(t, os.RemoveAll(s.set.StateDir+"/market"))
		}
		newer := s.begin()
		names := s.shuffled(newer)
		s.write(newer.folder, names[0], newer.files[names[0]])
		s.start()
		s.awaits(whole.folder, "degraded", "run "+newer.folder+" is not taken: it has 1 of the 30 symbols")
		var m struct {
			Refused struct {
				Run     string `json:"run_date"`
				Missing int    `json:"symbols_missing"`
			}
		}
		require.Equal(t, http.StatusOK, s.get("/api/v1/market", &m))
		require.Equal(t, newer.folder, m.Refused.Run)
		require.Equal(t, 29, m.Refused.Missing)
		s.finish(newer, names[1:])
		s.awaits(newer.folder, "healthy", "")
		s.stop()
	}
}

// awaits waits until a run serves and the health says so.
func (s *soak) awaits(run, status, problem string) {
	s.t.Helper()
	require.Eventually(s.t, func() bool {
		var m struct {
			Run string `json:"run_date"`
		}
		var h struct {
			Status   string
			Problems []string
			Age      *float64 `json:"market_check_age_seconds"`
		}
		return s.get("/api/v1/market", &m) == http.StatusOK && m.Run == run &&
			s.get("/health", &h) == http.StatusOK && h.Status == status && strings.Contains(strings.Join(h.Problems, "\n"), problem) && h.Age != nil
	}, time.Minute, soakLook, "%s %s", run, status)
}
