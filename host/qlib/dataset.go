package qlib

// dataset says what of the features can be computed.
func (c *checker) dataset(d value) {
	if !d.exists() {
		c.add(d, partDataset, "none", Cannot, "the task has no dataset")
		return
	}
	k := classOf(d)
	switch {
	case k.name == "DatasetH" && k.isQlib():
		c.add(d, partDataset, k.name, Served, "a row a symbol and day")
	case k.name == "TSDatasetH" && k.isQlib():
		c.add(d, partDataset, k.name, Cannot, "it gives sequences of days; a LightGBM model takes rows")
	case k.isQlib():
		c.add(d, partDataset, k.name, Cannot, "not a class of Qlib 0.9.7 that gives rows")
	default:
		name := k.name
		if name == "" {
			name = "own dataset"
		}
		c.own(d, partDataset, name, "own code: the exporter makes it and looks at what its handler computes")
	}
	args := kwargs(d)
	h := args.at("handler")
	switch {
	case h.isMapping():
		c.handler(h)
	case h.exists():
		c.own(h, partHandler, "a file or a name", "a handler that was saved: the exporter opens it with your Qlib")
	default:
		c.add(args, partHandler, "none", Cannot, "the dataset names no handler")
	}
}

// The handlers of Qlib 0.9.7 over daily bars, and the processors that they have
// where the file names none.
const (
	handlerModule = "qlib.contrib.data.handler"
	lpModule      = "qlib.data.dataset.handler"
)

func (c *checker) handler(h value) {
	k, args := classOf(h), kwargs(h)
	switch {
	case k.module == handlerModule && (k.name == "Alpha158" || k.name == "Alpha158vwap"):
		c.add(h, partHandler, k.name, Served, "the feature set alpha158")
	case k.module == handlerModule && (k.name == "Alpha360" || k.name == "Alpha360vwap"):
		c.add(h, partHandler, k.name, Served, "the feature set alpha360")
	case k.module == lpModule && (k.name == "DataHandlerLP" || k.name == "DataHandler"):
		c.add(h, partHandler, k.name, Served, "what its loader computes")
		c.loader(args.at("data_loader"), h)
	case k.isQlib():
		c.add(h, partHandler, k.name, Cannot, "not a handler of Qlib 0.9.7 over daily bars")
	default:
		name := k.name
		if name == "" {
			name = "own handler"
		}
		c.own(h, partHandler, name, "own code: servable if it only changes which fields Qlib's own loaders compute; the exporter says")
	}
	c.frequency(args)
	c.universe(args)
	for _, list := range []string{"shared_processors", "infer_processors"} {
		given := args.at(list)
		for _, p := range given.list() {
			c.processor(p)
		}
		if given.exists() && !given.isList() {
			c.add(given, partProcessor, list, Cannot, "not a list of processors")
		}
	}
	if k.module == handlerModule && (k.name == "Alpha360" || k.name == "Alpha360vwap") && args.at("infer_processors").node == nil {
		c.add(h, partProcessor, "ProcessInf, ZScoreNorm, Fillna", NeedsExport, "%s has them where the file names none; the state of ZScoreNorm is fitted in training", k.name)
	}
	for _, p := range args.at("learn_processors").list() {
		c.add(p, partLearn, classOf(p).name, Served, "runs in training only")
	}
}

// frequency says no to bars within the day.
func (c *checker) frequency(args value) {
	freq := args.at("freq")
	if t := freq.text(); freq.exists() && t != "day" && t != "1d" && t != "d" {
		c.add(freq, partHandler, "freq", Cannot, "features of bars within the day; the market is daily bars")
	}
	if inst := args.at("inst_processors"); !inst.isEmpty() {
		c.add(inst, partHandler, "inst_processors", Cannot, "they change a symbol's bars before any feature is computed")
	}
}

// universe says which symbols a day's features are computed over.
func (c *checker) universe(args value) {
	at := args.at("instruments")
	market, filters := at, args.at("filter_pipe")
	if at.isMapping() {
		market, filters = at.at("market"), at.at("filter_pipe")
	}
	switch name := market.text(); {
	case at.isList():
		c.add(at, partUniverse, "a list", Served, "the release's universe is this list")
	case name == "all":
		c.add(at, partUniverse, name, Served, "every symbol of the market")
	case name != "":
		c.add(at, partUniverse, name, Served, "instruments/%s.txt beside the bars, point in time", clip(name))
	case at.exists():
		c.own(at, partUniverse, "instruments", "the exporter asks your Qlib which symbols these are")
	}
	for _, f := range filters.list() {
		switch kind := f.at("filter_type").text(); kind {
		case "NameDFilter", "ExpressionDFilter":
			c.add(f, partUniverse, kind, NeedsExport, "the exporter writes the filtered universe as an instruments file, which has to grow with the bars")
		default:
			c.add(f, partUniverse, kind, Cannot, "not a filter of Qlib 0.9.7")
		}
	}
}
