package geo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// winding is a street of a few kilometres that does not come near itself.
func winding(t *rapid.T) orb.LineString {
	line := orb.LineString{{113.72, 34.75}}
	for i := range rapid.IntRange(1, 12).Draw(t, "edges") {
		last := line[len(line)-1]
		line = append(line, orb.Point{
			last[0] + rapid.Float64Range(0.0005, 0.004).Draw(t, fmt.Sprint("dx", i)),
			last[1] + rapid.Float64Range(-0.0005, 0.0005).Draw(t, fmt.Sprint("dy", i)),
		})
	}
	return line
}

func TestLocateInvertsAt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := NewLine(winding(t))
		c := rapid.Float64Range(0, 1).Draw(t, "fraction") * l.Length()
		loc := l.Locate(l.At(c))
		if math.Abs(loc.Chainage-c) > 0.001 || math.Abs(loc.Offset) > 0.001 {
			t.Fatalf("chainage %g comes back as %g with offset %g", c, loc.Chainage, loc.Offset)
		}
	})
}

func TestOffsetAndSide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := NewLine(winding(t))
		c := rapid.Float64Range(0.02, 0.98).Draw(t, "fraction") * l.Length()
		d := rapid.Float64Range(0.5, 15).Draw(t, "offset")
		foot, bearing := l.At(c), l.Bearing(c)*radian
		m := metricAt(foot[1])
		left := orb.Point{foot[0] - d*math.Cos(bearing)/m.lon, foot[1] + d*math.Sin(bearing)/m.lat}
		right := orb.Point{2*foot[0] - left[0], 2*foot[1] - left[1]}
		for p, side := range map[orb.Point]Side{left: SideLeft, right: SideRight} {
			loc := l.Locate(p)
			if loc.Side != side || (loc.Offset > 0) != (side == SideLeft) {
				t.Fatalf("%v is %s with offset %g, want %s", p, loc.Side, loc.Offset, side)
			}
			if math.Abs(loc.Offset) > d+0.01 || math.Abs(math.Abs(loc.Offset)-Distance(p, loc.Point)) > 1e-6 {
				t.Fatalf("offset is %g, the foot is %g m away, placed at %g", loc.Offset, Distance(p, loc.Point), d)
			}
		}
	})
}

func TestSideBeyondTheEnds(t *testing.T) {
	l := NewLine(orb.LineString{{113.7, 34.7}, {113.71, 34.7}})
	cases := []struct {
		p    orb.Point
		side Side
	}{
		{orb.Point{113.711, 34.7001}, SideLeft},
		{orb.Point{113.711, 34.6999}, SideRight},
		{orb.Point{113.699, 34.7001}, SideLeft},
		{orb.Point{113.705, 34.7}, SideRight}, // on the line
	}
	for _, c := range cases {
		if loc := l.Locate(c.p); loc.Side != c.side || loc.Chainage < 0 || loc.Chainage > l.Length() {
			t.Errorf("%v: %+v, want %s", c.p, loc, c.side)
		}
	}
}

func TestNearestEqualsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		r := rand.New(rand.NewPCG(seed, 1))
		lines := make([]orb.LineString, 30)
		for i := range lines {
			p := orb.Point{113.72 + r.Float64()*0.05, 34.74 + r.Float64()*0.04}
			lines[i] = orb.LineString{p, {p[0] + r.Float64()*0.01, p[1] + r.Float64()*0.01}, {p[0] + r.Float64()*0.02, p[1]}}
		}
		network := NewNetwork(lines)
		for range 20 {
			p := orb.Point{113.71 + r.Float64()*0.08, 34.73 + r.Float64()*0.06}
			best := math.Inf(1)
			for _, line := range lines {
				best = min(best, math.Abs(NewLine(line).Locate(p).Offset))
			}
			_, loc, ok := network.Nearest(p, 200)
			if ok != (best <= 200) && math.Abs(best-200) > 0.01 {
				t.Fatalf("%v: found %v, the nearest line is %g m away", p, ok, best)
			}
			if ok && math.Abs(math.Abs(loc.Offset)-best) > 0.001 {
				t.Fatalf("%v: %g m, the nearest line is %g m away", p, loc.Offset, best)
			}
		}
	})
}

func TestDistricts(t *testing.T) {
	box := func(x, y, s float64) orb.Geometry {
		return orb.Polygon{{{x, y}, {x + s, y}, {x + s, y + s}, {x, y + s}, {x, y}}}
	}
	world := orb.MultiPolygon{box(-170, -80, 340).(orb.Polygon)[:1]}
	d := NewDistricts([]orb.Geometry{box(113.7, 34.7, 0.01), box(113.71, 34.7, 0.01), world})
	for p, want := range map[orb.Point]int{{113.705, 34.705}: 0, {113.715, 34.705}: 1, {0, 0}: 2} {
		if got, ok := d.Containing(p); !ok || got != want {
			t.Errorf("%v is in %d (%v), want %d", p, got, ok, want)
		}
	}
	if _, ok := d.Containing(orb.Point{179, 0}); ok {
		t.Error("a point outside of all is in one")
	}
}

func ExampleLine_Locate() {
	street := NewLine(orb.LineString{{113.734, 34.7515}, {113.754, 34.7462}})
	lamp := street.Locate(orb.Point{113.744, 34.749})
	fmt.Printf("%.0f m along, %.1f m to the %s\n", lamp.Chainage, math.Abs(lamp.Offset), lamp.Side)
	// Output: 957 m along, 15.8 m to the left
}

func BenchmarkNearest(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	lines := make([]orb.LineString, 200)
	for i := range lines {
		p := orb.Point{113.72 + r.Float64()*0.05, 34.74 + r.Float64()*0.04}
		lines[i] = orb.LineString{p, {p[0] + 0.004, p[1]}}
	}
	network := NewNetwork(lines)
	for b.Loop() {
		network.Nearest(orb.Point{113.72 + r.Float64()*0.05, 34.74 + r.Float64()*0.04}, 50)
	}
}
