package geo

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// TestTopologyComesBack reads what was written, as TopoJSON says it is read: every
// position within 0.1 m, every ring in its place.
func TestTopologyComesBack(t *testing.T) {
	point := rapid.Custom(func(t *rapid.T) orb.Point {
		return orb.Point{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-90, 90).Draw(t, "lat")}
	})
	ring := rapid.Map(rapid.SliceOfN(point, 3, 6), func(p []orb.Point) orb.Ring { return append(p, p[0]) })
	polygon := rapid.Map(rapid.SliceOfN(ring, 1, 3), func(r []orb.Ring) orb.Polygon { return r })
	multi := rapid.Map(rapid.SliceOfN(polygon, 1, 3), func(p []orb.Polygon) orb.Geometry { return orb.MultiPolygon(p) })
	any := rapid.OneOf(rapid.Map(polygon, func(p orb.Polygon) orb.Geometry { return p }), multi)
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(any, 0, 4).Draw(t, "geometries")
		var w Topology
		for i, g := range want {
			w.Add(g, fmt.Appendf(nil, `{"n":%d}`, i))
		}
		got := readTopology(t, w.Bytes("things"))
		if len(got) != len(want) {
			t.Fatalf("%d geometries of %d", len(got), len(want))
		}
		for i := range want {
			if a, b := fmt.Sprint(rounded(got[i])), fmt.Sprint(rounded(want[i])); a != b {
				t.Fatalf("geometry %d is %s instead of %s", i, a, b)
			}
		}
	})
}

func rounded(g orb.Geometry) orb.Geometry {
	return mapPoints(g, func(p orb.Point) orb.Point {
		return orb.Point{math.Round(p[0]*topologyScale) + 0, math.Round(p[1]*topologyScale) + 0}
	})
}

func readTopology(t *rapid.T, document []byte) (list []orb.Geometry) {
	var d struct {
		Transform struct{ Scale, Translate [2]float64 }
		Objects   map[string]struct {
			Geometries []struct {
				Type       string
				Arcs       json.RawMessage
				Properties struct{ N int }
			}
		}
		Arcs [][][2]float64
	}
	if err := json.Unmarshal(document, &d); err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	polygon := func(arcs [][]int) (p orb.Polygon) {
		for _, a := range arcs {
			var ring orb.Ring
			var x, y float64
			for _, step := range d.Arcs[a[0]] {
				x, y = x+step[0], y+step[1]
				ring = append(ring, orb.Point{x*d.Transform.Scale[0] + d.Transform.Translate[0], y*d.Transform.Scale[1] + d.Transform.Translate[1]})
			}
			p = append(p, ring)
		}
		return p
	}
	for i, g := range d.Objects["things"].Geometries {
		if g.Properties.N != i {
			t.Fatalf("geometry %d has the properties of %d", i, g.Properties.N)
		}
		var one [][]int
		var many [][][]int
		if json.Unmarshal(g.Arcs, &one) == nil && g.Type == "Polygon" {
			list = append(list, polygon(one))
			continue
		}
		if err := json.Unmarshal(g.Arcs, &many); err != nil || g.Type != "MultiPolygon" {
			t.Fatalf("%s %s: %v", g.Type, g.Arcs, err)
		}
		var m orb.MultiPolygon
		for _, p := range many {
			m = append(m, polygon(p))
		}
		list = append(list, m)
	}
	return list
}
