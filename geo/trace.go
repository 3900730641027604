package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// traced joins edges that meet at their ends only, an even number at each, to
// open rings that do not touch themselves.
func traced(edges []stretch) (rings [][]orb.Point) {
	next := make(map[orb.Point][]orb.Point, len(edges))
	for _, e := range edges {
		a, b := e.a, e.b
		if !insideLeft(edges, e) {
			a, b = b, a
		}
		next[a] = append(next[a], b)
	}
	for _, e := range edges { // in their order, so that the same edges give the same rings
		for _, start := range [...]orb.Point{e.a, e.b} {
			for len(next[start]) > 0 {
				rings = append(rings, loops(walk(next, start))...)
			}
		}
	}
	return rings
}

// insideLeft reports whether what is inside an odd number of rings lies left of
// an edge from a to b: a ray from its middle, up or to the east, meets an odd
// number of others.
func insideLeft(edges []stretch, e stretch) bool {
	m := orb.Point{(e.a[0] + e.b[0]) / 2, (e.a[1] + e.b[1]) / 2}
	odd := false
	if e.a[0] == e.b[0] {
		for _, f := range edges {
			p, q := f.a, f.b
			if p[1] > q[1] {
				p, q = q, p
			}
			if p[1] <= m[1] && m[1] < q[1] && turn(p, q, m) > 0 {
				odd = !odd
			}
		}
		return !odd
	}
	for _, f := range edges {
		if f.a[0] <= m[0] && m[0] < f.b[0] && turn(f.a, f.b, m) < 0 {
			odd = !odd
		}
	}
	return odd
}

// walk takes edges from next, from start until it is there again: at each
// position the first one clockwise from where it came.
func walk(next map[orb.Point][]orb.Point, start orb.Point) (ring []orb.Point) {
	from, at := start, start
	for {
		ways, best := next[at], 0
		if len(ways) > 1 && at != from {
			back, least := math.Atan2(from[1]-at[1], from[0]-at[0]), math.Inf(1)
			for i, w := range ways {
				angle := back - math.Atan2(w[1]-at[1], w[0]-at[0])
				if angle <= 0 {
					angle += 2 * math.Pi
				}
				if angle < least {
					best, least = i, angle
				}
			}
		}
		ring = append(ring, at)
		from, at = at, ways[best]
		next[from] = slices.Delete(ways, best, best+1)
		if len(next[at]) == 0 || at == start {
			return ring
		}
	}
}

// loops cuts a ring where it touches itself.
func loops(ring []orb.Point) (list [][]orb.Point) {
	var open []orb.Point
	at := make(map[orb.Point]int, len(ring))
	for _, p := range ring {
		if i, ok := at[p]; ok {
			loop := slices.Clone(open[i:])
			for _, q := range loop {
				delete(at, q)
			}
			open, list = open[:i], append(list, loop)
		}
		at[p] = len(open)
		open = append(open, p)
	}
	return append(list, open)
}

// nested puts each outer ring before its holes and turns them as vector tiles want
// it: outer ones have a positive area where y points down. A ring in an even number
// of others is outer. Rings begin and stand as after ST_Normalize, so that the same
// polygon is drawn in the same bytes whoever draws it.
func nested(rings [][]orb.Point) (out [][]orb.Point) {
	depth, parent := make([]int, len(rings)), make([]int, len(rings))
	area := make([]float64, len(rings))
	bounds := make([]orb.Bound, len(rings))
	for i, ring := range rings {
		area[i], bounds[i], parent[i] = openArea(ring), orb.LineString(ring).Bound(), -1
	}
	for i, ring := range rings {
		for k, other := range rings {
			if i != k && Overlap(bounds[i], bounds[k]) && ringSurrounds(other, ring) {
				if depth[i]++; parent[i] < 0 || math.Abs(area[k]) < math.Abs(area[parent[i]]) {
					parent[i] = k
				}
			}
		}
		if (area[i] > 0) != (depth[i]%2 == 0) {
			slices.Reverse(ring)
		}
	}
	sorted := func(list []int) []int {
		slices.SortFunc(list, func(i, k int) int { return -compareRings(rings[i], rings[k]) })
		return list
	}
	var outer []int
	holes := map[int][]int{}
	for i, ring := range rings {
		switch {
		case len(ring) < 3 || area[i] == 0:
		case depth[i]%2 == 0:
			outer = append(outer, i)
		default:
			holes[parent[i]] = append(holes[parent[i]], i)
		}
		rings[i] = begun(cornersOf(ring))
	}
	for _, i := range sorted(outer) {
		out = append(out, rings[i])
		for _, k := range sorted(holes[i]) {
			out = append(out, rings[k])
		}
	}
	return out
}

// cornersOf is an open ring without the positions at which it goes straight on.
func cornersOf(ring []orb.Point) []orb.Point {
	n := len(ring)
	corners := make([]orb.Point, 0, n)
	for i, p := range ring {
		if turn(ring[(i+n-1)%n], p, ring[(i+1)%n]) != 0 {
			corners = append(corners, p)
		}
	}
	return corners
}

// begun is an open ring from its first position in the order of coordinates.
func begun(ring []orb.Point) []orb.Point {
	first := 0
	for i, p := range ring {
		if comparePoints(p, ring[first]) < 0 {
			first = i
		}
	}
	return slices.Concat(ring[first:], ring[:first])
}

// compareRings is the order of normalised rings: by how many positions they have,
// then by these, the other way round.
func compareRings(a, b []orb.Point) int {
	if c := cmp.Compare(len(a), len(b)); c != 0 {
		return c
	}
	n := len(a)
	for i := range a {
		if c := comparePoints(a[(n-i)%n], b[(n-i)%n]); c != 0 {
			return c
		}
	}
	return 0
}

// openArea is twice the signed area of an open ring.
func openArea(ring []orb.Point) (sum float64) {
	for i, q := range ring {
		p := ring[(i+len(ring)-1)%len(ring)]
		sum += p[0]*q[1] - q[0]*p[1]
	}
	return sum
}

// ringSurrounds reports whether a ring lies in another, which it may touch with
// its corners.
func ringSurrounds(outer, ring []orb.Point) (in bool) {
	m := orb.Point{(ring[0][0] + ring[1][0]) / 2, (ring[0][1] + ring[1][1]) / 2}
	for i, q := range outer {
		p := outer[(i+len(outer)-1)%len(outer)]
		if p[1] > q[1] {
			p, q = q, p
		}
		if p[1] <= m[1] && m[1] < q[1] && turn(p, q, m) > 0 {
			in = !in
		}
	}
	return in
}
