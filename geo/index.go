package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// nodeSize is how many boxes a node of an Index holds.
const nodeSize = 16

// Index is a packed Hilbert R-tree over boxes that stand in the order of
// Hilbert's curve: a tree without pointers, a thousandth of the size of what it
// indexes. It never changes.
type Index struct {
	n      int
	levels [][]orb.Bound // the leaves' parents first
}

// HilbertOrder returns the numbers of the boxes, by where their middles lie on
// Hilbert's curve over the world.
func HilbertOrder(n int, box func(int) orb.Bound) []uint32 {
	type place struct {
		at uint64
		i  uint32
	}
	places := make([]place, n)
	for i := range places {
		places[i] = place{hilbert(box(i).Center()), uint32(i)}
	}
	slices.SortFunc(places, func(a, b place) int {
		if c := cmp.Compare(a.at, b.at); c != 0 {
			return c
		}
		return cmp.Compare(a.i, b.i)
	})
	order := make([]uint32, n)
	for i, p := range places {
		order[i] = p.i
	}
	return order
}

// HilbertInsert puts more numbers of boxes where they belong among those in order.
func HilbertInsert(order, more []uint32, box func(uint32) orb.Bound) []uint32 {
	at := func(i uint32) uint64 { return hilbert(box(i).Center()) }
	slices.SortFunc(more, func(a, b uint32) int { return cmp.Compare(at(a), at(b)) })
	out := make([]uint32, 0, len(order)+len(more))
	for _, i := range more {
		place := at(i)
		n, _ := slices.BinarySearchFunc(order, place, func(k uint32, place uint64) int { return cmp.Compare(at(k), place) })
		out, order = append(append(out, order[:n]...), i), order[n:]
	}
	return append(out, order...)
}

// hilbert is the place of a position on the curve through 2³¹ × 2³¹ cells, each
// of 2 cm at most.
func hilbert(p orb.Point) (d uint64) {
	const side = 1 << 31
	cell := func(v, span float64) uint64 {
		return uint64(math.Max(0, math.Min(side-1, (v/span+0.5)*side)))
	}
	x, y := cell(p[0], 360), cell(p[1], 180)
	for s := uint64(side / 2); s > 0; s /= 2 {
		var rx, ry uint64
		if x&s != 0 {
			rx = 1
		}
		if y&s != 0 {
			ry = 1
		}
		d += s * s * (3*rx ^ ry)
		if ry == 0 {
			if rx == 1 {
				x, y = side-1-x, side-1-y
			}
			x, y = y, x
		}
	}
	return d
}

// NewIndex packs n boxes that stand in the order of the curve.
func NewIndex(n int, box func(int) orb.Bound) *Index {
	x := &Index{n: n}
	for count := n; count > 1 || len(x.levels) == 0; {
		below := box
		if k := len(x.levels); k > 0 {
			below = func(i int) orb.Bound { return x.levels[k-1][i] }
		}
		level := make([]orb.Bound, (count+nodeSize-1)/nodeSize)
		for i := range level {
			b := below(i * nodeSize)
			for j := i*nodeSize + 1; j < min((i+1)*nodeSize, count); j++ {
				b = around(b, below(j))
			}
			level[i] = b
		}
		x.levels = append(x.levels, level)
		if count = len(level); count <= 1 {
			break
		}
	}
	return x
}

func around(a, b orb.Bound) orb.Bound {
	return orb.Bound{Min: orb.Point{math.Min(a.Min[0], b.Min[0]), math.Min(a.Min[1], b.Min[1])},
		Max: orb.Point{math.Max(a.Max[0], b.Max[0]), math.Max(a.Max[1], b.Max[1])}}
}

// Search calls each with spans of numbers, from and until, that hold every box
// which meets b and others near them: boxes of one span have to be tested.
func (x *Index) Search(b orb.Bound, each func(from, until int)) {
	if x.n == 0 {
		return
	}
	x.search(len(x.levels)-1, 0, b, each)
}

func (x *Index) search(level, node int, b orb.Bound, each func(from, until int)) {
	if !Overlap(x.levels[level][node], b) {
		return
	}
	if level == 0 {
		each(node*nodeSize, min((node+1)*nodeSize, x.n))
		return
	}
	for i := node * nodeSize; i < min((node+1)*nodeSize, len(x.levels[level-1])); i++ {
		x.search(level-1, i, b, each)
	}
}

// Overlap reports whether two boxes meet, edges included.
func Overlap(a, b orb.Bound) bool {
	return a.Min[0] <= b.Max[0] && b.Min[0] <= a.Max[0] && a.Min[1] <= b.Max[1] && b.Min[1] <= a.Max[1]
}
