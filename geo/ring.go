package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// stretch is an edge between two whole positions, a before b.
type stretch struct{ a, b orb.Point }

func stretchOf(p, q orb.Point) stretch {
	if comparePoints(p, q) > 0 {
		p, q = q, p
	}
	return stretch{p, q}
}

func compareStretches(s, t stretch) int {
	if c := comparePoints(s.a, t.a); c != 0 {
		return c
	}
	return comparePoints(s.b, t.b)
}

// Bounds of tidying, which compares edges with edges and rings with rings: what is
// larger may keep the processor busy for long.
const (
	maxTraced   = 2000    // edges of what has to be traced anew
	maxTidied   = 500     // rings
	maxCompared = 2000000 // pairs of edges, or of an edge and a corner, that are near in x
)

// tidied returns rings that neither cross nor touch themselves, each outer ring
// before its holes and turned as vector tiles want it, around what is inside an
// odd number of the open rings given. sure is false where edges cross, or come so
// near a corner that they would be taken through it: what that gives is for the
// library to say that PostGIS uses.
func tidied(rings [][]orb.Point) (out [][]orb.Point, sure bool) {
	if len(rings) > maxTidied {
		return nil, false
	}
	var edges []stretch
	for _, ring := range rings {
		for i, q := range ring {
			if p := ring[(i+len(ring)-1)%len(ring)]; p != q {
				edges = append(edges, stretchOf(p, q))
			}
		}
	}
	slices.SortFunc(edges, compareStretches)
	at, met, sure := touched(edges)
	switch {
	case !sure:
		return nil, false
	case !met && apartAtEnds(edges):
		return nested(rings), true
	}
	if edges = odd(splitAt(edges, at)); len(edges) > maxTraced {
		return nil, false
	}
	return nested(traced(edges)), true
}

// touched finds the corners that lie on edges. met reports whether there are such,
// or an edge is there twice; sure, whether no edges cross and all other corners are
// more than half a unit away in some direction.
func touched(edges []stretch) (at [][]orb.Point, met, sure bool) {
	sure = sweep(edges, func(i, k int) (goOn bool) {
		met = met || edges[i] == edges[k]
		return !cross(edges[i], edges[k])
	})
	if !sure {
		return nil, false, false
	}
	compared := 0
	corners := make([]orb.Point, 0, 2*len(edges))
	for _, e := range edges {
		corners = append(corners, e.a, e.b)
	}
	slices.SortFunc(corners, comparePoints)
	corners = slices.Compact(corners)
	at = make([][]orb.Point, len(edges))
	for i, e := range edges {
		first, _ := slices.BinarySearchFunc(corners, orb.Point{e.a[0] - 0.5, math.Inf(-1)}, comparePoints)
		for _, p := range corners[first:] {
			if p[0] > e.b[0]+0.5 {
				break
			}
			if compared++; compared > maxCompared {
				return nil, false, false
			}
			if p == e.a || p == e.b || !comesNear(e, p) {
				continue
			}
			if turn(e.a, e.b, p) != 0 || !spans(e, p) {
				return nil, false, false
			}
			at[i] = append(at[i], p)
			met = true
		}
	}
	return at, met, sure
}

// comesNear reports whether an edge meets the square of a unit around a position.
func comesNear(e stretch, p orb.Point) bool {
	if p[1] < min(e.a[1], e.b[1])-0.5 || p[1] > max(e.a[1], e.b[1])+0.5 {
		return false
	}
	dx, dy := e.b[0]-e.a[0], e.b[1]-e.a[1]
	return math.Abs(dx*(p[1]-e.a[1])-dy*(p[0]-e.a[0])) <= (math.Abs(dx)+math.Abs(dy))/2
}

// spans reports whether a position on the line of an edge is on the edge.
func spans(e stretch, p orb.Point) bool {
	return p[0] >= e.a[0] && p[0] <= e.b[0] && p[1] >= min(e.a[1], e.b[1]) && p[1] <= max(e.a[1], e.b[1])
}

// cross reports whether two edges meet within both.
func cross(s, t stretch) bool {
	return turn(s.a, s.b, t.a)*turn(s.a, s.b, t.b) < 0 && turn(t.a, t.b, s.a)*turn(t.a, t.b, s.b) < 0
}

// sweep calls each with every two edges, in their order, whose boxes overlap, as long
// as it says so and there are not too many; it reports whether it came to the end.
func sweep(edges []stretch, each func(i, k int) (goOn bool)) (ended bool) {
	var open []int
	compared := 0
	for i, e := range edges {
		kept := open[:0]
		if compared += len(open); compared > maxCompared {
			return false
		}
		for _, k := range open {
			o := edges[k]
			if o.b[0] < e.a[0] {
				continue
			}
			kept = append(kept, k)
			if max(o.a[1], o.b[1]) >= min(e.a[1], e.b[1]) && min(o.a[1], o.b[1]) <= max(e.a[1], e.b[1]) && !each(k, i) {
				return false
			}
		}
		open = append(kept, i)
	}
	return true
}

// apartAtEnds reports whether no position is the end of more than two edges.
func apartAtEnds(edges []stretch) bool {
	degree := make(map[orb.Point]int, len(edges))
	for _, e := range edges {
		for _, p := range [...]orb.Point{e.a, e.b} {
			if degree[p]++; degree[p] > 2 {
				return false
			}
		}
	}
	return true
}

// splitAt cuts edges at positions on them.
func splitAt(edges []stretch, at [][]orb.Point) (split []stretch) {
	for i, e := range edges {
		dx, dy := e.b[0]-e.a[0], e.b[1]-e.a[1]
		along := func(p orb.Point) float64 { return (p[0]-e.a[0])*dx + (p[1]-e.a[1])*dy }
		slices.SortFunc(at[i], func(p, q orb.Point) int { return cmp.Compare(along(p), along(q)) })
		from := e.a
		for _, p := range append(at[i], e.b) {
			split = append(split, stretchOf(from, p))
			from = p
		}
	}
	return split
}

// odd returns the edges that are there an odd number of times, once.
func odd(edges []stretch) []stretch {
	slices.SortFunc(edges, compareStretches)
	kept := edges[:0]
	for i := 0; i < len(edges); {
		n := 1
		for i+n < len(edges) && edges[i+n] == edges[i] {
			n++
		}
		if n%2 == 1 {
			kept = append(kept, edges[i])
		}
		i += n
	}
	return kept
}
