package exchange

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// riverBank is how far the green banks reach from mid-stream, riverWater how far
// the water does, in metres.
const (
	riverBank  = 46
	riverWater = 19
)

// block is what lies between four streets, without their footways. u runs from
// west to east and v from south to north, both from 0 to 1.
type block struct {
	west, east, south, north curve
	inside                   bool // the subdistrict
	near                     bool // inside, or next to it
	middle                   orb.Point
	width, height            float64 // metres, in the middle
}

func newBlock(west, east, south, north curve) block {
	b := block{west: west, east: east, south: south, north: north}
	b.middle = b.at(0.5, 0.5)
	w, e, s, n := b.at(0, 0.5), b.at(1, 0.5), b.at(0.5, 0), b.at(0.5, 1)
	b.width, b.height = e[0]-w[0], n[1]-s[1]
	return b
}

// at is the place in the plane at u and v.
func (b block) at(u, v float64) orb.Point {
	p := b.middle
	for range 16 {
		w, e := b.west.at(p[1]), b.east.at(p[1])
		p[0] = w + (e-w)*u
		s, n := b.south.at(p[0]), b.north.at(p[0])
		p[1] = s + (n-s)*v
	}
	return p
}

// holds reports whether p lies in the block.
func (b block) holds(p orb.Point) bool { return b.within(p, [2]float64{0, 1}, [2]float64{0, 1}, 0) }

// within reports whether p lies between two u and two v, no nearer than margin
// metres to the edges of that part of the block.
func (b block) within(p orb.Point, u, v [2]float64, margin float64) bool {
	w, e := b.west.at(p[1]), b.east.at(p[1])
	s, n := b.south.at(p[0]), b.north.at(p[0])
	return p[0] > w+u[0]*(e-w)+margin && p[0] < w+u[1]*(e-w)-margin && p[1] > s+v[0]*(n-s)+margin && p[1] < s+v[1]*(n-s)-margin
}

// quad is the ring around a part of the block, margin metres inside it. Its
// southern and northern edges follow the bends of the block.
func (b block) quad(u0, u1, v0, v1, margin float64) []orb.Point {
	du, dv := margin/b.width, margin/b.height
	u0, u1, v0, v1 = u0+du, u1-du, v0+dv, v1-dv
	n := max(1, int(math.Ceil((u1-u0)*b.width/150)))
	var ring []orb.Point
	for i := range n + 1 {
		ring = append(ring, b.at(u0+(u1-u0)*float64(i)/float64(n), v0))
	}
	for i := range n + 1 {
		ring = append(ring, b.at(u1-(u1-u0)*float64(i)/float64(n), v1))
	}
	return ring
}

// chamfered cuts the corners of a ring, metres from each.
func chamfered(ring []orb.Point, metres float64) []orb.Point {
	var out []orb.Point
	for i, p := range ring {
		before, after := ring[(i+len(ring)-1)%len(ring)], ring[(i+1)%len(ring)]
		turn := math.Abs(math.Remainder(heading(p, after)-heading(before, p), 2*math.Pi))
		if turn < 0.5 {
			out = append(out, p)
			continue
		}
		out = append(out, towards(p, before, metres), towards(p, after, metres))
	}
	return out
}

func heading(a, b orb.Point) float64 { return math.Atan2(b[1]-a[1], b[0]-a[0]) }

// towards is the point metres from a on the way to b.
func towards(a, b orb.Point, metres float64) orb.Point {
	f := metres / math.Hypot(b[0]-a[0], b[1]-a[1])
	return orb.Point{a[0] + (b[0]-a[0])*f, a[1] + (b[1]-a[1])*f}
}

// border is a line that runs east with the space that must stay free beside it.
type border struct {
	line  curve
	clear float64
}

// Beyond the subdistrict the map goes on to the edges of a rectangle, in blocks
// of such a depth; a street there keeps its distance from the rivers.
const (
	sheetWest, sheetSouth = 113.7100, 34.7305
	sheetEast, sheetNorth = 113.7805, 34.7945
	outerDepth            = 0.0042 // degrees of latitude
	outerClear            = 110    // metres
	nearby                = 420    // metres beyond a river within which houses are drawn
)

// blocks lists the blocks of the subdistrict and of its surroundings.
func (t *town) blocks() []block {
	lines := []street{{rank: road, line: meridian(sheetWest, 0)}}
	lines = append(lines, t.north...)
	lines = append(lines, street{rank: road, line: meridian(sheetEast, 0)})
	var out []block
	for i := range len(lines) - 1 {
		strip := i - 1
		west, east := lines[i].line.moved(lines[i].rank.frontage), lines[i+1].line.moved(-lines[i+1].rank.frontage)
		borders := t.borders(strip, west, east)
		x := (lines[i].line.at(0) + lines[i+1].line.at(0)) / 2
		slices.SortFunc(borders, func(a, b border) int { return cmp.Compare(a.line.at(x), b.line.at(x)) })
		for k := range len(borders) - 1 {
			south, north := borders[k], borders[k+1]
			y := (south.line.at(x) + north.line.at(x)) / 2
			between := y > t.south.at(x) && y < t.above.at(x)
			b := newBlock(west, east, south.line.moved(south.clear), north.line.moved(-north.clear))
			b.inside = between && strip >= 0 && strip < len(t.north)-1
			b.near = between || y > t.south.at(x)-nearby && y < t.above.at(x)+nearby
			if b.height > 30 {
				out = append(out, b)
			}
		}
	}
	return out
}

// borders lists the lines that cross a strip: the rivers, its streets, and beyond
// the rivers streets that nobody needs a name for.
func (t *town) borders(strip int, west, east curve) []border {
	borders := []border{{t.south, riverBank}, {t.above, riverBank}}
	// clear says by how much a line stays north of another within the strip.
	clear := func(upper, lower curve) float64 {
		a, b := cross(west, upper), cross(east, upper)
		return math.Min(a[1]-lower.at(a[0]), b[1]-lower.at(b[0]))
	}
	for _, s := range t.east {
		outer := strip < 0 && s.from == 0 || strip == len(t.north)-1 && s.to == strip
		apart := func(b border) bool { return clear(s.line, b.line) > outerClear || clear(b.line, s.line) > outerClear }
		if s.from <= strip && strip < s.to || outer && !slices.ContainsFunc(borders, func(b border) bool { return !apart(b) }) {
			borders = append(borders, border{s.line, s.rank.frontage})
		}
	}
	for lat := sheetSouth; lat <= sheetNorth+1e-9; lat += outerDepth {
		if line := parallel(lat); clear(line, t.above) > outerClear || clear(t.south, line) > outerClear {
			borders = append(borders, border{line, lane.frontage})
		}
	}
	return borders
}

// blockAt finds the block around a place given as longitude and latitude.
func (t *town) blockAt(lonLat orb.Point) (block, error) {
	p := toPlane(lonLat)
	for _, b := range t.sheet {
		if b.holds(p) {
			return b, nil
		}
	}
	return block{}, fmt.Errorf("sample: there is no block at %v", lonLat)
}
