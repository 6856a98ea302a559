package qlib

import "strconv"

// strategy says what turns predictions into weights. It never decides whether
// a workflow can be a release.
func (c *checker) strategy(root, task value) {
	s := root.at("port_analysis_config").at("strategy")
	if !s.exists() {
		s = task.at("port_analysis_config").at("strategy")
	}
	for _, record := range task.at("record").list() {
		if at := kwargs(record).at("config").at("strategy"); at.exists() && !s.exists() {
			s = at
		}
	}
	if !s.exists() {
		c.add(value{}, partStrategy, "none", Served, "the release's rule decides the weights; top_bottom where it names none")
		return
	}
	k, args := classOf(s), kwargs(s)
	switch {
	case k.name == "TopkDropoutStrategy" && k.isQlib():
		topk := 50
		if n, err := strconv.Atoi(args.at("topk").text()); err == nil && n > 0 {
			topk = n
		}
		c.add(s, partStrategy, k.name, Cannot,
			`no stock rule keeps yesterday's positions as it does; nearest: --rule builtin:top_bottom --params '{"top_n":%d,"bottom_n":0}'`, topk)
	case k.isQlib():
		c.add(s, partStrategy, k.name, Cannot, "no stock rule does the same; write it as a rule: edgesignal rule new")
	default:
		c.add(s, partStrategy, k.name, Cannot, "own code; write it as a rule: edgesignal rule new")
	}
}
