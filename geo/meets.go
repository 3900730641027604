package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Meets reports whether a valid geometry meets a box, edges included, exactly as
// PostGIS's ST_Intersects does on the plane of longitude and latitude. sure is
// false where the arithmetic of floats cannot tell.
func Meets(g orb.Geometry, b orb.Bound) (meets, sure bool) {
	switch g := g.(type) {
	case orb.Point:
		return inBox(g, b), true
	case orb.MultiPoint:
		for _, p := range g {
			if inBox(p, b) {
				return true, true
			}
		}
		return false, true
	case orb.LineString:
		return lineMeets(g, b)
	case orb.MultiLineString:
		return anyMeets(len(g), func(i int) (bool, bool) { return lineMeets(g[i], b) })
	case orb.Polygon:
		return polygonMeets(g, b)
	case orb.MultiPolygon:
		return anyMeets(len(g), func(i int) (bool, bool) { return polygonMeets(g[i], b) })
	}
	return false, false
}

func anyMeets(n int, part func(int) (bool, bool)) (meets, sure bool) {
	sure = true
	for i := range n {
		m, s := part(i)
		if m && s {
			return true, true
		}
		sure = sure && s
	}
	return false, sure
}

func inBox(p orb.Point, b orb.Bound) bool {
	return p[0] >= b.Min[0] && p[0] <= b.Max[0] && p[1] >= b.Min[1] && p[1] <= b.Max[1]
}

func lineMeets(line []orb.Point, b orb.Bound) (meets, sure bool) {
	sure = true
	for i, p := range line {
		if inBox(p, b) {
			return true, true
		}
		if i == 0 {
			continue
		}
		m, s := crosses(line[i-1], p, b)
		if m && s {
			return true, true
		}
		sure = sure && s
	}
	return false, sure
}

// crosses reports whether a stretch whose ends lie outside a box meets it: their
// boxes overlap, and the corners are not all on one side of the stretch.
func crosses(p, q orb.Point, b orb.Bound) (meets, sure bool) {
	if math.Max(p[0], q[0]) < b.Min[0] || math.Min(p[0], q[0]) > b.Max[0] || math.Max(p[1], q[1]) < b.Min[1] || math.Min(p[1], q[1]) > b.Max[1] {
		return false, true
	}
	if p[0] == q[0] || p[1] == q[1] { // along an axis, overlapping boxes are enough
		return true, true
	}
	left, right := 0, 0
	for _, corner := range [4]orb.Point{b.Min, {b.Max[0], b.Min[1]}, b.Max, {b.Min[0], b.Max[1]}} {
		switch sideOf(p, q, corner) {
		case 1:
			left++
		case -1:
			right++
		}
	}
	switch {
	case left > 0 && right > 0:
		return true, true
	case left+right == 4:
		return false, true
	}
	return false, false
}

// sideOf is 1 where r lies left of the line from p to q, -1 right of it, and 0
// where floats cannot tell (the bound is Shewchuk's).
func sideOf(p, q, r orb.Point) int {
	a, b := (p[0]-r[0])*(q[1]-r[1]), (p[1]-r[1])*(q[0]-r[0])
	const bound = 4e-16
	det, unsure := a-b, bound*(math.Abs(a)+math.Abs(b))
	switch {
	case det > unsure:
		return 1
	case det < -unsure:
		return -1
	}
	return 0
}

// polygonMeets is true where a ring meets the box, or the box lies within.
func polygonMeets(p orb.Polygon, b orb.Bound) (meets, sure bool) {
	sure = true
	for _, ring := range p {
		m, s := lineMeets(ring, b)
		if m && s {
			return true, true
		}
		sure = sure && s
	}
	if !sure {
		return false, false
	}
	for i, ring := range p {
		in, s := surrounds(ring, b.Min)
		if !s {
			return false, false
		}
		if in != (i == 0) {
			return false, true
		}
	}
	return true, true
}

// surrounds counts how often a ray to the east crosses a ring on which the
// position does not lie.
func surrounds(ring orb.Ring, p orb.Point) (in, sure bool) {
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if a[1] > b[1] {
			a, b = b, a
		}
		if p[1] < a[1] || p[1] >= b[1] {
			continue
		}
		switch sideOf(a, b, p) {
		case 1:
			in = !in
		case 0:
			return false, false
		}
	}
	return in, true
}
