// Package deploycheck parses every file of docs/deploy that cannot be run here
// with the parser of the tool that will run it. It is a module of its own, for
// none of what it imports is in the binary; its test is what runs it:
//
//	cd cmd/dev/deploycheck && go test .
package deploycheck

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
)

// checks say which parser reads which files. A nil one: the file is run by a
// test, or checked by a Debian program; see cmd/dev/deploy.go.
var checks = []struct {
	glob  string
	check func(ctx context.Context, path string) error
}{
	{"compose.yaml", compose},
	{"Containerfile", containerfile},
	{"kubernetes/*.yaml", kubernetes},
	{"github-release.yaml", workflow},
	{"bucket/bucket.json", bucketPolicy},
	{"bucket/*.json", userPolicy},
	{"*.service", nil},
	{"*.env", nil},
	{"*.sh", nil},
	{"*.sql", nil},
}

// checkAll checks the files of dir, of which each must be one that a check
// knows, and says what is wrong with which.
func checkAll(ctx context.Context, dir string, out io.Writer) (failed int, err error) {
	parsed := 0
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		parsed++
		if err := checkFile(ctx, dir, path); err != nil {
			failed++
			fmt.Fprintf(out, "%s: %v\n", path, err)
		}
		return nil
	})
	if err == nil && parsed == 0 {
		err = fmt.Errorf("%s: there is nothing to check", dir)
	}
	return failed, err
}

func checkFile(ctx context.Context, dir, path string) error {
	name, err := filepath.Rel(dir, path)
	if err != nil {
		return err
	}
	for _, c := range checks {
		ok, err := filepath.Match(c.glob, name)
		if err != nil {
			return err
		}
		if ok && c.check == nil {
			return nil
		}
		if ok {
			return c.check(ctx, path)
		}
	}
	return fmt.Errorf("no check knows this file")
}
