package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Cut parts the line at chainages, which must rise and lie inside it: one part
// more than there are cuts. Neighbours share the position of the cut. A vertex
// within a micrometre of a cut is the cut.
func (l *Line) Cut(at ...float64) []orb.LineString {
	parts := make([]orb.LineString, 0, len(at)+1)
	part, next := orb.LineString{l.points[0]}, 1
	for _, c := range at {
		for l.chainage[next] < c-1e-6 {
			part = append(part, l.points[next])
			next++
		}
		p := l.At(c)
		if math.Abs(l.chainage[next]-c) <= 1e-6 {
			p = l.points[next]
			next++
		}
		parts = append(parts, append(part, p))
		part = orb.LineString{p}
	}
	return append(parts, append(part, l.points[next:]...))
}

// Join puts lines end to end in whatever order and direction they fit, beginning
// with the first one's direction: order says which line comes where, turned which
// of them run against it. Ends may be as far apart as gap, in metres; the joint
// then keeps both positions. ok is false where a line touches no end of the rest.
func Join(lines []orb.LineString, gap float64) (joined orb.LineString, order []int, turned []bool, ok bool) {
	joined, order, turned = lines[0].Clone(), []int{0}, make([]bool, len(lines))
	used := make([]bool, len(lines))
	used[0] = true
	for range len(lines) - 1 {
		best, front := gap, false
		pick, turn := -1, false
		for i, line := range lines {
			if used[i] {
				continue
			}
			first, last := line[0], line[len(line)-1]
			for _, end := range []struct {
				distance    float64
				front, turn bool
			}{
				{Distance(joined[len(joined)-1], first), false, false}, {Distance(joined[len(joined)-1], last), false, true},
				{Distance(joined[0], last), true, false}, {Distance(joined[0], first), true, true},
			} {
				if end.distance < best || end.distance == best && pick < 0 {
					best, front, pick, turn = end.distance, end.front, i, end.turn
				}
			}
		}
		if pick < 0 {
			return nil, nil, nil, false
		}
		line := lines[pick].Clone()
		if turn {
			line.Reverse()
		}
		used[pick], turned[pick] = true, turn
		if front {
			joined, order = chained(line, joined), append([]int{pick}, order...)
		} else {
			joined, order = chained(joined, line), append(order, pick)
		}
	}
	return joined, order, turned, true
}

// chained is one line and another behind it, without the same position twice.
func chained(a, b orb.LineString) orb.LineString {
	if a[len(a)-1] == b[0] {
		b = b[1:]
	}
	return append(a.Clone(), b...)
}
