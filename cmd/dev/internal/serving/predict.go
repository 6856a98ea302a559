package serving

import (
	"fmt"
	"strconv"
	"strings"
)

// predictions reads what "go test -bench Predict ./host/model" prints, which
// has the batch evaluator and leaves in turns: a line for each benchmark and
// round, values before their units.
func predictions(printed string) ([]*figure, error) {
	var all []*figure
	of := map[string]*figure{}
	for line := range strings.Lines(printed) {
		fields := strings.Fields(line)
		if len(fields) == 0 || !strings.HasPrefix(fields[0], "BenchmarkPredict/") {
			continue
		}
		values := map[string]float64{}
		for i := 2; i+1 < len(fields); i += 2 {
			v, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				return nil, fmt.Errorf("%q: %w", line, err)
			}
			values[fields[i+1]] = v
		}
		if values["ns"] == 0 || values["leaves-ns"] == 0 {
			return nil, fmt.Errorf("%q: no ns and leaves-ns", line)
		}
		name := strings.TrimPrefix(fields[0], "BenchmarkPredict/")
		if i := strings.LastIndexByte(name, '-'); i >= 0 {
			name = name[:i] // the number of cores
		}
		f := of[name]
		if f == nil {
			f = &figure{scenario: "predict, " + strings.ReplaceAll(name, "/", ", "), name: "CPU a row and tree", unit: nanoseconds, baseline: "leaves"}
			if strings.HasSuffix(name, "rows=500") || strings.HasSuffix(name, "rows=3000") {
				f.goal = "<= 0.33"
			}
			of[name], all = f, append(all, f)
		}
		f.ours, f.theirs = append(f.ours, values["ns"]), append(f.theirs, values["leaves-ns"])
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no BenchmarkPredict in %q", printed)
	}
	return all, nil
}

func nanoseconds(x float64) string { return fmt.Sprintf("%.1f ns", x) }
