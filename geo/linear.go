package geo

import (
	"math"
	"sort"

	"github.com/paulmach/orb"
)

// Side of a line, seen along its direction.
type Side string

// The two sides. A point exactly on the line counts as right of it, so that
// every place has one.
const (
	SideLeft  Side = "left"
	SideRight Side = "right"
)

// Location is where a point stands with respect to a line: a linear reference
// with a lateral offset, in the terms of ISO 19148.
type Location struct {
	Chainage float64   // metres along the line from its start to the foot
	Offset   float64   // metres from the line, positive to the left
	Side     Side      // which side that is
	Point    orb.Point // the foot: the nearest point of the line
}

// Line is a line prepared for linear referencing. It does not change.
type Line struct {
	points   orb.LineString
	chainage []float64 // of each vertex, geodesic
}

// NewLine prepares a line of at least two positions.
func NewLine(line orb.LineString) *Line {
	l := &Line{points: line, chainage: make([]float64, len(line))}
	for i := 1; i < len(line); i++ {
		l.chainage[i] = l.chainage[i-1] + Distance(line[i-1], line[i])
	}
	return l
}

// Length is the geodesic length in metres.
func (l *Line) Length() float64 { return l.chainage[len(l.chainage)-1] }

// At is the point at a chainage, clamped to the ends.
func (l *Line) At(chainage float64) orb.Point {
	i, f := l.edge(chainage)
	a, b := l.points[i], l.points[i+1]
	return orb.Point{a[0] + (b[0]-a[0])*f, a[1] + (b[1]-a[1])*f}
}

// Bearing is the direction of the line at a chainage, in degrees clockwise from
// north, 0 to 360.
func (l *Line) Bearing(chainage float64) float64 {
	i, _ := l.edge(chainage)
	east, north := between(l.points[i], l.points[i+1])
	return math.Mod(math.Atan2(east, north)/radian+360, 360)
}

// edge finds the edge that holds a chainage, and the fraction along it.
func (l *Line) edge(chainage float64) (int, float64) {
	i := sort.SearchFloat64s(l.chainage, chainage) - 1
	i = max(0, min(i, len(l.points)-2))
	length := l.chainage[i+1] - l.chainage[i]
	if length == 0 {
		return i, 0
	}
	return i, math.Max(0, math.Min(1, (chainage-l.chainage[i])/length))
}

// Locate finds the nearest point of the line to p. The first of equally near
// ones counts. Feet are found in the plane of metres around p, which over the
// width of a street agrees with the geodesic to less than a millimetre.
func (l *Line) Locate(p orb.Point) Location {
	best, bestEdge, bestFraction := math.Inf(1), 0, 0.0
	m := metricAt(p[1])
	for i := 0; i+1 < len(l.points); i++ {
		d, f := footOnEdge(m, p, l.points[i], l.points[i+1])
		if d < best {
			best, bestEdge, bestFraction = d, i, f
		}
	}
	return l.location(p, bestEdge, bestFraction)
}

// footOnEdge returns the squared distance of p from the edge in m² and the
// fraction along the edge of the foot.
func footOnEdge(m metric, p, a, b orb.Point) (float64, float64) {
	ax, ay := (a[0]-p[0])*m.lon, (a[1]-p[1])*m.lat
	dx, dy := (b[0]-a[0])*m.lon, (b[1]-a[1])*m.lat
	f := 0.0
	if n := dx*dx + dy*dy; n > 0 {
		f = math.Max(0, math.Min(1, -(ax*dx+ay*dy)/n))
	}
	x, y := ax+f*dx, ay+f*dy
	return x*x + y*y, f
}

// location describes p by a foot on an edge. Beyond a corner or an end the side
// is that of the edges that meet there: the cross product with the edge itself
// would be zero for a point straight ahead of the end.
func (l *Line) location(p orb.Point, i int, f float64) Location {
	a, b := l.points[i], l.points[i+1]
	foot := orb.Point{a[0] + (b[0]-a[0])*f, a[1] + (b[1]-a[1])*f}
	loc := Location{Chainage: l.chainage[i] + f*(l.chainage[i+1]-l.chainage[i]), Point: foot, Side: SideRight}
	distance := Distance(p, foot)
	if l.cross(p, i, f) > 0 {
		loc.Side, loc.Offset = SideLeft, distance
	} else {
		loc.Offset = -distance
	}
	return loc
}

// cross is positive where p lies left of the line at a foot. At a vertex inside
// the line the direction is the sum of the unit directions of both edges.
func (l *Line) cross(p orb.Point, i int, f float64) float64 {
	dx, dy := l.direction(i)
	if f == 1 && i+2 < len(l.points) {
		ex, ey := l.direction(i + 1)
		dx, dy = dx+ex, dy+ey
	} else if f == 0 && i > 0 {
		ex, ey := l.direction(i - 1)
		dx, dy = dx+ex, dy+ey
	}
	a, b := l.points[i], l.points[i+1]
	foot := orb.Point{a[0] + (b[0]-a[0])*f, a[1] + (b[1]-a[1])*f}
	px, py := between(foot, p)
	return dx*py - dy*px
}

// direction is the unit direction of an edge, east and north.
func (l *Line) direction(i int) (east, north float64) {
	east, north = between(l.points[i], l.points[i+1])
	if n := math.Hypot(east, north); n > 0 {
		return east / n, north / n
	}
	return 0, 0
}
