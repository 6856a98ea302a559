package main

import "context"

type docsCmd struct{}

// Run writes what in the documents is made and not written by hand. The tests
// that hold it do the writing, so what is made and what is compared cannot
// differ.
func (*docsCmd) Run(ctx context.Context, s shell) error {
	write := func(name, test, pkg string) step {
		return step{name: name, do: s.do(goCommand("test", "-count=1", "-run", "^"+test+"$", pkg, "-args", "-write"))}
	}
	return runSteps(ctx, s.stdout,
		write("draw docs/book.svg", "TestThePictureIsCurrent", "./host/internal/picture"),
		write("docs/SETTINGS.md", "TestTheDocumentHasEverySetting", "./host/settings"),
		write("the linter's arrows", "TestTheTableOfFoldersIsTrueAndTheLinterHoldsIt", "./docs"),
		write("lists of contents", "TestListsOfContents", "./docs"),
	)
}
