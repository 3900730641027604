package geo

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// cellDegrees is the size of the cells in which edges and districts are looked
// up: about 200 m, a block.
const cellDegrees = 0.002

type cell struct{ x, y int32 }

func cellOf(p orb.Point) cell {
	return cell{int32(math.Floor(p[0] / cellDegrees)), int32(math.Floor(p[1] / cellDegrees))}
}

// maxCells is how many cells one thing may be entered in. What is larger is
// kept in a list that every look-up goes through: there are few such things.
const maxCells = 1 << 16

// grid holds numbers of things by the cells their boxes touch.
type grid struct {
	cells map[cell][]int32
	large []int32
}

func (g *grid) add(n int32, b orb.Bound) {
	if g.cells == nil {
		g.cells = map[cell][]int32{}
	}
	low, high := cellOf(b.Min), cellOf(b.Max)
	if (float64(high.x-low.x)+1)*(float64(high.y-low.y)+1) > maxCells {
		g.large = append(g.large, n)
		return
	}
	for x := low.x; x <= high.x; x++ {
		for y := low.y; y <= high.y; y++ {
			g.cells[cell{x, y}] = append(g.cells[cell{x, y}], n)
		}
	}
}

// Network finds the nearest of many lines. It does not change, and may be used
// by many at once.
type Network struct {
	lines []*Line
	edges []edge
	grid  grid
}

type edge struct {
	line, index int32
}

// NewNetwork prepares lines of at least two positions each.
func NewNetwork(lines []orb.LineString) *Network {
	n := &Network{}
	for i, line := range lines {
		n.lines = append(n.lines, NewLine(line))
		for j := 0; j+1 < len(line); j++ {
			n.grid.add(int32(len(n.edges)), orb.MultiPoint{line[j], line[j+1]}.Bound())
			n.edges = append(n.edges, edge{int32(i), int32(j)})
		}
	}
	return n
}

// Line returns a line of the network by its number.
func (n *Network) Line(i int) *Line { return n.lines[i] }

// Nearest finds the line nearest to p within a distance in metres, and where p
// stands on it. Of equally near lines the one with the lowest number counts.
func (n *Network) Nearest(p orb.Point, within float64) (line int, loc Location, ok bool) {
	m := metricAt(p[1])
	dx, dy := within/math.Max(m.lon, 1), within/m.lat
	low, high := cellOf(orb.Point{p[0] - dx, p[1] - dy}), cellOf(orb.Point{p[0] + dx, p[1] + dy})
	best := nearest{network: n, metric: m, point: p, distance: within * within * (1 + 1e-9), edge: -1}
	for _, e := range n.grid.large {
		best.try(e)
	}
	for x := low.x; x <= high.x; x++ {
		for y := low.y; y <= high.y; y++ {
			for _, e := range n.grid.cells[cell{x, y}] {
				best.try(e)
			}
		}
	}
	if best.edge < 0 {
		return 0, Location{}, false
	}
	e := n.edges[best.edge]
	return int(e.line), n.lines[e.line].location(p, int(e.index), best.fraction), true
}

// nearest is the best edge so far.
type nearest struct {
	network  *Network
	metric   metric
	point    orb.Point
	distance float64 // squared, m²
	edge     int32
	fraction float64
}

func (b *nearest) try(i int32) {
	e := b.network.edges[i]
	points := b.network.lines[e.line].points
	d, f := footOnEdge(b.metric, b.point, points[e.index], points[e.index+1])
	if d < b.distance || d == b.distance && i < b.edge {
		b.distance, b.edge, b.fraction = d, i, f
	}
}

// Districts finds the polygon that holds a point. It does not change, and may
// be used by many at once.
type Districts struct {
	polygons []orb.Geometry
	bounds   []orb.Bound
	grid     grid
}

// NewDistricts prepares Polygons and MultiPolygons.
func NewDistricts(polygons []orb.Geometry) *Districts {
	d := &Districts{polygons: polygons}
	for i, p := range polygons {
		d.bounds = append(d.bounds, p.Bound())
		d.grid.add(int32(i), p.Bound())
	}
	return d
}

// Containing finds a polygon that holds p, its border included. Where polygons
// meet or overlap the one with the lowest number counts.
func (d *Districts) Containing(p orb.Point) (int, bool) {
	best := int32(math.MaxInt32)
	for _, list := range [2][]int32{d.grid.large, d.grid.cells[cellOf(p)]} {
		for _, i := range list {
			if i < best && d.bounds[i].Contains(p) && contains(d.polygons[i], p) {
				best = i
			}
		}
	}
	return int(best), best != math.MaxInt32
}

func contains(g orb.Geometry, p orb.Point) bool {
	switch g := g.(type) {
	case orb.Polygon:
		return planar.PolygonContains(g, p)
	case orb.MultiPolygon:
		return planar.MultiPolygonContains(g, p)
	}
	return false
}
