package qlib

import "strings"

// objectives are LightGBM's with one output, the names that a workflow may
// give them included (LightGBM, ParseObjectiveAlias).
var objectives = map[string]bool{
	"mse": true, "regression": true, "regression_l2": true, "l2": true, "mean_squared_error": true,
	"rmse": true, "root_mean_squared_error": true, "l2_root": true,
	"mae": true, "regression_l1": true, "l1": true, "mean_absolute_error": true,
	"huber": true, "fair": true, "quantile": true, "mape": true, "mean_absolute_percentage_error": true,
	"poisson": true, "gamma": true, "tweedie": true,
	"binary": true, "cross_entropy": true, "xentropy": true, "cross_entropy_lambda": true, "xentlambda": true,
	"lambdarank": true, "rank_xendcg": true, "xendcg": true, "xe_ndcg": true, "xe_ndcg_mart": true, "xendcg_mart": true,
}

// data says whether the bars of qlib_init can be the market.
func (c *checker) data(init value) {
	if !init.exists() {
		return
	}
	uri := init.at("provider_uri")
	switch {
	case uri.isMapping():
		c.add(uri, partData, "provider_uri", NeedsExport, "several directories by frequency: DATA_DIR is the one of the days")
	case uri.exists():
		c.add(uri, partData, "provider_uri", Served, "DATA_DIR can be this directory")
	}
	if ops := init.at("custom_ops"); !ops.isEmpty() {
		c.add(ops, partData, "custom_ops", Served, "own operators are not known here; a field that uses one is named below")
	}
}

// model says whether what is trained is a LightGBM model of one output.
func (c *checker) model(m value) {
	if !m.exists() {
		c.add(m, partModel, "none", Cannot, "the task has no model")
		return
	}
	k := classOf(m)
	switch {
	case k.name == "LGBModel" && (k.module == "qlib.contrib.model.gbdt" || k.module == "qlib.contrib.model"):
		c.lightgbm(m, k)
	case k.name == "DEnsembleModel" && k.isQlib():
		c.add(m, partModel, k.name, Cannot, "its parts see different columns and are weighted by training; export each part's booster as a model of its own")
	case k.isQlib():
		c.add(m, partModel, k.name, Cannot, "not a LightGBM model")
	default:
		c.own(m, partModel, k.name, "own code: servable if it holds one LightGBM booster in .model, as LGBModel does")
	}
}

func (c *checker) lightgbm(m value, k class) {
	args := kwargs(m)
	loss := args.at("loss").text()
	objective := loss
	for _, name := range []string{"objective", "objective_type", "app", "application"} {
		if t := args.at(name).text(); t != "" {
			objective = t
		}
	}
	what := k.name
	if objective != "" {
		what += " (" + objective + ")"
	}
	switch {
	case loss != "" && loss != "mse" && loss != "binary":
		c.add(m, partModel, what, Cannot, "Qlib's LGBModel itself knows the losses mse and binary alone")
	case objective != "" && !objectives[strings.ToLower(objective)]:
		c.add(m, partModel, what, Cannot, "this objective has several outputs or is not known; a prediction is one number")
	default:
		c.add(m, partModel, what, Served, "its booster as LightGBM's text: model.model.save_model(FILE), or the exporter")
	}
}
