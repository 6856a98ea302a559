package settings

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

var write = flag.Bool("write", false, "write docs/SETTINGS.md anew")

const (
	document = "../../docs/SETTINGS.md"
	begin    = "<!-- written by go run ./cmd/dev docs -->\n"
	end      = "<!-- end -->\n"
)

// docs/SETTINGS.md has a row for every setting, made of the struct.
func TestTheDocumentHasEverySetting(t *testing.T) {
	text, err := os.ReadFile(document)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), begin)
	require.True(t, ok)
	_, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	want := before + begin + table(t) + end + after
	if *write {
		require.NoError(t, os.WriteFile(document, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(text), "go run ./cmd/dev docs writes it anew")
}

func table(t *testing.T) string {
	var s Settings
	parser, err := kong.New(&s)
	require.NoError(t, err)
	var b strings.Builder
	b.WriteString("\n| setting | flag | default | allowed | what it does |\n|---|---|---|---|---|\n")
	for _, f := range parser.Model.Flags {
		if f.Name == "help" {
			continue
		}
		require.True(t, f.Tag.Has("allowed"), f.Name)
		require.True(t, f.Tag.Has("default") || f.Tag.Has("unset"), "%s: what holds where nothing is said?", f.Name)
		require.NotEmpty(t, f.Tag.Envs, f.Name)
		other := "`" + f.Default + "`"
		if !f.HasDefault {
			other = "unset: " + f.Tag.Get("unset")
		}
		help := strings.ReplaceAll(f.Help, " ("+f.Default+")", "")
		row := fmt.Sprintf("| `%s` | `--%s` | %s | %s | %s |\n", strings.Join(f.Tag.Envs, "`, `"), f.Name, other, f.Tag.Get("allowed"), help)
		b.WriteString(strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(row))
	}
	b.WriteString("\n")
	return b.String()
}
