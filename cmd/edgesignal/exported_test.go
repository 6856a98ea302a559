package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExported(t *testing.T) {
	const whole = `{"export": 1, "model": "model.txt", "features": "features.json", "golden": "golden.json", "with": "pyqlib 0.9.7"}`
	for _, tc := range []struct {
		name, file              string
		flags                   publishCmd
		model, features, golden string // relative to the directory, where it is not a flag's own
		want                    string // of the error
	}{
		{name: "everything", file: whole, model: "model.txt", features: "features.json", golden: "golden.json"},
		{name: "no golden file", file: `{"export":1,"model":"m","features":"f","golden":null}`, model: "m", features: "f"},
		{name: "flags come first", file: whole, flags: publishCmd{Features: "own.json", Golden: "runs:/1/g"}, model: "model.txt", features: "own.json", golden: "runs:/1/g"},
		{name: "not finished", want: "the export was not finished"},
		{name: "not JSON", file: "secret", want: "is not what guest/qlib/export.py writes"},
		{name: "another form", file: `{"export":2,"model":"m","features":"f"}`, want: "is not what guest/qlib/export.py writes"},
		{name: "no model", file: `{"export":1,"features":"f"}`, want: "is not what guest/qlib/export.py writes"},
		{name: "elsewhere", file: `{"export":1,"model":"../secret","features":"f"}`, want: "names a file outside of the directory"},
		{name: "from the root", file: `{"export":1,"model":"/etc/secret","features":"f"}`, want: "names a file outside of the directory"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			if tc.file != "" {
				require.NoError(t, os.WriteFile(filepath.Join(dir, "export.json"), []byte(tc.file), 0o600))
			}
			c := tc.flags
			c.Qlib = dir
			err := c.exported()
			if tc.want != "" {
				require.ErrorContains(t, err, tc.want)
				require.NotContains(t, err.Error(), "secret")
				return
			}
			require.NoError(t, err)
			within := func(name, flag string) string {
				if name == "" || name == flag {
					return name
				}
				return filepath.Join(dir, name)
			}
			require.Equal(t, []string{within(tc.model, "")}, c.Model)
			require.Equal(t, within(tc.features, tc.flags.Features), c.Features)
			require.Equal(t, within(tc.golden, tc.flags.Golden), c.Golden)
		})
	}
}
