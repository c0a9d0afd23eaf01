// Command plot draws what "make bench" measured: time and requests of apply and plan
// against the number of users, beside terraform_data.
//
//	plot results.json benchmark.svg
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// What is drawn of all that was measured.
const (
	platform  = "easemob"
	latencyMS = 30
)

// measurement is one that the benchmark wrote.
type measurement struct {
	Platform   string `json:"platform"`
	Kind       string `json:"kind"`
	N          int    `json:"n"`
	LatencyMS  int    `json:"latency_ms"`
	Limit      int    `json:"limit"`
	Single     bool   `json:"single"`
	Operations map[string]struct {
		Seconds  float64 `json:"seconds"`
		Requests float64 `json:"requests"`
	} `json:"operations"`
}

// series are the lines.
var series = []struct {
	kind   string
	single bool
	label  string
	color  color.Color
	dashes []vg.Length
}{
	{kind: "terraform_data", label: "terraform_data", color: color.Gray{Y: 0x70}, dashes: []vg.Length{vg.Points(4), vg.Points(3)}},
	{kind: "user", single: true, label: "chat_user, one call each", color: color.RGBA{R: 0xd5, G: 0x5e, A: 0xff}, dashes: []vg.Length{vg.Points(1), vg.Points(2)}},
	{kind: "user", label: "chat_user", color: color.RGBA{G: 0x72, B: 0xb2, A: 0xff}},
	{kind: "users", label: "chat_users", color: color.RGBA{G: 0x9e, B: 0x73, A: 0xff}},
}

func main() {
	flag.Parse()
	if err := run(flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "plot:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: plot results.json benchmark.svg")
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var results struct {
		Measurements []measurement `json:"measurements"`
	}
	if err := json.Unmarshal(text, &results); err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	if err := os.MkdirAll(filepath.Dir(args[1]), 0o755); err != nil { //nolint:gosec // a directory for everybody to read
		return err
	}
	return drawAll(results.Measurements, args[1])
}

// drawAll draws a panel for each of time and requests, of apply and plan.
func drawAll(all []measurement, name string) error {
	const rows, columns = 2, 2
	plot.DefaultFont.Variant = "Sans"
	panels := make([][]*plot.Plot, rows)
	for column, operation := range []string{"apply", "plan"} {
		seconds, err := panel(all, operation, "seconds", func(m measurement) float64 { return m.Operations[operation].Seconds })
		if err != nil {
			return err
		}
		seconds.Title.Text, seconds.Title.Padding = "terraform "+operation, vg.Points(6)
		requests, err := panel(all, operation, "requests", func(m measurement) float64 { return m.Operations[operation].Requests })
		if err != nil {
			return err
		}
		requests.X.Label.Text = "users"
		if column == 0 {
			seconds.Legend.Top = true
		} else {
			seconds.Legend = plot.NewLegend()
		}
		requests.Legend = plot.NewLegend()
		panels[0] = append(panels[0], seconds)
		panels[1] = append(panels[1], requests)
	}

	canvas := vgsvg.New(24*vg.Centimeter, 17*vg.Centimeter)
	tiles := draw.Tiles{Rows: rows, Cols: columns, PadX: vg.Points(18), PadY: vg.Points(12),
		PadTop: vg.Points(8), PadBottom: vg.Points(8), PadLeft: vg.Points(8), PadRight: vg.Points(16)}
	whole := draw.New(canvas)
	whole.SetColor(color.White)
	whole.Fill(whole.Path())
	for row, cells := range plot.Align(panels, tiles, whole) {
		for column, cell := range cells {
			panels[row][column].Draw(cell)
		}
	}
	var svg bytes.Buffer
	if _, err := canvas.WriteTo(&svg); err != nil {
		return err
	}
	// Who has not that font must not end with the browser's serifs.
	text := bytes.ReplaceAll(svg.Bytes(), []byte("Liberation Sans"), []byte("Liberation Sans,Arial,sans-serif"))
	return os.WriteFile(name, text, 0o644) //nolint:gosec // a file for everybody to read
}

// panel draws one value of one operation against n, both on logarithmic scales.
func panel(all []measurement, operation, unit string, value func(measurement) float64) (*plot.Plot, error) {
	p := plot.New()
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks{}, ticks{}
	p.Y.Label.Text = unit
	p.Add(plotter.NewGrid())
	for _, s := range series {
		var points plotter.XYs
		for _, m := range all {
			usual := m.Platform == platform && m.LatencyMS == latencyMS && m.Limit == 0 || m.Kind == "terraform_data"
			if _, measured := m.Operations[operation]; !measured || !usual || m.Kind != s.kind || m.Single != s.single {
				continue
			}
			// What does not happen has no place on a logarithmic scale.
			if v := value(m); v > 0 {
				points = append(points, plotter.XY{X: float64(m.N), Y: v})
			}
		}
		line, dots, err := plotter.NewLinePoints(points)
		if errors.Is(err, plotter.ErrNoData) {
			continue
		}
		if err != nil {
			return nil, err
		}
		line.Color, line.Width, line.Dashes = s.color, vg.Points(1.8), s.dashes
		dots.Color, dots.Shape, dots.Radius = s.color, draw.CircleGlyph{}, vg.Points(2.8)
		p.Add(line, dots)
		p.Legend.Add(s.label, line, dots)
	}
	if math.IsInf(p.X.Min, 0) {
		return nil, fmt.Errorf("nothing to draw for %s: no measurement on %s at %d ms without a limit", operation, platform, latencyMS)
	}
	// Logarithmic scales end at no number by themselves.
	const margin = 1.3
	p.X.Min, p.X.Max = p.X.Min/margin, p.X.Max*margin
	p.Y.Min, p.Y.Max = p.Y.Min/margin, p.Y.Max*margin
	return p, nil
}

// ticks marks 1, 2, 5, 10, 20, 50...
type ticks struct{}

// Ticks implements plot.Ticker.
func (ticks) Ticks(least, most float64) []plot.Tick {
	var all []plot.Tick
	for power := 0.1; power <= most; power *= 10 {
		for _, digit := range []float64{1, 2, 5} {
			if v := power * digit; v >= least && v <= most {
				all = append(all, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'g', 4, 64)})
			}
		}
	}
	return all
}
