package geo

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/paulmach/orb"
)

// maxVertices is how many positions one geometry may have.
const maxVertices = 100000

func tooMany(path string) *Fault {
	return Faultf(path, "顶点超过 %d 个", "has more than %d positions", maxVertices)
}

// Validate reports the first fault of a geometry: positions that are not finite
// or out of range, emptiness, open or too short rings, lines of one position,
// rings that cross or touch themselves, more than 100,000 positions, and every
// kind but points, lines, polygons and their multiples.
func Validate(g orb.Geometry) error {
	const path = "geometry.coordinates"
	v := validator{}
	switch g := g.(type) {
	case orb.Point:
		return v.positions(path, []orb.Point{g}, 1)
	case orb.MultiPoint:
		return v.positions(path, g, 1)
	case orb.LineString:
		return v.line(path, g)
	case orb.MultiLineString:
		for i, l := range g {
			if err := v.line(fmt.Sprintf("%s[%d]", path, i), l); err != nil {
				return err
			}
		}
		return notEmpty(path, len(g))
	case orb.Polygon:
		return v.polygon(path, g)
	case orb.MultiPolygon:
		for i, p := range g {
			if err := v.polygon(fmt.Sprintf("%s[%d]", path, i), p); err != nil {
				return err
			}
		}
		if err := notEmpty(path, len(g)); err != nil {
			return err
		}
		return apart(path, g)
	case nil:
		return Faultf("geometry", "不能为空", "must not be empty")
	}
	return Faultf("geometry.type", "不接受 %s", "%s is not taken", g.GeoJSONType())
}

type validator struct{ vertices int }

func notEmpty(path string, n int) error {
	if n == 0 {
		return Faultf(path, "不能为空", "must not be empty")
	}
	return nil
}

func (v *validator) positions(path string, points []orb.Point, least int) error {
	if err := notEmpty(path, len(points)); err != nil {
		return err
	}
	if len(points) < least {
		return Faultf(path, "至少要有 %d 个位置", "must have at least %d positions", least)
	}
	if v.vertices += len(points); v.vertices > maxVertices {
		return tooMany(path)
	}
	for i, p := range points {
		if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) { // also true of NaN
			f := outOfRange(p)
			f.Path = fmt.Sprintf("%s[%d]", path, i)
			if least == 1 && len(points) == 1 {
				f.Path = path
			}
			return f
		}
	}
	return nil
}

func (v *validator) line(path string, line orb.LineString) error {
	if err := v.positions(path, line, 2); err != nil {
		return err
	}
	for _, p := range line[1:] {
		if p != line[0] {
			return nil
		}
	}
	return Faultf(path, "线的各点重合，没有长度", "all positions of the line are the same: it has no length")
}

func (v *validator) polygon(path string, p orb.Polygon) error {
	if err := notEmpty(path, len(p)); err != nil {
		return err
	}
	for i, ring := range p {
		at := fmt.Sprintf("%s[%d]", path, i)
		if err := v.positions(at, ring, 4); err != nil {
			return err
		}
		if ring[0] != ring[len(ring)-1] {
			return Faultf(at, "环未闭合：首末位置应相同", "the ring is not closed: its first and last positions must be the same")
		}
		if planeArea(ring) == 0 {
			return Faultf(at, "环没有面积", "the ring has no area")
		}
	}
	for i, hole := range p[1:] {
		if !ringHolds(p[0], hole) {
			return Faultf(fmt.Sprintf("%s[%d]", path, i+1), "洞不在外环之内", "the hole does not lie inside the outer ring")
		}
	}
	return crossings(path, p)
}

// maxMembers is how many polygons a MultiPolygon may have: each is held against
// every other.
const maxMembers = 2000

// apart refuses a MultiPolygon whose members share more than single positions:
// GEOS fails on such a one when it meets another geometry (OGC 06-103r4, 6.1.14).
func apart(path string, g orb.MultiPolygon) error {
	if len(g) > maxMembers {
		return Faultf(path, "最多 %d 个面", "may have at most %d polygons", maxMembers)
	}
	var rings orb.Polygon
	for _, p := range g {
		rings = append(rings, p...)
	}
	if len(g) > 1 && crossings(path, rings) != nil {
		return Faultf(path, "其中的面互相重叠", "its polygons overlap")
	}
	for i, p := range g {
		bound := p.Bound()
		for k, q := range g {
			if i != k && bound.Intersects(q.Bound()) && inside(p, q) {
				return Faultf(fmt.Sprintf("%s[%d]", path, k), "位于另一个面之内", "lies inside another of its polygons")
			}
		}
	}
	return nil
}

// inside reports whether q, whose edges do not cross p's, lies in p.
func inside(p, q orb.Polygon) bool {
	for _, at := range q[0] {
		onEdge := false
		for _, ring := range p {
			onEdge = onEdge || slices.Contains(ring, at)
		}
		if !onEdge {
			return contains(p, at)
		}
	}
	return true // the same ring twice
}

// planeArea is twice the signed area in degrees, positive counterclockwise.
func planeArea(ring orb.Ring) float64 {
	sum := 0.0
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		sum += (a[0]-ring[0][0])*(b[1]-ring[0][1]) - (b[0]-ring[0][0])*(a[1]-ring[0][1])
	}
	return sum
}

// ringHolds reports whether a hole's first position that is not on the ring
// lies inside it. Crossings are found elsewhere.
func ringHolds(outer, hole orb.Ring) bool {
	bound := outer.Bound()
	for _, p := range hole {
		if !bound.Contains(p) {
			return false
		}
	}
	for _, p := range hole {
		if !slices.Contains(outer, p) {
			return contains(orb.Polygon{outer}, p)
		}
	}
	return false
}

// side is an edge of a ring in the search for crossings.
type side struct {
	a, b       orb.Point
	ring, edge int
	last       int // number of the ring's last edge
}

// crossings finds edges of a polygon that meet where they may not: anywhere but
// edges that follow one another, at the position they share, and rings that
// touch in single positions. Edges are swept from west to east, and only those
// whose boxes overlap are compared.
func crossings(path string, p orb.Polygon) error {
	var sides []side
	for r, ring := range p {
		start := len(sides)
		for i := 1; i < len(ring); i++ {
			if ring[i-1] == ring[i] {
				continue // a repeated position is harmless
			}
			sides = append(sides, side{a: ring[i-1], b: ring[i], ring: r, edge: len(sides) - start})
		}
		for i := start; i < len(sides); i++ {
			sides[i].last = len(sides) - start - 1
		}
	}
	sort.Slice(sides, func(i, j int) bool { return west(sides[i]) < west(sides[j]) })
	var open []side
	for _, s := range sides {
		w, kept := west(s), open[:0]
		for _, o := range open {
			if math.Max(o.a[0], o.b[0]) < w {
				continue
			}
			kept = append(kept, o)
			if math.Max(o.a[1], o.b[1]) >= math.Min(s.a[1], s.b[1]) && math.Min(o.a[1], o.b[1]) <= math.Max(s.a[1], s.b[1]) && conflict(o, s) {
				return Faultf(fmt.Sprintf("%s[%d]", path, s.ring), "边界在 %.6f,%.6f 附近自相交", "the ring crosses itself near %.6f,%.6f", s.a[0], s.a[1])
			}
		}
		open = append(kept, s)
	}
	return nil
}

func west(s side) float64 { return math.Min(s.a[0], s.b[0]) }

// conflict reports whether two sides whose boxes overlap meet where they may not.
func conflict(s, t side) bool {
	o1, o2 := turn(s.a, s.b, t.a), turn(s.a, s.b, t.b)
	o3, o4 := turn(t.a, t.b, s.a), turn(t.a, t.b, s.b)
	if o1*o2 < 0 && o3*o4 < 0 {
		return true
	}
	adjacent := s.ring == t.ring && (abs(s.edge-t.edge) == 1 || abs(s.edge-t.edge) == s.last)
	if o1 == 0 && o2 == 0 && overlap(s, t) { // on one line, with more than a position in common
		return true
	}
	if adjacent || s.ring != t.ring {
		return false
	}
	// Two sides of one ring that do not follow one another must not even touch.
	return o1 == 0 && within(s, t.a) || o2 == 0 && within(s, t.b) || o3 == 0 && within(t, s.a) || o4 == 0 && within(t, s.b)
}

// turn is the sign of the turn from ab to c: 1 left, -1 right, 0 straight on.
func turn(a, b, c orb.Point) int {
	v := (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// within reports whether a position known to be on the side's line is on the side.
func within(s side, p orb.Point) bool {
	return p[0] >= math.Min(s.a[0], s.b[0]) && p[0] <= math.Max(s.a[0], s.b[0]) && p[1] >= math.Min(s.a[1], s.b[1]) && p[1] <= math.Max(s.a[1], s.b[1])
}

// overlap reports whether two sides on one line share more than a position.
func overlap(s, t side) bool {
	k := 0
	if math.Abs(s.b[0]-s.a[0]) < math.Abs(s.b[1]-s.a[1]) {
		k = 1
	}
	low := math.Max(math.Min(s.a[k], s.b[k]), math.Min(t.a[k], t.b[k]))
	high := math.Min(math.Max(s.a[k], s.b[k]), math.Max(t.a[k], t.b[k]))
	return high > low
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// turned reports whether a ring runs the wrong way round for RFC 7946.
func turned(ring orb.Ring, hole bool) bool {
	a := planeArea(ring)
	return a < 0 && !hole || a > 0 && hole
}

// Orient returns the geometry with outer rings counterclockwise and holes
// clockwise. Rings that must be turned are copied.
func Orient(g orb.Geometry) orb.Geometry {
	switch g := g.(type) {
	case orb.Polygon:
		return orientPolygon(g)
	case orb.MultiPolygon:
		out := make(orb.MultiPolygon, len(g))
		for i, p := range g {
			out[i] = orientPolygon(p)
		}
		return out
	}
	return g
}

func orientPolygon(p orb.Polygon) orb.Polygon {
	out := slices.Clone(p)
	for i, ring := range p {
		if turned(ring, i > 0) {
			out[i] = slices.Clone(ring)
			slices.Reverse(out[i])
		}
	}
	return out
}
