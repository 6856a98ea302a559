package main

// ruleCmd is what an author of rules needs.
type ruleCmd struct {
	New   ruleNewCmd   `cmd:"" help:"Write a rule project that builds without a network."`
	Meta  ruleMetaCmd  `cmd:"" help:"Put the metadata of a rule into its module."`
	Check ruleCheckCmd `cmd:"" help:"Say whether a rule is admissible and what it declares."`
	Run   ruleRunCmd   `cmd:"" help:"Run a rule on scores from a CSV file."`
}
