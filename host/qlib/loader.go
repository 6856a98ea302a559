package qlib

import (
	"errors"

	"edgesignal/host/expr"
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
	var good []expr.Field
	seen := map[string]bool{}
	for i, e := range expressions {
		name := e.text()
		if names != nil {
			name = names[i].text()
		}
		f := expr.Field{Name: name, Expression: e.text()}
		switch err := compile(f); {
		case err != nil:
			c.add(e, partField, name, Cannot, "%v", err)
		case seen[name]:
			c.add(e, partField, name, Cannot, "two fields have this name")
		default:
			good = append(good, f)
		}
		seen[name] = true
	}
	if len(good) == 0 {
		return
	}
	if err := compile(good...); err != nil {
		c.add(features, partField, "feature", Cannot, "%v", err)
		return
	}
	c.add(features, partField, "feature", Served, "%d of %d fields can be computed", len(good), len(expressions))
}

// compile returns why expressions cannot be computed together. Which numerics
// they are computed with makes no difference to that.
func compile(fields ...expr.Field) error {
	_, err := expr.Compile(fields, expr.Options{})
	var e *expr.Error
	if !errors.As(err, &e) || len(fields) > 1 {
		return err
	}
	return &expr.Error{Position: e.Position, Problem: clip(e.Problem), Cure: e.Cure} // the line names the column
}
