package deploycheck

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/rhysd/actionlint"
)

// workflow returns what actionlint says of it.
func workflow(_ context.Context, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var said strings.Builder
	linter, err := actionlint.NewLinter(&said, &actionlint.LinterOptions{})
	if err != nil {
		return err
	}
	found, err := linter.Lint(path, text, nil)
	if err != nil {
		return err
	}
	if len(found) > 0 {
		return fmt.Errorf("actionlint:\n%s", &said)
	}
	return nil
}
