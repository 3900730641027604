package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// The WGS 84 ellipsoid.
const (
	semiMajor  = 6378137.0
	flattening = 1 / 298.257223563
	semiMinor  = semiMajor * (1 - flattening)
	// eccentricity squared
	ecc2 = flattening * (2 - flattening)
)

const radian = math.Pi / 180

// Distance is the geodesic distance of two positions in metres, on the WGS 84
// ellipsoid, after T. Vincenty, "Direct and inverse solutions of geodesics on
// the ellipsoid", Survey Review XXIII 176 (1975). It is good to 0.1 mm. Nearly
// antipodal points, for which the iteration does not settle, get the great
// circle of the authalic sphere, which is good to 0.5 %.
func Distance(a, b orb.Point) float64 {
	if a == b {
		return 0
	}
	l := (b[0] - a[0]) * radian
	u1, u2 := math.Atan((1-flattening)*math.Tan(a[1]*radian)), math.Atan((1-flattening)*math.Tan(b[1]*radian))
	sinU1, cosU1 := math.Sincos(u1)
	sinU2, cosU2 := math.Sincos(u2)
	lambda := l
	for range 100 {
		sinL, cosL := math.Sincos(lambda)
		sinSigma := math.Hypot(cosU2*sinL, cosU1*sinU2-sinU1*cosU2*cosL)
		if sinSigma == 0 {
			return 0
		}
		cosSigma := sinU1*sinU2 + cosU1*cosU2*cosL
		sigma := math.Atan2(sinSigma, cosSigma)
		sinAlpha := cosU1 * cosU2 * sinL / sinSigma
		cos2Alpha := 1 - sinAlpha*sinAlpha
		cos2M := 0.0 // both on the equator
		if cos2Alpha > 1e-15 {
			cos2M = cosSigma - 2*sinU1*sinU2/cos2Alpha
		}
		c := flattening / 16 * cos2Alpha * (4 + flattening*(4-3*cos2Alpha))
		next := l + (1-c)*flattening*sinAlpha*(sigma+c*sinSigma*(cos2M+c*cosSigma*(2*cos2M*cos2M-1)))
		if math.Abs(next-lambda) < 1e-13 {
			return vincenty(cos2Alpha, sigma, sinSigma, cosSigma, cos2M)
		}
		lambda = next
	}
	sinLat, sinLon := math.Sin((b[1]-a[1])*radian/2), math.Sin(l/2)
	h := sinLat*sinLat + math.Cos(a[1]*radian)*math.Cos(b[1]*radian)*sinLon*sinLon
	return 2 * math.Sqrt(authalicRadius2) * math.Asin(math.Min(1, math.Sqrt(h)))
}

// vincenty is the closing formula of the inverse solution.
func vincenty(cos2Alpha, sigma, sinSigma, cosSigma, cos2M float64) float64 {
	u2 := cos2Alpha * (semiMajor*semiMajor - semiMinor*semiMinor) / (semiMinor * semiMinor)
	a := 1 + u2/16384*(4096+u2*(-768+u2*(320-175*u2)))
	b := u2 / 1024 * (256 + u2*(-128+u2*(74-47*u2)))
	delta := b * sinSigma * (cos2M + b/4*(cosSigma*(2*cos2M*cos2M-1)-
		b/6*cos2M*(4*sinSigma*sinSigma-3)*(4*cos2M*cos2M-3)))
	return semiMinor * a * (sigma - delta)
}

// Length is the geodesic length of a line in metres.
func Length(line orb.LineString) float64 {
	sum := 0.0
	for i := 1; i < len(line); i++ {
		sum += Distance(line[i-1], line[i])
	}
	return sum
}

var (
	ecc             = math.Sqrt(ecc2)
	authalicPole    = authalicQ(1)
	authalicRadius2 = semiMajor * semiMajor * authalicPole / 2
)

// authalicQ is q of Snyder, "Map Projections – A Working Manual" (1987), (3-12),
// for the sine of a geodetic latitude.
func authalicQ(sin float64) float64 {
	e := ecc
	return (1 - ecc2) * (sin/(1-ecc2*sin*sin) - math.Log((1-e*sin)/(1+e*sin))/(2*e))
}

// Area is the area of a Polygon or MultiPolygon in m², never negative; 0 for
// anything else. Rings are projected to the cylindrical equal-area projection of
// the ellipsoid (Snyder 10-13, 10-15), where the plane area is the true one.
// Edges are cut to at most 0.01 degrees first: a straight edge there differs
// from the geodesic by less than 1e-7 of the area of a city.
func Area(g orb.Geometry) float64 {
	switch g := g.(type) {
	case orb.Polygon:
		return polygonArea(g)
	case orb.MultiPolygon:
		sum := 0.0
		for _, p := range g {
			sum += polygonArea(p)
		}
		return sum
	}
	return 0
}

func polygonArea(p orb.Polygon) float64 {
	sum := 0.0
	for i, ring := range p {
		if a := math.Abs(ringArea(ring)); i == 0 {
			sum += a
		} else {
			sum -= a
		}
	}
	return math.Max(0, sum)
}

// ringArea is signed: positive for a counterclockwise ring.
func ringArea(ring orb.Ring) float64 {
	if len(ring) < 3 {
		return 0
	}
	// The origin is the first vertex, which keeps the products small.
	origin := equalArea(ring[0])
	sum := 0.0
	previous := orb.Point{}
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		n := int(math.Ceil(math.Max(math.Abs(b[0]-a[0]), math.Abs(b[1]-a[1])) / 0.01))
		for k := 1; k <= n; k++ {
			p := equalArea(onGeodesic(a, b, float64(k)/float64(n)))
			p[0] -= origin[0]
			p[1] -= origin[1]
			sum += previous[0]*p[1] - p[0]*previous[1]
			previous = p
		}
	}
	return sum / 2
}

func equalArea(p orb.Point) orb.Point {
	return orb.Point{semiMajor * p[0] * radian, semiMajor * authalicQ(math.Sin(p[1]*radian)) / 2}
}

// onGeodesic is the point at a fraction of the way from a to b, on the great
// circle in the sphere of reduced latitudes, which for edges of a city is the
// geodesic to a fraction of a millimetre.
func onGeodesic(a, b orb.Point, f float64) orb.Point {
	if f >= 1 {
		return b
	}
	v, w := sphere(a), sphere(b)
	cos := v[0]*w[0] + v[1]*w[1] + v[2]*w[2]
	angle := math.Acos(math.Max(-1, math.Min(1, cos)))
	if angle < 1e-7 {
		return orb.Point{a[0] + (b[0]-a[0])*f, a[1] + (b[1]-a[1])*f}
	}
	p, q := math.Sin((1-f)*angle)/math.Sin(angle), math.Sin(f*angle)/math.Sin(angle)
	x, y, z := p*v[0]+q*w[0], p*v[1]+q*w[1], p*v[2]+q*w[2]
	lat := math.Atan(math.Tan(math.Atan2(z, math.Hypot(x, y))) / (1 - flattening))
	return orb.Point{math.Atan2(y, x) / radian, lat / radian}
}

func sphere(p orb.Point) [3]float64 {
	sinB, cosB := math.Sincos(math.Atan((1 - flattening) * math.Tan(p[1]*radian)))
	sinL, cosL := math.Sincos(p[0] * radian)
	return [3]float64{cosB * cosL, cosB * sinL, sinB}
}

// metric turns differences of degrees around a latitude into metres, by the
// radii of curvature of the meridian and of the parallel.
type metric struct {
	lon, lat float64 // metres per degree
}

func metricAt(latitude float64) metric {
	sin, cos := math.Sincos(latitude * radian)
	w2 := 1 - ecc2*sin*sin
	n := semiMajor / math.Sqrt(w2)
	return metric{lon: n * cos * radian, lat: n * (1 - ecc2) / w2 * radian}
}

// between is b seen from a, in metres east and north. The metric is taken at
// the middle latitude of the two.
func between(a, b orb.Point) (east, north float64) {
	m := metricAt((a[1] + b[1]) / 2)
	return (b[0] - a[0]) * m.lon, (b[1] - a[1]) * m.lat
}
