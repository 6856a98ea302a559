package portfolio

// The names of the extra columns.
const (
	PreviousWeight  = "previous_weight"
	Close           = "close"
	Volatility20D   = "volatility_20d"
	DollarVolume20D = "dollar_volume_20d"
	Sector          = "sector"
	Beta60D         = "beta_60d"
)

// Column is an extra column that a rule may ask for in its metadata.
type Column struct {
	Name    string
	Meaning string // one line; package signal has the formula
}

// Columns lists all extra columns that a host provides. Each holds one float64 a
// symbol; NaN = missing.
var Columns = []Column{
	{PreviousWeight, "the weight held before, a fraction of capital; 0 where none is named"},
	{Close, "the adjusted close of the day"},
	{Volatility20D, "sample standard deviation of the daily simple returns of the last 20 days, not annualized"},
	{DollarVolume20D, "mean of close x volume over the last 20 days"},
	{Sector, "the sector's number, 0 and up; which number a sector has holds for one market revision only"},
	{Beta60D, "beta of the daily simple returns of the last 60 days against the equal-weighted mean of the strategy's universe"},
}

// ColumnNames returns the names of Columns, in their order.
func ColumnNames() []string {
	all := make([]string, len(Columns))
	for i, c := range Columns {
		all[i] = c.Name
	}
	return all
}

// ProvidedColumns holds the names of Columns, to look one up.
var ProvidedColumns = names(Columns)

func names(columns []Column) map[string]bool {
	provided := make(map[string]bool, len(columns))
	for _, c := range columns {
		provided[c.Name] = true
	}
	return provided
}
