// Package picture draws the README's picture of a book.
package picture

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"
	"text/template"
)

// Book is what one answer says of a day.
type Book struct {
	Strategy, Version, Date string
	Lines                   []Line // highest prediction first
}

// Line is one symbol of a book.
type Line struct {
	Symbol     string
	Prediction float64 // of the next return: 0.01 = 1 %
	Weight     float64 // of the portfolio: 0.5 = a half, negative = short
}

// Lengths in pixels. Each row has a symbol, a bar of its prediction around one
// axis and a bar of its weight around another.
const (
	width, rowHeight = 860, 17
	top, bottom      = 86, 44
	margin           = 24
	predictionAxis   = 290
	predictionReach  = 130 // of the longest bar
	weightAxis       = 630
	weightReach      = 120
	barHeight        = 11
)

// row is a Line in pixels.
type row struct {
	Symbol                   string
	Class                    string // long, short or none
	Text, Middle             int    // baseline of text and top of the bars
	PredictionX, PredictionW string
	WeightX, WeightW         string
	Prediction, Weight       string
	WeightText               int // where Weight is written
	WeightAnchor             string
}

// Draw writes the book as an SVG with a background of its own, light or dark
// as its reader prefers. Equal books give equal bytes.
func Draw(w io.Writer, b Book) error {
	rows := make([]row, len(b.Lines))
	highest, heaviest, held := 0.0, 0.0, 0
	for _, l := range b.Lines {
		highest, heaviest = max(highest, math.Abs(l.Prediction)), max(heaviest, math.Abs(l.Weight))
		if l.Weight != 0 {
			held++
		}
	}
	for i, l := range b.Lines {
		y := top + i*rowHeight
		r := row{Symbol: text(l.Symbol), Class: "none", Text: y + 10, Middle: y, Prediction: percent(l.Prediction, 2)}
		r.PredictionX, r.PredictionW = bar(predictionAxis, predictionReach, l.Prediction, highest)
		switch {
		case l.Weight > 0:
			r.Class, r.WeightText, r.WeightAnchor = "long", weightAxis+weightReach+8, "start"
		case l.Weight < 0:
			r.Class, r.WeightText, r.WeightAnchor = "short", weightAxis-weightReach-8, "end"
		}
		if l.Weight != 0 {
			r.Weight = percent(l.Weight, 1)
			r.WeightX, r.WeightW = bar(weightAxis, weightReach, l.Weight, heaviest)
		}
		rows[i] = r
	}
	height := top + len(rows)*rowHeight + bottom
	var out bytes.Buffer
	err := page.Execute(&out, map[string]any{
		"Width": width, "Height": height, "PageWidth": width - 1, "PageHeight": height - 1, "Margin": margin,
		"Title":          text(fmt.Sprintf("The book of %s %s for %s", b.Strategy, b.Version, b.Date)),
		"Summary":        fmt.Sprintf("%d symbols, a prediction for each; %d of them get a weight", len(rows), held),
		"PredictionAxis": predictionAxis, "WeightAxis": weightAxis,
		"AxisTop": top - 6, "AxisBottom": height - bottom + 2, "Foot": height - 18,
		"BarHeight": barHeight, "Rows": rows,
	})
	if err != nil {
		return err
	}
	_, err = w.Write(out.Bytes())
	return err
}

// bar returns where a bar from the axis begins and how wide it is.
func bar(axis, reach int, value, longest float64) (x, w string) {
	if longest == 0 {
		return fmt.Sprint(axis), "0"
	}
	long := float64(reach) * math.Abs(value) / longest
	start := float64(axis)
	if value < 0 {
		start -= long
	}
	return fmt.Sprintf("%.1f", start), fmt.Sprintf("%.1f", long)
}

// percent writes a fraction with its sign.
func percent(v float64, decimals int) string {
	return strings.Replace(fmt.Sprintf("%+.*f %%", decimals, 100*v), "-", "−", 1)
}

func text(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a Buffer takes everything
	return b.String()
}

var page = template.Must(template.New("book").Parse(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{.Width}} {{.Height}}" width="{{.Width}}" height="{{.Height}}" role="img" aria-labelledby="title">
<title id="title">{{.Title}}: {{.Summary}}</title>
<style>
  text { font: 12px ui-sans-serif, system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #24292f }
  .page { fill: #ffffff; stroke: #d0d7de }
  .title { font-size: 17px; font-weight: 600 }
  .head { font-weight: 600 }
  .quiet { fill: #57606a }
  .axis { stroke: #8c959f }
  .none { fill: #afb8c1 }
  .long { fill: #0969da }
  .short { fill: #bc4c00 }
  text.none { fill: #57606a }
  text.long, text.short { font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .page { fill: #0d1117; stroke: #30363d }
    .quiet, text.none { fill: #9198a1 }
    .axis { stroke: #6e7681 }
    .none { fill: #656c76 }
    .long { fill: #58a6ff }
    .short { fill: #f0883e }
  }
</style>
<rect class="page" x="0.5" y="0.5" width="{{.PageWidth}}" height="{{.PageHeight}}" rx="8"/>
<text class="title" x="{{.Margin}}" y="32">{{.Title}}</text>
<text class="quiet" x="{{.Margin}}" y="51">{{.Summary}}</text>
<text class="head" x="{{.Margin}}" y="72">symbol</text>
<text class="head" x="{{.PredictionAxis}}" y="72" text-anchor="middle">predicted return</text>
<text class="head" x="{{.WeightAxis}}" y="72" text-anchor="middle">target weight</text>
<line class="axis" x1="{{.PredictionAxis}}" x2="{{.PredictionAxis}}" y1="{{.AxisTop}}" y2="{{.AxisBottom}}"/>
<line class="axis" x1="{{.WeightAxis}}" x2="{{.WeightAxis}}" y1="{{.AxisTop}}" y2="{{.AxisBottom}}"/>
{{- range .Rows}}
<text class="{{.Class}}" x="{{$.Margin}}" y="{{.Text}}">{{.Symbol}}</text>
<text class="{{.Class}}" x="140" y="{{.Text}}" text-anchor="end">{{.Prediction}}</text>
<rect class="{{.Class}}" x="{{.PredictionX}}" y="{{.Middle}}" width="{{.PredictionW}}" height="{{$.BarHeight}}"/>
{{- if .Weight}}
<rect class="{{.Class}}" x="{{.WeightX}}" y="{{.Middle}}" width="{{.WeightW}}" height="{{$.BarHeight}}"/>
<text class="{{.Class}}" x="{{.WeightText}}" y="{{.Text}}" text-anchor="{{.WeightAnchor}}">{{.Weight}}</text>
{{- end}}
{{- end}}
<text class="quiet" x="{{.Margin}}" y="{{.Foot}}">The model predicts, the rule turns predictions into weights: here long the three highest, short the three lowest. Synthetic data.</text>
</svg>
`))
