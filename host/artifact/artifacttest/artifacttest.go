// Package artifacttest is the conformance suite of artifact.Store: what every
// back end must do, errors and races included. A back end's own tests call
// Run and add what is peculiar to it.
package artifacttest

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/artifact"
	"edgesignal/host/release"
)

// Run holds a back end against the contract; open makes an empty store.
func Run(t *testing.T, open func(t *testing.T) artifact.Store) {
	for _, topic := range []struct {
		name string
		run  func(t *testing.T, s artifact.Store)
	}{
		{"round trip", testRoundTrip},
		{"missing", testMissing},
		{"keys", testKeys},
		{"write once", testWriteOnce},
		{"race of writers", testRace},
		{"readers that lie", testReaders},
		{"the caller gives up", testContext},
		{"many readers", testManyReaders},
		{"content", testContent},
	} {
		t.Run(topic.name, func(t *testing.T) { topic.run(t, open(t)) })
	}
}

func put(t *testing.T, s artifact.Store, key, content string) {
	t.Helper()
	require.NoError(t, s.Put(t.Context(), key, bytes.NewReader([]byte(content)), int64(len(content))))
}

// get returns the whole object, with Open and Stat in agreement about it.
func get(t *testing.T, s artifact.Store, key string) string {
	t.Helper()
	r, info, err := s.Open(t.Context(), key)
	require.NoError(t, err)
	b, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	require.Equal(t, artifact.Info{Key: key, Size: int64(len(b))}, info)
	stat, err := s.Stat(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, info, stat)
	return string(b)
}

// requireBytes does not print megabytes when they differ.
func requireBytes(t *testing.T, want []byte, got string) {
	t.Helper()
	require.Len(t, got, len(want))
	require.Equal(t, release.Sum(want), release.Sum([]byte(got)))
}

func requireMissing(t *testing.T, s artifact.Store, key string) {
	t.Helper()
	_, err := s.Stat(t.Context(), key)
	require.ErrorIs(t, err, release.ErrNotFound)
	require.ErrorContains(t, err, key)
	r, _, err := s.Open(t.Context(), key)
	require.ErrorIs(t, err, release.ErrNotFound)
	require.Nil(t, r)
}

// requireFinal wants an error that trying again does not mend.
func requireFinal(t *testing.T, err error) {
	t.Helper()
	require.Error(t, err)
	var gone *release.Unavailable
	require.NotErrorAs(t, err, &gone)
}

// pattern returns n bytes that differ from place to place.
func pattern(n int, seed byte) []byte {
	b := make([]byte, n)
	x := uint32(seed) + 1
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}
