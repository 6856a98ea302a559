package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"edgesignal/host/qlib"
)

// qlibCmd is what a user of Qlib needs.
type qlibCmd struct {
	Check qlibCheckCmd `cmd:"" help:"Say what of a workflow file can be served, line by line. No Python is needed."`
}

type qlibCheckCmd struct {
	File string `arg:"" placeholder:"workflow.yaml" help:"The file that qrun takes."`
	JSON bool   `name:"json" help:"As JSON."`
}

// Help says what the exit status means.
func (qlibCheckCmd) Help() string {
	return "Exit status 0: it can be a release, as it stands or by what guest/qlib/export.py writes, or only the exporter can say. " +
		"1: part of it cannot be served, or the file cannot be read. The strategy does not count: a rule takes its place."
}

func (c *qlibCheckCmd) Run(s streams) error {
	file, err := readAtMost(c.File, qlib.MaxBytes)
	if err != nil {
		return err
	}
	report, err := qlib.Check(file)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if c.JSON {
		err = sayJSON(s.out, report)
	} else {
		err = writeReport(s.out, report)
	}
	if err != nil {
		return err
	}
	if report.Servable == qlib.No {
		return fmt.Errorf("%s: part of it cannot be served", c.File)
	}
	return nil
}

var (
	verdicts = map[qlib.Verdict]string{qlib.Served: "served", qlib.NeedsExport: "needs the export", qlib.Cannot: "cannot"}
	sums     = map[qlib.Servable]string{
		qlib.Yes:         "It can be served. The strategy is a rule's business.",
		qlib.AfterExport: "It can be served after the export: python guest/qlib/export.py --workflow FILE --out DIR",
		qlib.Unknown:     "It has code of its own, so only the export can say: python guest/qlib/export.py --workflow FILE --out DIR",
		qlib.No:          "It cannot be served as it is.",
	}
)

func writeReport(w io.Writer, r *qlib.Report) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "LINE\tPART\tWHAT\tVERDICT\tWHY")
	for _, l := range r.Lines {
		line := "-"
		if l.Line > 0 {
			line = fmt.Sprint(l.Line)
		}
		_ = say(table, "%s\t%s\t%s\t%s\t%s\n", line, l.Part, l.What, verdicts[l.Verdict], l.Why)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, sums[r.Servable])
	return err
}

// readAtMost reads a file; one byte more than the limit is enough to be refused.
func readAtMost(name string, limit int64) (b []byte, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer io.ReadCloser(f).Close()
	return io.ReadAll(io.LimitReader(f, limit+1))
}
