package qlib

import (
	"fmt"
	"regexp"
)

const (
	loaderModule = "qlib.data.dataset.loader"
	alphaModule  = "qlib.contrib.data.loader"
	maxLoaders   = 8 // within each other
)

// loader says whether the fields of a loader are ones that can be computed.
// within is where the loader should stand.
func (c *checker) loader(l, within value) {
	c.depth++
	defer func() { c.depth-- }()
	if c.full {
		return
	}
	if c.depth > maxLoaders {
		c.add(l, partLoader, "NestedDataLoader", Cannot, "loaders nest deeper than %d levels", maxLoaders)
		return
	}
	if !l.exists() {
		c.add(within, partLoader, "none", Cannot, "the handler names no data_loader")
		return
	}
	k, args := classOf(l), kwargs(l)
	if k.module == "" { // the handler looks here first (DataHandler.__init__)
		k.module = loaderModule
	}
	switch {
	case k.module == loaderModule && k.name == "QlibDataLoader":
		c.add(l, partLoader, k.name, Served, "fields of Qlib's expressions")
		c.frequency(args)
		c.filters(args)
		c.expressions(args.at("config"), l)
	case k.module == alphaModule && (k.name == "Alpha158DL" || k.name == "Alpha360DL"):
		c.add(l, partLoader, k.name, Served, "the fields of its name")
		c.frequency(args)
		c.filters(args)
		if config := args.at("config"); config.at("feature").exists() {
			c.expressions(config, l)
		}
	case k.module == loaderModule && k.name == "NestedDataLoader":
		c.add(l, partLoader, k.name, Served, "the fields of several loaders, in the order of their names")
		for _, inner := range args.at("dataloader_l").list() {
			c.loader(inner, l)
		}
	case k.module == loaderModule && k.name == "StaticDataLoader":
		c.add(l, partLoader, k.name, NeedsExport, "its columns become columns of the bars; new days of them have to come with the bars")
	case k.isQlib():
		c.add(l, partLoader, k.name, Cannot, "not a loader of fields")
	default:
		c.own(l, partLoader, k.name, "own code: servable if it only changes which fields are computed; the exporter says")
	}
}

// filters of a loader change the universe, as those of a handler do.
func (c *checker) filters(args value) {
	if args.at("filter_pipe").exists() {
		c.universe(value{args.resolved()})
	}
}

// expressions says of each expression that cannot be computed why, and of all
// others that they can. Labels are not looked at: nothing of them is served.
func (c *checker) expressions(config, within value) {
	features := config.at("feature")
	if config.isList() || !features.exists() {
		c.add(within, partField, "none", Cannot, `the loader has no group "feature", which is what the model is given`)
		return
	}
	var names []value
	expressions := features.list()
	if len(expressions) == 2 && expressions[0].isList() {
		expressions, names = expressions[0].list(), expressions[1].list()
	}
	if len(expressions) == 0 || names != nil && len(names) != len(expressions) {
		c.add(features, partField, "feature", Cannot, "%d expressions and %d names", len(expressions), len(names))
		return
	}
	if c.fields += len(expressions); c.fields > maxFields {
		c.full = true
		return
	}
	good := 0
	seen := map[string]bool{}
	for i, e := range expressions {
		name := e.text()
		if names != nil {
			name = names[i].text()
		}
		switch err := computable(e.text()); {
		case err != nil:
			c.add(e, partField, name, Cannot, "%s", err)
		case seen[name]:
			c.add(e, partField, name, Cannot, "two fields have this name")
		default:
			good++
		}
		seen[name] = true
	}
	c.add(features, partField, "feature", Served, "%d of %d fields can be computed", good, len(expressions))
}

var calls = regexp.MustCompile(`(\w+)\s*\(`)

func computable(text string) error {
	for _, m := range calls.FindAllStringSubmatch(text, -1) {
		if !known[m[1]] {
			return fmt.Errorf("%s is not an operator of Qlib", clip(m[1]))
		}
	}
	return nil
}

var known = map[string]bool{"Add": true, "Sub": true, "Mul": true, "Div": true, "Power": true, "Greater": true, "Less": true, "Gt": true, "Ge": true,
	"Lt": true, "Le": true, "Eq": true, "Ne": true, "And": true, "Or": true, "Not": true, "Abs": true, "Sign": true, "Log": true, "If": true, "Ref": true,
	"Delta": true, "Mean": true, "Sum": true, "Std": true, "Var": true, "Skew": true, "Kurt": true, "Max": true, "Min": true, "IdxMax": true, "IdxMin": true,
	"Med": true, "Rank": true, "Quantile": true, "Count": true, "Mad": true, "WMA": true, "EMA": true, "Slope": true, "Rsquare": true, "Resi": true,
	"Corr": true, "Cov": true, "Mask": true, "ChangeInstrument": true}
