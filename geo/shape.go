package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Shape is what of a geometry shows on a tile, in the tile's whole units: one
// list of points, or lines, or rings, an outer one before its holes. It is
// reused: what Draw finds is good until the next.
type Shape struct {
	kind  byte
	parts [][]orb.Point
	spare [2][]orb.Point
	room  []orb.Point // what lines and rings are written into
}

// clip is the box at which tiles are cut.
var clip = orb.Bound{Min: orb.Point{-TileBuffer, -TileBuffer}, Max: orb.Point{TileExtent + TileBuffer, TileExtent + TileBuffer}}

// Draw finds what of a geometry shows on a tile, as ST_AsMVTGeom does: positions
// are put on whole units, what then has no length or area is left out, and the
// rest is cut at the edge of the buffer. sure is false for polygons that whole
// units have crumpled too much to say what is inside.
func (s *Shape) Draw(t Tile, g orb.Geometry) (sure bool) {
	s.kind, s.parts, s.room = 0, s.parts[:0], s.room[:0]
	if positions := countOf(g); positions > 1 && negligible(t, g.Bound(), positions) {
		return true
	}
	switch g := g.(type) {
	case orb.Point:
		s.points(t, []orb.Point{g})
	case orb.MultiPoint:
		s.points(t, g)
	case orb.LineString:
		s.line(t, g)
	case orb.MultiLineString:
		for _, line := range g {
			s.line(t, line)
		}
	case orb.Polygon:
		return s.polygons(t, orb.MultiPolygon{g})
	case orb.MultiPolygon:
		return s.polygons(t, g)
	default:
		return false
	}
	return true
}

// Point is Draw for a point, of which there are many, given as its place on the
// square of Web Mercator.
func (s *Shape) Point(t Tile, mx, my float64) {
	s.kind, s.parts = 0, s.parts[:0]
	x, y := t.unitsOf(mx, my)
	if at := (orb.Point{math.RoundToEven(x), math.RoundToEven(y)}); inBox(at, clip) {
		s.spare[0] = append(s.spare[0][:0], at)
		s.add(mvtPoint, s.spare[0])
	}
}

// countOf is how many positions a line or polygon has; 0 for points.
func countOf(g orb.Geometry) (n int) {
	switch g := g.(type) {
	case orb.LineString:
		return len(g)
	case orb.MultiLineString:
		for _, line := range g {
			n += len(line)
		}
	case orb.Polygon:
		for _, ring := range g {
			n += len(ring)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			n += countOf(p)
		}
	}
	return n
}

// Empty reports whether nothing shows.
func (s *Shape) Empty() bool { return len(s.parts) == 0 }

func (s *Shape) add(kind byte, part []orb.Point) {
	s.kind, s.parts = kind, append(s.parts, part)
}

func (s *Shape) points(t Tile, list []orb.Point) {
	at := make([]orb.Point, len(list))
	for i, p := range list {
		at[i][0], at[i][1] = t.Local(p)
	}
	slices.SortFunc(at, comparePoints)
	at = slices.Compact(at)
	if b := orb.MultiPoint(at).Bound(); !inBox(b.Min, clip) || !inBox(b.Max, clip) { // then those on the edge do not count
		at = slices.DeleteFunc(at, func(p orb.Point) bool {
			return p[0] <= clip.Min[0] || p[0] >= clip.Max[0] || p[1] <= clip.Min[1] || p[1] >= clip.Max[1]
		})
	}
	if len(at) > 0 {
		s.add(mvtPoint, at)
	}
}

func comparePoints(a, b orb.Point) int {
	if c := cmp.Compare(a[0], b[0]); c != 0 {
		return c
	}
	return cmp.Compare(a[1], b[1])
}

// negligible reports whether a line or polygon is smaller than half a unit in both
// directions, by its box as PostGIS keeps it: in metres of Web Mercator, rounded
// outward to float32, but for stretches of two positions.
func negligible(t Tile, b orb.Bound, positions int) bool {
	const world = 2 * math.Pi * semiMajor
	if degrees := 360 / math.Exp2(float64(t.Z)) / TileExtent; b.Max[0]-b.Min[0] > degrees {
		return false
	}
	west, north := Mercator(orb.Point{b.Min[0], b.Max[1]})
	east, south := Mercator(orb.Point{b.Max[0], b.Min[1]})
	half := world / math.Exp2(float64(t.Z)) / TileExtent / 2
	box := orb.Bound{Min: orb.Point{(west - 0.5) * world, (0.5 - south) * world}, Max: orb.Point{(east - 0.5) * world, (0.5 - north) * world}}
	if positions > 2 {
		box = Outward(box)
	}
	return box.Max[0]-box.Min[0] < half && box.Max[1]-box.Min[1] < half
}

// snapped puts a line on whole units, without the positions that this makes
// equal to the one before, or straight between their neighbours. A line has at
// least two positions then and a ring four, or there is none.
func (s *Shape) snapped(t Tile, line []orb.Point, least int) []orb.Point {
	s.room = slices.Grow(s.room, len(line)) // what was written before stays where it is
	at := s.room[len(s.room):]
	defer func() { s.room = s.room[:len(s.room)+len(at)] }()
	for _, p := range line {
		x, y := t.Local(p)
		if n := len(at); n == 0 || at[n-1] != (orb.Point{x, y}) {
			at = append(at, orb.Point{x, y})
		}
	}
	if len(at) < least {
		return nil
	}
	if at = straightened(at); len(at) < least || len(at) == 2 && at[0] == at[1] {
		return nil
	}
	return at
}

// straightened leaves out what lies between the position kept before and the one
// behind; also, as PostGIS does, a way there and straight back.
func straightened(line []orb.Point) []orb.Point {
	if len(line) < 3 {
		return line
	}
	kept := 0
	for i := 1; i+1 < len(line); i++ {
		a, p, b := line[kept], line[i], line[i+1]
		dx, dy, ex, ey := b[0]-a[0], b[1]-a[1], p[0]-a[0], p[1]-a[1]
		if along := ex*dx + ey*dy; along < 0 || along > dx*dx+dy*dy || ex*dy != ey*dx {
			kept++
			line[kept] = p
		}
	}
	line[kept+1] = line[len(line)-1]
	return line[:kept+2]
}

func (s *Shape) line(t Tile, line []orb.Point) {
	at := s.snapped(t, line, 2)
	if at == nil {
		return
	}
	if b := orb.LineString(at).Bound(); inBox(b.Min, clip) && inBox(b.Max, clip) {
		s.add(mvtLine, at)
		return
	}
	var part []orb.Point
	end := func() {
		if len(part) > 1 {
			s.add(mvtLine, part)
		}
		part = nil
	}
	for i := 1; i < len(at); i++ {
		p, q, ok := cut(at[i-1], at[i])
		if !ok {
			end()
			continue
		}
		if n := len(part); n == 0 || part[n-1] != p {
			end()
			part = append(part, p)
		}
		if part[len(part)-1] != q {
			part = append(part, q)
		}
		if q != at[i] {
			end()
		}
	}
	end()
}

// cut is the part of a stretch inside the clip, on whole units. ok is false where
// there is none, or it runs along the edge.
func cut(p, q orb.Point) (a, b orb.Point, ok bool) {
	from, until := 0.0, 1.0
	for k := range 2 {
		d := q[k] - p[k]
		if d == 0 {
			if p[k] <= clip.Min[k] || p[k] >= clip.Max[k] {
				return p, q, false
			}
			continue
		}
		u, v := (clip.Min[k]-p[k])/d, (clip.Max[k]-p[k])/d
		from, until = math.Max(from, math.Min(u, v)), math.Min(until, math.Max(u, v))
	}
	if from >= until {
		return p, q, false
	}
	return partway(p, q, from), partway(p, q, until), true
}

// partway is the whole position at a fraction of the way.
func partway(p, q orb.Point, f float64) orb.Point {
	switch f {
	case 0:
		return p
	case 1:
		return q
	}
	return orb.Point{math.RoundToEven(p[0] + (q[0]-p[0])*f), math.RoundToEven(p[1] + (q[1]-p[1])*f)}
}

// polygons draws what is inside an odd number of rings.
func (s *Shape) polygons(t Tile, list orb.MultiPolygon) (sure bool) {
	var rings [][]orb.Point
	for _, p := range list {
		for i, ring := range p {
			at := s.snapped(t, ring, 4)
			if at == nil {
				if i == 0 {
					break // and its holes with it
				}
				continue
			}
			if at = s.cutRing(at); len(at) > 2 {
				rings = append(rings, at)
			}
		}
	}
	rings, sure = tidied(rings)
	for _, ring := range rings {
		s.add(mvtPolygon, ring)
	}
	return sure
}

// cutRing is a closed ring cut at the edge of the clip, open. Where the ring
// leaves and comes back, it runs along the edge, there and back if need be.
func (s *Shape) cutRing(ring []orb.Point) []orb.Point {
	b := orb.LineString(ring).Bound()
	if !Overlap(b, clip) {
		return nil
	}
	ring = ring[:len(ring)-1]
	if inBox(b.Min, clip) && inBox(b.Max, clip) {
		return ring
	}
	for _, side := range [...]struct {
		axis int
		at   float64
		sign float64 // of what lies inside of it
	}{{1, clip.Min[1], 1}, {0, clip.Max[0], -1}, {1, clip.Max[1], -1}, {0, clip.Min[0], 1}} {
		out, k := s.spare[0][:0], side.axis
		for i, q := range ring {
			p := ring[(i+len(ring)-1)%len(ring)]
			before, here := (p[k]-side.at)*side.sign > 0, (q[k]-side.at)*side.sign > 0
			if before != here {
				var x orb.Point
				x[k], x[1-k] = side.at, p[1-k]+(q[1-k]-p[1-k])*(side.at-p[k])/(q[k]-p[k])
				out = append(out, x)
			}
			if here {
				out = append(out, q)
			}
		}
		s.spare[0], s.spare[1] = s.spare[1], out
		ring = out
	}
	out := make([]orb.Point, len(ring))
	for i, p := range ring {
		out[i] = orb.Point{math.Trunc(p[0]), math.Trunc(p[1])}
	}
	out = slices.Compact(out)
	for len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[1:]
	}
	return out
}
