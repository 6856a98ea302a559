package qlib

import "slices"

const processorModule = "qlib.data.dataset.processor"

// stateless are the processors that need nothing but the day's features, and why
// that is enough.
var stateless = map[string]string{
	"Fillna":          "a number for what is missing",
	"ProcessInf":      "the day's mean for infinities, over the release's universe",
	"CSZScoreNorm":    "z-scores of the day, over the release's universe",
	"CSRankNorm":      "ranks of the day, over the release's universe",
	"CSZFillna":       "the day's mean for what is missing, over the release's universe",
	"TanhProcess":     "tanh of each value",
	"DropnaProcessor": "rows with missing values are excluded",
	"DropCol":         "columns that the model is not given",
	"FilterCol":       "the columns that the model is given",
	"HashStockFormat": "another container, the same values",
}

// fitted are those whose state comes from training.
var fitted = []string{"ZScoreNorm", "MinMaxNorm", "RobustZScoreNorm"}

// processor says what becomes of one that runs before each prediction.
func (c *checker) processor(p value) {
	k, args := classOf(p), kwargs(p)
	if k.module == "" { // the handler looks here first (DataHandlerLP.__init__)
		k.module = processorModule
	}
	group := args.at("fields_group").texts()
	labelOnly := len(group) > 0 && !slices.Contains(group, "feature")
	why, known := stateless[k.name]
	switch {
	case k.module != processorModule && k.isQlib():
		c.add(p, partProcessor, k.name, Cannot, "not one of the processors that are computed here")
	case k.module != processorModule:
		c.add(p, partProcessor, k.name, Cannot, "own code: a value of the model's inputs that nobody else can compute")
	case k.name == "DropnaLabel":
		c.add(p, partProcessor, k.name, Cannot, "Qlib itself refuses it before a prediction: it belongs to learn_processors")
	case k.name == "DropnaProcessor" && (len(group) == 0 || slices.Contains(group, "label")):
		c.add(p, partProcessor, k.name, Cannot, "it drops rows without a label, and no new day has one: give fields_group: feature")
	case slices.Contains(fitted, k.name) && labelOnly, known && labelOnly && k.name != "DropnaProcessor":
		c.add(p, partProcessor, k.name, Served, "changes no column that the model is given")
	case slices.Contains(fitted, k.name):
		c.add(p, partProcessor, k.name, NeedsExport, "its state is fitted in training")
	case k.name == "CSZScoreNorm" && !slices.Contains([]string{"", "zscore", "robust"}, args.at("method").text()):
		c.add(p, partProcessor, k.name, Cannot, "Qlib knows the methods zscore and robust alone")
	case known:
		c.add(p, partProcessor, k.name, Served, "%s", why)
	default:
		c.add(p, partProcessor, k.name, Cannot, "not a processor of Qlib 0.9.7")
	}
}
