package qlib

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// workflow returns a file with this model and this handler, both as YAML in
// one line.
func workflow(model, handler string) string {
	return "task:\n  model: " + model + "\n  dataset:\n    class: DatasetH\n    module_path: qlib.data.dataset\n    kwargs:\n      handler: " + handler + "\n"
}

const lgb = "{class: LGBModel, module_path: qlib.contrib.model.gbdt, kwargs: {loss: mse}}"

func alpha158(args string) string {
	return "{class: Alpha158, module_path: qlib.contrib.data.handler, kwargs: {instruments: all" + args + "}}"
}

func fields(config string) string {
	return "{class: DataHandlerLP, module_path: qlib.data.dataset.handler, kwargs: {instruments: all, data_loader: " +
		"{class: QlibDataLoader, kwargs: {config: " + config + "}}}}"
}

func TestCheck(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		want       Servable
		why        string // of the line that decides; "" = none does
	}{
		{"as it stands", workflow(lgb, alpha158("")), Yes, ""},
		{"the task alone", strings.ReplaceAll(strings.TrimPrefix(workflow(lgb, alpha158("")), "task:"), "\n  ", "\n"), Yes, ""},
		{"class with its module", workflow("{class: qlib.contrib.model.gbdt.LGBModel}", alpha158("")), Yes, ""},
		{"linear trees", workflow("{class: LGBModel, module_path: qlib.contrib.model.gbdt, kwargs: {linear_tree: true}}", alpha158("")), Yes, ""},
		{"several outputs", workflow("{class: LGBModel, module_path: qlib.contrib.model.gbdt, kwargs: {objective: multiclass, num_class: 3}}", alpha158("")), No, "several outputs"},
		{"a loss of its own", workflow("{class: LGBModel, module_path: qlib.contrib.model.gbdt, kwargs: {loss: huber}}", alpha158("")), No, "mse and binary alone"},
		{"another library", workflow("{class: XGBModel, module_path: qlib.contrib.model.xgboost}", alpha158("")), No, "not a LightGBM model"},
		{"own model", workflow("{class: LGBModel, module_path: mine}", alpha158("")), Unknown, "own code"},
		{"a name alone is not Qlib's", workflow("LGBModel", alpha158("")), Unknown, "own code"},
		{"no model", workflow("null", alpha158("")), No, "no model"},
		{"own handler", workflow(lgb, "{class: Alpha158, module_path: mine}"), Unknown, "own code"},
		{"a saved handler", workflow(lgb, "'file:///handler.pkl'"), Unknown, "saved"},
		{"no handler", workflow(lgb, "null"), No, "names no handler"},
		{"minutes", workflow(lgb, alpha158(", freq: 1min")), No, "within the day"},
		{"symbols' own processors", workflow(lgb, alpha158(", inst_processors: [{class: TimeRangeFlt}]")), No, "before any feature"},
		{"no filter", workflow(lgb, alpha158(", filter_pipe: null, inst_processors: []")), Yes, ""},
		{"a filter", workflow(lgb, alpha158(", filter_pipe: [{filter_type: NameDFilter, name_rule_re: 'SH.*'}]")), AfterExport, "grow with the bars"},
		{"a filter of another kind", workflow(lgb, alpha158(", filter_pipe: [{filter_type: Mine}]")), No, "not a filter"},
		{"fitted state", workflow(lgb, alpha158(", infer_processors: [{class: ZScoreNorm}]")), AfterExport, "fitted in training"},
		{"fitted state of the label", workflow(lgb, alpha158(", infer_processors: [{class: ZScoreNorm, kwargs: {fields_group: label}}]")), Yes, ""},
		{"shared processors", workflow(lgb, alpha158(", shared_processors: [{class: MinMaxNorm}]")), AfterExport, "fitted in training"},
		{"a processor by its name", workflow(lgb, alpha158(", infer_processors: [CSRankNorm]")), Yes, ""},
		{"an own processor", workflow(lgb, alpha158(", infer_processors: [{class: Fillna, module_path: mine}]")), No, "own code"},
		{"an own processor in training", workflow(lgb, alpha158(", learn_processors: [{class: Mine, module_path: mine}]")), Yes, ""},
		{"a processor of Qlib's that is not daily", workflow(lgb, alpha158(", infer_processors: [{class: HighFreqNorm, module_path: qlib.contrib.data.highfreq_processor}]")), No, "not one of the processors"},
		{"rows without a label dropped", workflow(lgb, alpha158(", infer_processors: [{class: DropnaLabel}]")), No, "refuses"},
		{"rows with anything missing dropped", workflow(lgb, alpha158(", infer_processors: [{class: DropnaProcessor}]")), No, "no new day has one"},
		{"rows with a feature missing dropped", workflow(lgb, alpha158(", infer_processors: [{class: DropnaProcessor, kwargs: {fields_group: feature}}]")), Yes, ""},
		{"Alpha360 normalises by itself", workflow(lgb, "{class: Alpha360, module_path: qlib.contrib.data.handler}"), AfterExport, "names none"},
		{"Alpha360 told not to", workflow(lgb, "{class: Alpha360, module_path: qlib.contrib.data.handler, kwargs: {infer_processors: []}}"), Yes, ""},
		{"fields", workflow(lgb, fields("{feature: [['$close/Ref($close,5)'], [ROC]], label: ['Ref($close,-1)']}")), Yes, ""},
		{"fields without names", workflow(lgb, fields("{feature: ['$close/Ref($close,5)', 'Mean($close,5)']}")), Yes, ""},
		{"an operator of their own", workflow(lgb, fields("{feature: [['CSRank($close)'], [A]]}")), No, "CSRank"},
		{"no group", workflow(lgb, fields("['$close']")), No, "no group"},
		{"names that do not fit", workflow(lgb, fields("{feature: [['$close'], [A, B]]}")), No, "1 expressions and 2 names"},
		{"a name that is there twice", workflow(lgb, fields("{feature: [['$close', '$open'], [A, A]]}")), No, "two fields"},
		{"several loaders", workflow(lgb, `{class: DataHandlerLP, module_path: qlib.data.dataset.handler, kwargs: {data_loader: {class: NestedDataLoader,
          kwargs: {dataloader_l: [{class: qlib.contrib.data.loader.Alpha158DL}, {class: qlib.contrib.data.loader.Alpha360DL}]}}}}`), Yes, ""},
		{"columns of a file", workflow(lgb, "{class: DataHandlerLP, module_path: qlib.data.dataset.handler, kwargs: {data_loader: {class: StaticDataLoader, kwargs: {config: a.pkl}}}}"), AfterExport, "come with the bars"},
		{"sequences", strings.Replace(workflow(lgb, alpha158("")), "DatasetH", "TSDatasetH", 1), No, "sequences"},
		{"a file on top of another", "BASE_CONFIG_PATH: base.yaml\n" + workflow(lgb, alpha158("")), No, "merged file"},
		{"anchors and merges", "base: &base {instruments: all, freq: 5min}\n" + workflow(lgb, "{class: Alpha158, module_path: qlib.contrib.data.handler, kwargs: {<<: *base}}"), No, "within the day"},
		{"a strategy never decides", "port_analysis_config: {strategy: {class: Mine, module_path: mine}}\n" + workflow(lgb, alpha158("")), Yes, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := Check([]byte(tc.file))
			require.NoError(t, err)
			require.Equal(t, tc.want, r.Servable, "%v", r.Lines)
			found := tc.why == ""
			for _, l := range r.Lines {
				found = found || strings.Contains(l.Why, tc.why)
			}
			require.True(t, found, "%v", r.Lines)
		})
	}
}
