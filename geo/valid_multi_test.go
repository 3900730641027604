package geo

import (
	"testing"

	"github.com/paulmach/orb"
)

func TestPolygonsOfAMultiPolygonAreApart(t *testing.T) {
	square := func(x, y, side float64) orb.Polygon {
		return orb.Polygon{{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}}
	}
	ring := append(square(0, 0, 9), orb.Ring{{3, 3}, {3, 6}, {6, 6}, {6, 3}, {3, 3}})
	for _, c := range []struct {
		name  string
		g     orb.MultiPolygon
		valid bool
	}{
		{"side by side", orb.MultiPolygon{square(0, 0, 1), square(2, 0, 1)}, true},
		{"touching in a corner", orb.MultiPolygon{square(0, 0, 1), square(1, 1, 1)}, true},
		{"in the hole of another", orb.MultiPolygon{ring, square(4, 4, 1)}, true},
		{"overlapping", orb.MultiPolygon{square(0, 0, 2), square(1, 1, 2)}, false},
		{"one in the other", orb.MultiPolygon{square(0, 0, 9), square(4, 4, 1)}, false},
		{"the same twice", orb.MultiPolygon{square(0, 0, 1), square(0, 0, 1)}, false},
		{"sharing an edge", orb.MultiPolygon{square(0, 0, 1), square(1, 0, 1)}, false},
	} {
		if err := Validate(c.g); (err == nil) != c.valid {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
