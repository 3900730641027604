package exchange

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

func benchmarkImport(b *testing.B, name string, text string, rows int) {
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	classes, err := Catalogue()
	if err != nil {
		b.Fatal(err)
	}
	var class assets.Class
	for _, c := range classes {
		if c.Code == "0118" && c.Profile == assets.ProfileCJT {
			class = c
		}
	}
	boundary := orb.Polygon{{{113, 34}, {114, 34}, {114, 35}, {113, 35}, {113, 34}}}
	for b.Loop() {
		format, _ := FormatOf(name)
		reader, err := format.Open(strings.NewReader(text))
		if err != nil {
			b.Fatal(err)
		}
		c, err := NewConverter(Conversion{Class: class, CRS: geo.WGS84, Boundary: boundary})
		if err != nil {
			b.Fatal(err)
		}
		report := &Report{}
		n := 0
		for _, err := range Rows(reader, c, report) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != rows {
			b.Fatal(n, report.Refusals[:1])
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

const benchmarkRows = 100000

func BenchmarkCSV(b *testing.B) {
	var t bytes.Buffer
	t.WriteString("id,name,lon,lat,功率,灯杆材质,note,状况,安装日期\n")
	for i := range benchmarkRows {
		fmt.Fprintf(&t, "M%d,路灯%d,113.%07d,34.%07d,150,钢,row %d,完好,2024-05-01\n", i, i, i*7, i*9, i)
	}
	benchmarkImport(b, "a.csv", t.String(), benchmarkRows)
}

func BenchmarkGeoJSON(b *testing.B) {
	var t bytes.Buffer
	t.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range benchmarkRows {
		if i > 0 {
			t.WriteString(",\n")
		}
		fmt.Fprintf(&t, `{"type":"Feature","id":"M%d","geometry":{"type":"Point","coordinates":[113.%07d,34.%07d]},"properties":{"name":"路灯%d","功率":150,"灯杆材质":"钢","note":"row %d","状况":"完好"}}`, i, i*7, i*9, i, i)
	}
	t.WriteString("]}")
	benchmarkImport(b, "a.geojson", t.String(), benchmarkRows)
}
