package model

import "testing"

func FuzzLoad(f *testing.F) {
	f.Add([]byte(smallText))
	d := small(f)
	f.Add(d.text())
	f.Add(d.first(1).text())
	f.Add(d.set(f, 0, "num_leaves", "1000000000").text())
	f.Add(d.set(f, 0, "left_child", "1 0 -1").text())
	f.Add(d.set(f, 2, "left_child", "1 -2").text())
	f.Add(d.setHeader(f, "max_feature_idx=2", "max_feature_idx=100000").text())
	f.Add(takeApart(f, readModel(f, "one_feature")).first(1).text())
	f.Fuzz(func(t *testing.T, text []byte) {
		loadDamaged(t, text)
		// A mutated text seldom has right sizes: give it such, so that the trees are reached.
		if starts := treeStart.FindIndex(text); starts != nil && len(text) < 1<<16 && endOfTrees.Match(text) {
			loadDamaged(t, takeApart(t, text).text())
		}
	})
}
