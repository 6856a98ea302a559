package processor

// class is one of Qlib's processors.
type class struct {
	kwargs  []string // that it takes
	groups  bool     // fields_group may be a list
	state   []string // that was fitted: a number for each of its columns
	crosses bool     // it looks at other symbols of the day
	drops   bool     // it may drop rows
	add     func(c *Chain, s *Spec) error
}

const (
	fieldsGroup = "fields_group"
	fillValue   = "fill_value"
	clipOutlier = "clip_outlier"
	colList     = "col_list"
	method      = "method"
	fitStart    = "fit_start_time" // of no meaning once the state is there
	fitEnd      = "fit_end_time"

	meanTrain, stdTrain = "mean_train", "std_train"
	minVal, maxVal      = "min_val", "max_val"
)

// classes are those that Qlib lets infer, by name.
var classes = map[string]*class{
	"Fillna":           {kwargs: []string{fieldsGroup, fillValue}, groups: true, add: addFillna},
	"ProcessInf":       {crosses: true, add: addProcessInf},
	"ZScoreNorm":       {kwargs: []string{fieldsGroup, fitStart, fitEnd}, state: []string{meanTrain, stdTrain}, add: addZScoreNorm},
	"MinMaxNorm":       {kwargs: []string{fieldsGroup, fitStart, fitEnd}, state: []string{minVal, maxVal}, add: addMinMaxNorm},
	"RobustZScoreNorm": {kwargs: []string{fieldsGroup, clipOutlier, fitStart, fitEnd}, state: []string{meanTrain, stdTrain}, add: addRobustZScoreNorm},
	"CSZScoreNorm":     {kwargs: []string{fieldsGroup, method}, groups: true, crosses: true, add: addCSZScoreNorm},
	"CSRankNorm":       {kwargs: []string{fieldsGroup}, crosses: true, add: addCSRankNorm},
	"CSZFillna":        {kwargs: []string{fieldsGroup}, crosses: true, add: addCSZFillna},
	"TanhProcess":      {add: addTanhProcess},
	"DropnaProcessor":  {kwargs: []string{fieldsGroup}, drops: true, add: addDropnaProcessor},
	"DropCol":          {kwargs: []string{colList}, add: addDropCol},
	"FilterCol":        {kwargs: []string{fieldsGroup, colList}, add: addFilterCol},
}

// cannot are Qlib's processors that are none of these, with the reason.
var cannot = map[string]string{
	"DropnaLabel":     "it is for training alone, and Qlib refuses it among the infer processors",
	"HashStockFormat": "it changes the container and no value: leave it out",
	"TimeRangeFlt":    "it picks symbols before all processors: name the universe instead",
}
