package geo

import (
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// Topology writes polygons as TopoJSON: whole millionths of a degree, which is
// 0.1 m, each position by its distance from the one before. Rings are not shared
// between neighbours; what it saves over GeoJSON is bytes, of which a background
// map has many. The zero value is ready.
type Topology struct {
	origin           [2]int64 // of all positions: where the first is
	geometries, arcs []byte
	rings            int
}

// topologyScale is the units of a degree.
const topologyScale = 1e6

// Add adds a Polygon or MultiPolygon, with its properties as a JSON object.
func (t *Topology) Add(g orb.Geometry, properties []byte) {
	if len(t.geometries) > 0 {
		t.geometries = append(t.geometries, ',')
	}
	t.geometries = append(append(append(t.geometries, `{"type":"`...), g.GeoJSONType()...), `","arcs":`...)
	switch g := g.(type) {
	case orb.Polygon:
		t.polygon(g)
	case orb.MultiPolygon:
		t.geometries = append(t.geometries, '[')
		for i, p := range g {
			t.geometries = comma(t.geometries, i)
			t.polygon(p)
		}
		t.geometries = append(t.geometries, ']')
	}
	t.geometries = append(append(append(t.geometries, `,"properties":`...), properties...), '}')
}

func (t *Topology) polygon(p orb.Polygon) {
	t.geometries = append(t.geometries, '[')
	for i, ring := range p {
		t.geometries = append(strconv.AppendInt(append(comma(t.geometries, i), '['), int64(t.rings), 10), ']')
		t.ring(ring)
	}
	t.geometries = append(t.geometries, ']')
}

func (t *Topology) ring(ring orb.Ring) {
	if t.rings == 0 && len(ring) > 0 {
		t.origin = units(ring[0])
	}
	t.arcs = append(comma(t.arcs, t.rings), '[')
	t.rings++
	before := t.origin
	for i, p := range ring {
		at := units(p)
		t.arcs = strconv.AppendInt(append(comma(t.arcs, i), '['), at[0]-before[0], 10)
		t.arcs = append(strconv.AppendInt(append(t.arcs, ','), at[1]-before[1], 10), ']')
		before = at
	}
	t.arcs = append(t.arcs, ']')
}

func units(p orb.Point) [2]int64 {
	return [2]int64{int64(math.Round(p[0] * topologyScale)), int64(math.Round(p[1] * topologyScale))}
}

// Bytes is the document, with everything that was added under one name.
func (t *Topology) Bytes(name string) []byte {
	b := fmt.Appendf(nil, `{"type":"Topology","transform":{"scale":[%g,%g],"translate":[%g,%g]},"objects":{%q:{"type":"GeometryCollection","geometries":[`,
		1/topologyScale, 1/topologyScale, float64(t.origin[0])/topologyScale, float64(t.origin[1])/topologyScale, name)
	b = append(append(b, t.geometries...), `]}},"arcs":[`...)
	return append(append(b, t.arcs...), `]}`...)
}
