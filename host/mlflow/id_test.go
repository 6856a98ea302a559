package mlflow

import (
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		want id
	}{
		{"runs:/0a1b/model", id{run: "0a1b", path: "model"}},
		{"runs:/0a1b/a/b c.txt", id{run: "0a1b", path: "a/b c.txt"}},
		{"models:/m/3", id{name: "m", version: "3"}},
		{"models:/m/champion", id{name: "m", alias: "champion"}},
		{"models:/m@champion", id{name: "m", alias: "champion"}},
		{"models:/m@n@champion", id{name: "m@n", alias: "champion"}},
		{"models:/m@n/3", id{name: "m@n", version: "3"}},
		{"models:/m/3/extra/rule.wasm", id{name: "m", version: "3", path: "extra/rule.wasm"}},
		{"models:/m-0a1b", id{model: "m-0a1b"}},
		{"models:/m-0a1b/MLmodel", id{model: "m-0a1b", path: "MLmodel"}},
		{"models:/größe/3", id{name: "größe", version: "3"}},
		{"runs:/" + strings.Repeat("x", 256) + "/m", id{run: strings.Repeat("x", 256), path: "m"}},
		{"models:/m-" + strings.Repeat("x", 64), id{model: "m-" + strings.Repeat("x", 64)}},
		{"models:/m/999999999", id{name: "m", version: "999999999"}},
		{"models:/m/1000000000", id{name: "m", alias: "1000000000"}},
		{"models:/m/" + strings.Repeat("x", 255), id{name: "m", alias: strings.Repeat("x", 255)}},
	} {
		t.Run(c.text, func(t *testing.T) {
			got, err := parse(c.text)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
			require.True(t, IsID(c.text))
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{"runs:/", `has the segment ""`},
		{"runs:/0a1b", "names a run"},
		{"runs:/0a1b/", `has the segment ""`},
		{"runs:0a1b/model", "not an id"},
		{"runs://0a1b/model", `has the segment ""`},
		{"Runs:/0a1b/model", "not an id"},
		{"s3://b/k", "not an id"},
		{"runs:/0a1b/../other", `has the segment ".."`},
		{"runs:/0a1b/a/./b", `has the segment "."`},
		{"runs:/../x", `has the segment ".."`},
		{"runs:/0a1b//etc/passwd", `has the segment ""`},
		{"runs:/0a1b/%2e%2e/x", `has the character "%"`},
		{"runs:/0a1b/a%2fb", `has the character "%"`},
		{`runs:/0a1b/a\b`, `has the character "\\"`},
		{"runs:/0a1b/a\r\nHost: x", `has the character "\r"`},
		{"runs:/0a1b/a\x00", `has the character "\x00"`},
		{"runs:/0a1b/a?b", `has the character "?"`},
		{"runs:/0a1b/a#b", `has the character "#"`},
		{"runs:/0a1b/file:/etc", `has the character ":"`},
		{"runs:/0a1b/\xff", "not UTF-8"},
		{"runs:/0a b/x", "not the id of a run"},
		{"runs:/" + strings.Repeat("x", 257) + "/m", "not the id of a run"},
		{"models:/m-" + strings.Repeat("x", 65), "names no version and no alias"},
		{"models:/m/" + strings.Repeat("x", 256), "not a version and not an alias"},
		{"models:/m", "names no version and no alias"},
		{"models:/@champion", "names no version and no alias"},
		{"models:/m@", "not a version and not an alias"},
		{"models:/m/latest", "not the latest"},
		{"models:/m@Latest", "not the latest"},
		{"models:/m/1.5", "not a version and not an alias"},
		{"models:/m/4 2", "not a version and not an alias"},
		{"models://profile/m/1", `has the segment ""`},
		{"runs:/0a1b/" + strings.Repeat("x", 1024), "1035 bytes, the limit is 1024"},
	} {
		t.Run(c.text, func(t *testing.T) {
			_, err := parse(c.text)
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), "\n")
			require.Less(t, len(err.Error()), 400)
		})
	}
}

// FuzzParse: whatever is accepted stays under the root that MLflow names, in
// each of the places that artifacts are in.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"runs:/0a1b/a/b c.txt", "models:/m/3/x", "models:/m@a", "models:/m-0a1b", "runs:/a/../b", "runs:/a/%2e%2e", "models:/m/latest"} {
		f.Add(s)
	}
	c, err := New(Config{TrackingURI: "http://127.0.0.1:5000"})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string) {
		i, err := parse(text)
		if err != nil {
			return
		}
		require.True(t, IsID(text))
		named := 0
		for _, n := range []bool{i.run != "", i.model != "", i.name != ""} {
			if n {
				named++
			}
		}
		require.Equal(t, 1, named, "%+v", i)
		require.Equal(t, i.name != "", (i.version != "") != (i.alias != ""), "%+v", i)
		for _, root := range []string{"file:///r/o/t", "s3://bucket/o/t", "mlflow-artifacts:/r/o/t"} {
			at, err := c.join(root, i.path)
			require.NoError(t, err)
			u, err := url.Parse(at)
			require.NoError(t, err)
			base, err := url.Parse(root)
			require.NoError(t, err)
			require.Equal(t, base.Scheme+base.Host, u.Scheme+u.Host)
			require.Equal(t, path.Clean(u.Path), u.Path)
			require.Equal(t, strings.TrimSuffix(base.Path+"/"+i.path, "/"), u.Path)
		}
	})
}
