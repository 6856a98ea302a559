package docs

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	arrowsBegin = "        # begin: go run ./cmd/dev docs\n"
	arrowsEnd   = "        # end\n"
	module      = "edgesignal/"
)

// room is a row of ARCHITECTURE.md's table of folders: what the shipped code of
// a folder imports of this module.
type room struct {
	folder  string // without the /... of a row that holds for what lies below it too
	below   bool
	imports []string // folders
}

// The table of folders says what is imported, no more and no less, and the
// linter has a rule for each row that is made of it: depguard refuses an import
// that the table does not have.
func TestTheTableOfFoldersIsTrueAndTheLinterHoldsIt(t *testing.T) {
	rooms := tableOfFolders(t)
	t.Run("the linter's rules", func(t *testing.T) {
		const name = "../.golangci.yml"
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		before, rest, found := strings.Cut(string(b), arrowsBegin)
		require.True(t, found)
		list, after, found := strings.Cut(rest, arrowsEnd)
		require.True(t, found)
		if *write {
			require.NoError(t, os.WriteFile(name, []byte(before+arrowsBegin+depguard(rooms)+arrowsEnd+after), 0o644))
			return
		}
		require.Equal(t, strings.Split(depguard(rooms), "\n"), strings.Split(list, "\n"), "write it again with: go run ./cmd/dev docs")
	})
	found := imported(t)
	for _, r := range rooms {
		t.Run(r.folder, func(t *testing.T) {
			got, folders := []string{}, 0
			for folder, list := range found {
				if !r.has(folder, rooms) {
					continue
				}
				folders++
				for _, name := range list {
					if !r.below || name != r.folder && !strings.HasPrefix(name, r.folder+"/") {
						got = append(got, name)
					}
				}
				delete(found, folder)
			}
			require.NotZero(t, folders, "ARCHITECTURE.md has a row for a folder without Go code")
			slices.Sort(got)
			require.Equal(t, r.imports, slices.Compact(got), "ARCHITECTURE.md's row of %s", r.folder)
		})
	}
	require.Empty(t, slices.Sorted(maps.Keys(found)), "folders without a row in ARCHITECTURE.md")
}

// tableOfFolders reads the rows of ARCHITECTURE.md; those whose imports nobody
// holds, for they are there for tests alone, come without.
func tableOfFolders(t *testing.T) (rooms []room) {
	t.Helper()
	b, err := os.ReadFile("../ARCHITECTURE.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(b), "| folder | holds | imports |\n|---|---|---|\n")
	require.True(t, found)
	for line := range strings.SplitSeq(rest, "\n") {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) != 3 {
			break
		}
		r := room{imports: []string{}}
		r.folder, r.below = strings.CutSuffix(strings.Trim(cells[0], "`"), "/...")
		if cells[2] != "–" {
			for name := range strings.SplitSeq(cells[2], ", ") {
				if _, err := os.Stat("../host/" + name); err == nil {
					name = "host/" + name
				}
				r.imports = append(r.imports, name)
			}
		}
		slices.Sort(r.imports)
		rooms = append(rooms, r)
	}
	require.NotEmpty(t, rooms)
	return rooms
}

// has reports whether the row holds for a folder.
func (r room) has(folder string, all []room) bool {
	if folder == r.folder {
		return true
	}
	return r.below && strings.HasPrefix(folder, r.folder+"/") &&
		!slices.ContainsFunc(all, func(other room) bool { return other.folder == folder })
}

// depguard returns the linter's rules.
func depguard(rooms []room) string {
	var b strings.Builder
	for _, r := range rooms {
		files, allowed := r.folder+"/*.go", []string{}
		if r.below {
			files, allowed = r.folder+"/**", append(allowed, module+r.folder)
		}
		for _, name := range r.imports {
			allowed = append(allowed, module+name+"$")
		}
		fmt.Fprintf(&b, "        %s:\n          list-mode: lax\n", strings.ReplaceAll(r.folder, "/", "-"))
		fmt.Fprintf(&b, "          files: [\"${config-path}/%s\", \"!$test\"]\n", files)
		if len(allowed) > 0 {
			fmt.Fprintf(&b, "          allow: [%s]\n", strings.Join(allowed, ", "))
		}
		fmt.Fprintf(&b, "          deny: [{pkg: %s, desc: \"ARCHITECTURE.md's row of %s does not have it\"}]\n", strings.TrimSuffix(module, "/"), r.folder)
	}
	return b.String()
}

// imported returns what the shipped code of each folder imports of this module.
func imported(t *testing.T) map[string][]string {
	t.Helper()
	folders := map[string][]string{}
	require.NoError(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		name := d.Name()
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name == "testdata" || name == "tools" || strings.HasPrefix(name, ".") && name != ".." || path == filepath.FromSlash("../host/internal")):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		folder := filepath.ToSlash(filepath.Dir(path))[len("../"):]
		folders[folder] = append(folders[folder], []string{}...)
		for _, i := range f.Imports {
			full, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			if name, ours := strings.CutPrefix(full, module); ours && !slices.Contains(folders[folder], name) {
				folders[folder] = append(folders[folder], name)
			}
		}
		return nil
	}))
	return folders
}
