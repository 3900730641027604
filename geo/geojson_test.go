package geo

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

func TestParseGeometry(t *testing.T) {
	good := []string{
		`{"type":"Point","coordinates":[113.7,34.7]}`,
		`{"type":"MultiPoint","coordinates":[[113.7,34.7],[-113.700000001,0]]}`,
		`{"type":"LineString","coordinates":[[0,0],[1,1]]}`,
		`{"type":"MultiLineString","coordinates":[[[0,0],[1,1]],[[2,2],[3,3]]]}`,
		`{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[1,2],[2,2],[2,1],[1,1]]]}`,
		`{"type":"MultiPolygon","coordinates":[[[[0,0],[4,0],[4,4],[0,0]]]]}`,
	}
	for _, s := range good {
		g, err := ParseGeometry([]byte(s))
		if err != nil {
			t.Errorf("%s: %v", s, err)
			continue
		}
		if got := string(AppendGeometry(nil, g)); got != s {
			t.Errorf("%s comes back as %s", s, got)
		}
	}
}

func TestParseGeometryNamesTheFault(t *testing.T) {
	cases := []struct{ name, geometry, path string }{
		{"null", `null`, "geometry"},
		{"text", `"POINT(1 2)"`, "geometry"},
		{"no type", `{"coordinates":[1,2]}`, "geometry.type"},
		{"unknown type", `{"type":"Circle","coordinates":[1,2]}`, "geometry.type"},
		{"collection", `{"type":"GeometryCollection","geometries":[]}`, "geometry.geometries"},
		{"no coordinates", `{"type":"Point"}`, "geometry.coordinates"},
		{"empty", `{"type":"Point","coordinates":[]}`, "geometry.coordinates"},
		{"text coordinates", `{"type":"Point","coordinates":["113.7","34.7"]}`, "geometry.coordinates[0]"},
		{"null coordinates", `{"type":"Point","coordinates":[null,null]}`, "geometry.coordinates[0]"},
		{"1e400", `{"type":"Point","coordinates":[1e400,0]}`, "geometry.coordinates[0]"},
		{"height", `{"type":"Point","coordinates":[1,2,3]}`, "geometry.coordinates"},
		{"longitude 200", `{"type":"Point","coordinates":[200,0]}`, "geometry.coordinates"},
		{"latitude 91", `{"type":"LineString","coordinates":[[0,0],[0,91]]}`, "geometry.coordinates[1]"},
		{"crs member", `{"type":"Point","coordinates":[1,2],"crs":{}}`, "geometry.crs"},
		{"line of one", `{"type":"LineString","coordinates":[[0,0]]}`, "geometry.coordinates"},
		{"line without length", `{"type":"LineString","coordinates":[[1,1],[1,1]]}`, "geometry.coordinates"},
		{"open ring", `{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4]]]}`, "geometry.coordinates[0]"},
		{"short ring", `{"type":"Polygon","coordinates":[[[0,0],[4,0],[0,0]]]}`, "geometry.coordinates[0]"},
		{"bow tie", `{"type":"Polygon","coordinates":[[[0,0],[4,4],[4,0],[0,4.5],[0,0]]]}`, "geometry.coordinates[0]"},
		{"spike", `{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[8,4],[4,4],[0,4],[0,0]]]}`, "geometry.coordinates[0]"},
		{"flat ring", `{"type":"Polygon","coordinates":[[[0,0],[1,1],[2,2],[0,0]]]}`, "geometry.coordinates[0]"},
		{"hole outside", `{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]],[[8,8],[9,8],[9,9],[8,8]]]}`, "geometry.coordinates[1]"},
		{"hole across", `{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[3,1],[3,5],[1,1]]]}`, "geometry.coordinates[1]"},
		{"deep", strings.Repeat("[", 100000), "geometry"},
		{"point too deep", `{"type":"Point","coordinates":[[[[1,2]]]]}`, "geometry.coordinates"},
	}
	for _, c := range cases {
		_, err := ParseGeometry([]byte(c.geometry))
		var f *Fault
		if !errors.As(err, &f) {
			t.Errorf("%s: taken (%v)", c.name, err)
		} else if f.Path != c.path || f.ZH == "" || f.EN == "" {
			t.Errorf("%s: path %q (%s), want %q", c.name, f.Path, f.EN, c.path)
		}
	}
}

func TestAppendGeometryTurnsRings(t *testing.T) {
	clockwise := orb.Polygon{{{0, 0}, {0, 4}, {4, 4}, {4, 0}, {0, 0}}, {{1, 1}, {2, 1}, {2, 2}, {1, 2}, {1, 1}}}
	want := `{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[1,2],[2,2],[2,1],[1,1]]]}`
	if got := string(AppendGeometry(nil, clockwise)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := string(AppendGeometry(nil, Orient(clockwise))); got != want {
		t.Errorf("oriented: got  %s\nwant %s", got, want)
	}
}

func TestAppendDegrees(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 113.719: "113.719", -0.5: "-0.5", 1e-10: "0", 180: "180", 34.123456789012: "34.123456789",
		0.000000001: "0.000000001", -179.999999999: "-179.999999999", 1.1: "1.1", 100.01: "100.01", math.NaN(): "0", math.Inf(1): "0"} {
		if got := string(appendDegrees(nil, v)); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
}

func TestValidateManyVertices(t *testing.T) {
	ring := make(orb.Ring, 0, 1000001)
	for i := range 1000000 {
		a := 2 * math.Pi * float64(i) / 1000000
		ring = append(ring, orb.Point{math.Cos(a), math.Sin(a)})
	}
	ring = append(ring, ring[0])
	if err := Validate(orb.Polygon{ring}); err == nil {
		t.Error("a million positions are taken")
	}
	small := orb.Ring{}
	for i := 0; i < 1000000; i += 20 {
		small = append(small, ring[i])
	}
	if err := Validate(orb.Polygon{append(small, small[0])}); err != nil {
		t.Errorf("a circle of 50,000 positions: %v", err)
	}
}

func TestParseBBox(t *testing.T) {
	good := map[string]int{"113.7,34.7,113.8,34.8": 1, "4.79999999999999982,0,1e1,5": 1, "170,-10,-170,10": 2, "0,0,5,1,1,9": 1, " 1, 2,3,4": 1, "1,2,1,2": 1}
	for s, n := range good {
		if b, err := ParseBBox(s); err != nil || len(b) != n {
			t.Errorf("%q: %v (%v)", s, b, err)
		}
	}
	for _, s := range []string{"", "1,2,3", "1,2,3,4,5", "1,2,3,4,5,6,7", "a,b,c,d", "NaN,0,1,1", "1e400,0,1,1", "0,10,1,5", "200,0,201,1", "0,0,1,91", "0,0,,1"} {
		if b, err := ParseBBox(s); err == nil {
			t.Errorf("%q gives %v", s, b)
		}
	}
}

func TestParseTile(t *testing.T) {
	if got, err := ParseTile("10", "406", "835"); err != nil || got != (Tile{Z: 10, X: 835, Y: 406}) {
		t.Errorf("%v (%v)", got, err)
	}
	if b := (Tile{Z: 10, X: 835, Y: 406}).Bound(); !b.Contains(orb.Point{113.74, 34.76}) {
		t.Errorf("the tile of Zhengzhou is %v", b)
	}
	for _, c := range [][3]string{{"23", "0", "0"}, {"99", "0", "0"}, {"1", "2", "0"}, {"1", "0", "2"}, {"-1", "0", "0"}, {"a", "0", "0"}, {"1", "1.5", "0"}, {"01", "0", "0"}, {"300", "0", "0"}} {
		if got, err := ParseTile(c[0], c[1], c[2]); err == nil {
			t.Errorf("%v gives %v", c, got)
		}
	}
}

func FuzzParseGeometry(f *testing.F) {
	f.Add([]byte(`{"type":"Point","coordinates":[113.7,34.7]}`))
	f.Add([]byte(`{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]]]}`))
	f.Add([]byte(`{"type":"MultiPolygon","coordinates":[[[[0,0],[1e308,0],[4,4],[0,0]]]]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		g, err := ParseGeometry(raw)
		if err != nil {
			return
		}
		out := AppendGeometry(nil, g)
		if !json.Valid(out) {
			t.Fatalf("%s is written as %s", raw, out)
		}
	})
}

func BenchmarkAppendGeometry(b *testing.B) {
	g := orb.Geometry(orb.Point{113.719123456, 34.737987654})
	buf := make([]byte, 0, 128)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendGeometry(buf[:0], g)
	}
}

func BenchmarkValidate100k(b *testing.B) {
	ring := orb.Ring{}
	for i := range 99999 {
		a := 2 * math.Pi * float64(i) / 99999
		r := 1 + 0.01*math.Sin(a*500)
		ring = append(ring, orb.Point{r * math.Cos(a), r * math.Sin(a)})
	}
	ring = append(ring, ring[0])
	for b.Loop() {
		if err := Validate(orb.Polygon{ring}); err != nil {
			b.Fatal(err)
		}
	}
}
