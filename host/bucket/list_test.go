package bucket

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/s3test"
)

func TestList(t *testing.T) {
	s := s3test.New(t)
	c := client(t, config(s))
	for _, key := range []string{"top", "bars/b", "bars/a", "bars/2024-12-31/x", "bars/2024-12-31/y", "bars/2024-01-02/deep/er/x", "barsx/y"} {
		s.Put(s.Bucket, key, key)
	}
	for _, c1 := range []struct {
		name, prefix  string
		keys, folders []string
	}{
		{"whole bucket", "", []string{"top"}, []string{"bars", "barsx"}},
		{"prefix", "bars/", []string{"bars/a", "bars/b"}, []string{"2024-01-02", "2024-12-31"}},
		{"folder", "bars/2024-12-31/", []string{"bars/2024-12-31/x", "bars/2024-12-31/y"}, nil},
		{"nothing", "none/", nil, nil},
	} {
		t.Run(c1.name, func(t *testing.T) {
			objects, err := c.List(t.Context(), s.Bucket, c1.prefix)
			require.NoError(t, err)
			var keys []string
			for _, o := range objects {
				keys = append(keys, o.Key)
				stat, err := c.Stat(t.Context(), s.Bucket, o.Key, "")
				require.NoError(t, err)
				require.Equal(t, stat, o)
			}
			require.Equal(t, c1.keys, keys)
			folders, err := c.Folders(t.Context(), s.Bucket, c1.prefix)
			require.NoError(t, err)
			require.Equal(t, c1.folders, folders)
		})
	}
}

// More than one page of answers.
func TestListMany(t *testing.T) {
	s := s3test.New(t)
	c := client(t, config(s))
	s.Put(s.Bucket, "a/first", "x")
	var files, folders []string
	for i := range 1200 {
		name := fmt.Sprintf("a/%05d", i)
		files = append(files, name)
		require.NoError(t, os.WriteFile(s.File(s.Bucket, name), []byte("x"), 0o600))
		folder := fmt.Sprintf("f%05d", i)
		folders = append(folders, folder)
		require.NoError(t, os.MkdirAll(s.File(s.Bucket, folder), 0o700))
		require.NoError(t, os.WriteFile(s.File(s.Bucket, folder+"/x"), []byte("x"), 0o600))
	}
	objects, err := c.List(t.Context(), s.Bucket, "a/")
	require.NoError(t, err)
	require.Len(t, objects, 1201)
	for i, o := range objects[:1200] {
		require.Equal(t, files[i], o.Key)
	}
	got, err := c.Folders(t.Context(), s.Bucket, "")
	require.NoError(t, err)
	require.Equal(t, append([]string{"a"}, folders...), got)
}
