package exchange

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// The sample is drawn in a plane of metres, east and north of a point in the
// middle. Over its six kilometres the plane is true to 0.05 %, which is far
// below what "schematic" allows; whatever must be exact is measured on the
// ellipsoid afterwards.
const (
	originLon, originLat = 113.7455, 34.7625
	metresPerLon         = 91551.2  // at originLat on WGS 84: π/180 · N cos φ
	metresPerLat         = 110936.2 // at originLat on WGS 84: π/180 · M
)

// toPlane converts longitude and latitude to metres.
func toPlane(p orb.Point) orb.Point {
	return orb.Point{(p[0] - originLon) * metresPerLon, (p[1] - originLat) * metresPerLat}
}

// fromPlane converts metres to longitude and latitude, rounded to 10⁻⁷ degrees
// (a centimetre), so that one place is the same number wherever it occurs.
func fromPlane(p orb.Point) orb.Point {
	round := func(v float64) float64 { return math.Round(v*1e7) / 1e7 }
	return orb.Point{round(originLon + p[0]/metresPerLon), round(originLat + p[1]/metresPerLat)}
}

// ringFromPlane converts a closed or open ring to a polygon.
func ringFromPlane(ring []orb.Point) orb.Polygon {
	out := make(orb.Ring, 0, len(ring)+1)
	for _, p := range ring {
		if q := fromPlane(p); len(out) == 0 || out[len(out)-1] != q {
			out = append(out, q)
		}
	}
	if out[len(out)-1] != out[0] {
		out = append(out, out[0])
	}
	return orb.Polygon{out}
}

// curve is a line of the plane that never turns back along its axis: 0 for
// lines that run east, 1 for lines that run north.
type curve struct {
	axis  int
	nodes []orb.Point
}

// smooth lays a curve through knots given as longitude and latitude: a
// Catmull-Rom spline over unequal steps, sampled every step metres.
func smooth(axis int, step float64, knots ...orb.Point) curve {
	points := make([]orb.Point, len(knots))
	for i, k := range knots {
		points[i] = toPlane(k)
	}
	slope := func(i int) float64 {
		a, b := points[max(0, i-1)], points[min(len(points)-1, i+1)]
		return (b[1-axis] - a[1-axis]) / (b[axis] - a[axis])
	}
	c := curve{axis: axis}
	for i := 0; i+1 < len(points); i++ {
		a, b := points[i], points[i+1]
		h := b[axis] - a[axis]
		n := max(1, int(math.Round(h/step)))
		for k := range n {
			t := float64(k) / float64(n)
			var p orb.Point
			p[axis] = a[axis] + t*h
			p[1-axis] = (1+2*t)*(1-t)*(1-t)*a[1-axis] + t*(1-t)*(1-t)*h*slope(i) +
				t*t*(3-2*t)*b[1-axis] - t*t*(1-t)*h*slope(i+1)
			c.nodes = append(c.nodes, p)
		}
	}
	c.nodes = append(c.nodes, points[len(points)-1])
	return c
}

// at returns the coordinate across the axis at t along it; beyond the ends the
// last edge goes on.
func (c curve) at(t float64) float64 {
	lo, hi := 0, len(c.nodes)-1
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; c.nodes[mid][c.axis] <= t {
			lo = mid
		} else {
			hi = mid
		}
	}
	a, b := c.nodes[lo], c.nodes[hi]
	return a[1-c.axis] + (b[1-c.axis]-a[1-c.axis])*(t-a[c.axis])/(b[c.axis]-a[c.axis])
}

// moved returns the curve shifted across its axis, so that it keeps the distance
// d from where it was; positive is north or east.
func (c curve) moved(d float64) curve {
	out := curve{axis: c.axis, nodes: make([]orb.Point, len(c.nodes))}
	for i, p := range c.nodes {
		a, b := c.nodes[max(0, i-1)], c.nodes[min(len(c.nodes)-1, i+1)]
		slope := (b[1-c.axis] - a[1-c.axis]) / (b[c.axis] - a[c.axis])
		p[1-c.axis] += d * math.Sqrt(1+slope*slope)
		out.nodes[i] = p
	}
	return out
}

// inner returns the nodes strictly between two places along the axis.
func (c curve) inner(from, to float64) []orb.Point {
	var out []orb.Point
	for _, p := range c.nodes {
		if p[c.axis] > from+1 && p[c.axis] < to-1 {
			out = append(out, p)
		}
	}
	return out
}

// cross is where a line that runs north meets one that runs east. Both are
// nowhere near diagonal, so the fixed point comes fast.
func cross(north, east curve) orb.Point {
	var p orb.Point
	for range 24 {
		p[1] = east.at(p[0])
		p[0] = north.at(p[1])
	}
	return p
}

// backward returns the points in the opposite order.
func backward(points []orb.Point) []orb.Point {
	out := slices.Clone(points)
	slices.Reverse(out)
	return out
}

// sortedNorth returns the points from south to north.
func sortedNorth(points []orb.Point) []orb.Point {
	out := slices.Clone(points)
	slices.SortFunc(out, func(a, b orb.Point) int { return cmp.Compare(a[1], b[1]) })
	return out
}
