package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// The public description of GCJ-02, the obfuscated datum of Chinese web maps,
// uses the Krasovsky ellipsoid and these offsets; it is itself good to about
// 0.7 m only, so a position that came through it is of class B at best.
const (
	krasovskyA  = 6378245.0
	krasovskyE2 = 0.00669342162296594323
)

// toGCJ turns WGS 84 into GCJ-02. Outside the rectangle of the description the
// two are the same.
func toGCJ(p orb.Point) orb.Point {
	if p[0] < 72.004 || p[0] > 137.8347 || p[1] < 0.8293 || p[1] > 55.8271 {
		return p
	}
	x, y := p[0]-105, p[1]-35
	lat := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*math.Sqrt(math.Abs(x)) + wave(x) +
		(20*math.Sin(y*math.Pi)+40*math.Sin(y/3*math.Pi))*2/3 +
		(160*math.Sin(y/12*math.Pi)+320*math.Sin(y*math.Pi/30))*2/3
	lon := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*math.Sqrt(math.Abs(x)) + wave(x) +
		(20*math.Sin(x*math.Pi)+40*math.Sin(x/3*math.Pi))*2/3 +
		(150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))*2/3
	sin, cos := math.Sincos(p[1] * radian)
	magic := 1 - krasovskyE2*sin*sin
	root := math.Sqrt(magic)
	return orb.Point{
		p[0] + lon*180/(krasovskyA/root*cos*math.Pi),
		p[1] + lat*180/(krasovskyA*(1-krasovskyE2)/(magic*root)*math.Pi),
	}
}

func wave(x float64) float64 {
	return (20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)) * 2 / 3
}

// fromGCJ inverts toGCJ. One step of the usual subtraction is 0.2 to 1.5 m
// wrong, so it iterates; the offset varies slowly, and each step gains two
// digits.
func fromGCJ(p orb.Point) orb.Point { return invert(toGCJ, p) }

// toBD and fromBD turn GCJ-02 into Baidu's BD-09 and back.
func toBD(p orb.Point) orb.Point {
	const k = math.Pi * 3000 / 180
	z := math.Hypot(p[0], p[1]) + 0.00002*math.Sin(p[1]*k)
	theta := math.Atan2(p[1], p[0]) + 0.000003*math.Cos(p[0]*k)
	return orb.Point{z*math.Cos(theta) + 0.0065, z*math.Sin(theta) + 0.006}
}

func fromBD(p orb.Point) orb.Point { return invert(toBD, p) }

// invert finds the point that forward maps to p, for a forward that is nearly a
// shift.
func invert(forward func(orb.Point) orb.Point, p orb.Point) orb.Point {
	q := p
	for range 30 {
		r := forward(q)
		dx, dy := p[0]-r[0], p[1]-r[1]
		q[0] += dx
		q[1] += dy
		if math.Abs(dx) < 1e-12 && math.Abs(dy) < 1e-12 {
			break
		}
	}
	return q
}
