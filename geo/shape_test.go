package geo_test

import (
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

	"streetbook/geo"
)

// atUnits is a position at units of the tile 4/8/8, whose north west is 0° 0°.
func atUnits(x, y float64) orb.Point {
	t := geo.Tile{Z: 4, X: 8, Y: 8}
	b := t.Bound()
	p := orb.Point{b.Min[0] + (b.Max[0]-b.Min[0])*x/geo.TileExtent, b.Max[1]}
	for low, high := -89.0, 89.0; high-low > 1e-12; { // where Mercator puts y there
		p[1] = (low + high) / 2
		if _, v := geo.Mercator(p); (v*16-8)*geo.TileExtent > y {
			low = p[1]
		} else {
			high = p[1]
		}
	}
	return p
}

func line(units ...float64) (out orb.LineString) {
	for i := 0; i < len(units); i += 2 {
		out = append(out, atUnits(units[i], units[i+1]))
	}
	return out
}

func ring(units ...float64) orb.Ring {
	return append(orb.Ring(line(units...)), atUnits(units[0], units[1]))
}

// TestShapes draws what ST_AsMVTGeom was seen to draw.
func TestShapes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from orb.Geometry
		want orb.Geometry // nil for nothing
	}{
		"a line":                          {line(10, 10, 20, 30), orb.LineString{{10, 10}, {20, 30}}},
		"one too short to see":            {line(10, 10, 10.2, 10.2), nil},
		"straight on":                     {line(10, 10, 20, 20, 30, 30), orb.LineString{{10, 10}, {30, 30}}},
		"out and in again":                {line(-200, 100, 300, 100, 300, -200, 400, -200, 400, 100), orb.MultiLineString{{{-128, 100}, {300, 100}, {300, -128}}, {{400, -128}, {400, 100}}}},
		"along the edge":                  {line(-128, 100, -128, 300, 5, 300, 5, -200), orb.LineString{{-128, 300}, {5, 300}, {5, -128}}},
		"a polygon":                       {orb.Polygon{ring(10, 10, 20, 10, 20, 20, 10, 20)}, orb.Polygon{{{10, 10}, {20, 10}, {20, 20}, {10, 20}, {10, 10}}}},
		"one too small to see":            {orb.Polygon{ring(10, 10, 10.2, 10, 10.2, 10.2)}, nil},
		"with a hole":                     {orb.Polygon{ring(0, 0, 90, 0, 90, 90, 0, 90), ring(10, 10, 10, 20, 20, 20, 20, 10)}, orb.Polygon{{{0, 0}, {90, 0}, {90, 90}, {0, 90}, {0, 0}}, {{10, 10}, {10, 20}, {20, 20}, {20, 10}, {10, 10}}}},
		"around the tile":                 {orb.Polygon{ring(-999, -999, 9999, -999, 9999, 9999, -999, 9999)}, orb.Polygon{{{-128, -128}, {4224, -128}, {4224, 4224}, {-128, 4224}, {-128, -128}}}},
		"pinched":                         {orb.Polygon{ring(10, 10, 20, 10, 20, 20, 15, 10, 10, 20)}, orb.MultiPolygon{{{{15, 10}, {20, 10}, {20, 20}, {15, 10}}}, {{{10, 10}, {15, 10}, {10, 20}, {10, 10}}}}},
		"a comb whose teeth are cut off":  {orb.Polygon{ring(-900, 100, -900, 200, 50, 200, 50, 300, -900, 300, -900, 400, 90, 400, 90, 100)}, orb.Polygon{{{-128, 100}, {90, 100}, {90, 400}, {-128, 400}, {-128, 300}, {50, 300}, {50, 200}, {-128, 200}, {-128, 100}}}},
		"a comb whose spine is cut off":   {orb.Polygon{ring(-900, 100, 90, 100, 90, 200, -500, 200, -500, 300, 90, 300, 90, 400, -900, 400)}, orb.MultiPolygon{{{{-128, 300}, {90, 300}, {90, 400}, {-128, 400}, {-128, 300}}}, {{{-128, 100}, {90, 100}, {90, 200}, {-128, 200}, {-128, 100}}}}},
		"points, one of them twice":       {orb.MultiPoint{atUnits(5, 5), atUnits(5, 5), atUnits(-4, 9)}, orb.MultiPoint{{-4, 9}, {5, 5}}},
		"a point beyond the buffer's end": {atUnits(-129, 0), nil},
	} {
		var s geo.Shape
		if !s.Draw(geo.Tile{Z: 4, X: 8, Y: 8}, c.from) {
			t.Errorf("%s: it is not sure", name)
		}
		if s.Empty() {
			if c.want != nil {
				t.Errorf("%s: nothing is drawn", name)
			}
			continue
		}
		l := geo.NewLayer("x")
		l.Shape(&s)
		layers, err := mvt.Unmarshal(l.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if got := layers[0].Features[0].Geometry; c.want == nil || !orb.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	comb := orb.Ring{}
	for i := range 8000 {
		comb = append(comb, atUnits(10+3000*float64(i%2), float64(i)/2))
	}
	if new(geo.Shape).Draw(geo.Tile{Z: 4, X: 8, Y: 8}, orb.Polygon{append(comb, atUnits(5, 4000), atUnits(5, 0), comb[0])}) {
		t.Error("it compared every tooth of a comb with every other")
	}
	crumpled := orb.Polygon{ring(10, 10, 40, 11, 20, 10, 30, 30)}
	if new(geo.Shape).Draw(geo.Tile{Z: 4, X: 8, Y: 8}, crumpled) {
		t.Error("it is sure of what only PostGIS can say")
	}
}
