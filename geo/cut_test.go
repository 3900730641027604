package geo

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

func TestCutPartsAreTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := winding(t)
		l := NewLine(line)
		n := rapid.IntRange(1, 5).Draw(t, "cuts")
		var at []float64
		for i := range n {
			at = append(at, (float64(i)+rapid.Float64Range(0.1, 0.9).Draw(t, fmt.Sprint("cut", i)))/float64(n)*l.Length())
		}
		if i := rapid.IntRange(0, len(line)-1).Draw(t, "vertex"); i > 0 && i < len(line)-1 {
			at[0] = l.chainage[i] // exactly at a vertex
			at = at[:1]
		}
		parts := l.Cut(at...)
		if len(parts) != len(at)+1 {
			t.Fatalf("%d parts of %d cuts", len(parts), len(at))
		}
		sum := 0.0
		for i, p := range parts {
			if i > 0 && p[0] != parts[i-1][len(parts[i-1])-1] {
				t.Fatalf("part %d does not begin where the one before ends", i)
			}
			for k := 1; k < len(p); k++ {
				if p[k] == p[k-1] {
					t.Fatalf("part %d has a position twice: %v", i, p)
				}
			}
			sum += Length(p)
			if i < len(at) && math.Abs(sum-at[i]) > 0.001 {
				t.Fatalf("the cut at %g m is at %g m", at[i], sum)
			}
		}
		joined, order, turned, ok := Join(parts, 0)
		if !ok || !slices.IsSorted(order) || slices.Contains(turned, true) || math.Abs(Length(joined)-l.Length()) > 0.001 {
			t.Fatalf("the parts do not join to the line: %v %v %v", order, turned, ok)
		}
	})
}

func TestJoinFindsOrderAndDirection(t *testing.T) {
	a, b, c := orb.Point{113.70, 34.7}, orb.Point{113.71, 34.7}, orb.Point{113.72, 34.7}
	near, d := orb.Point{113.72001, 34.7}, orb.Point{113.73, 34.7} // 0.9 m from c
	lines := []orb.LineString{{b, c}, {b, a}, {d, near}}
	joined, order, turned, ok := Join(lines, 2)
	if want := (orb.LineString{a, b, c, near, d}); !ok || !joined.Equal(want) || !slices.Equal(order, []int{1, 0, 2}) || !slices.Equal(turned, []bool{false, true, true}) {
		t.Errorf("joined %v, order %v, turned %v, %v", joined, order, turned, ok)
	}
	if _, _, _, ok := Join(lines, 0.5); ok {
		t.Error("a gap of 0.9 m was bridged with 0.5 m")
	}
}
