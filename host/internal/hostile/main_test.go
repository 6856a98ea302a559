package hostile_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/host/release"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func requireRejection(t *testing.T, err error, reason release.Reason, detail string) {
	t.Helper()
	var r *release.Rejection
	require.ErrorAs(t, err, &r)
	require.Equal(t, reason, r.Reason, r.Detail)
	require.Contains(t, r.Detail, detail)
}
