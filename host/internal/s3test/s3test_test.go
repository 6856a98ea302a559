package s3test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestServer(t *testing.T) {
	s := New(t)
	require.Empty(t, s.Put(s.Bucket, "a/b", "kept"))
	s.Kill()
	s.Kill()
	require.Error(t, s.ask())
	s.Start()
	b, err := os.ReadFile(s.File(s.Bucket, "a/b"))
	require.NoError(t, err)
	require.Equal(t, "kept", string(b))

	versioned := s.NewBucket()
	require.NotEqual(t, s.Bucket, versioned)
	s.Versioned(versioned)
	first, second := s.Put(versioned, "k", "1"), s.Put(versioned, "k", "2")
	require.NotEmpty(t, first)
	require.NotEqual(t, first, second)
	s.Remove(versioned, "k")
	s.ReadOnly(versioned)
}
