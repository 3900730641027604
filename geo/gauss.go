package geo

import "math"

// gaussKruger is a transverse Mercator projection of scale 1 on the CGCS2000
// ellipsoid, whose flattening differs from WGS 84's by 1.5e-9 of itself.
type gaussKruger struct {
	meridian float64 // central meridian, degrees
	easting  float64 // false easting, metres
}

// Series of L. Krüger, "Konforme Abbildung des Erdellipsoids in der Ebene"
// (1912), in the third flattening to the fourth order, as in C. F. F. Karney,
// "Transverse Mercator with an accuracy of a few nanometers", Journal of
// Geodesy 85 (2011), equations (35), (36). Within a 3-degree zone they are good
// to well under a micrometre.
const (
	cgcsFlattening = 1 / 298.257222101
	cgcsN          = cgcsFlattening / (2 - cgcsFlattening)
	cgcsN2         = cgcsN * cgcsN
	cgcsN3         = cgcsN2 * cgcsN
	cgcsN4         = cgcsN3 * cgcsN
	// rectifying radius
	cgcsRadius = semiMajor / (1 + cgcsN) * (1 + cgcsN2/4 + cgcsN4/64)
)

var (
	krugerForward = [4]float64{
		cgcsN/2 - 2*cgcsN2/3 + 5*cgcsN3/16 + 41*cgcsN4/180,
		13*cgcsN2/48 - 3*cgcsN3/5 + 557*cgcsN4/1440,
		61*cgcsN3/240 - 103*cgcsN4/140,
		49561 * cgcsN4 / 161280,
	}
	krugerInverse = [4]float64{
		cgcsN/2 - 2*cgcsN2/3 + 37*cgcsN3/96 - cgcsN4/360,
		cgcsN2/48 + cgcsN3/15 - 437*cgcsN4/1440,
		17*cgcsN3/480 - 37*cgcsN4/840,
		4397 * cgcsN4 / 161280,
	}
)

// forward projects longitude and latitude in degrees to metres.
func (g gaussKruger) forward(lon, lat float64) (easting, northing float64) {
	e := math.Sqrt(cgcsFlattening * (2 - cgcsFlattening))
	sin := math.Sin(lat * radian)
	t := math.Sinh(math.Atanh(sin) - e*math.Atanh(e*sin))
	dl := (lon - g.meridian) * radian
	xi, eta := math.Atan2(t, math.Cos(dl)), math.Asinh(math.Sin(dl)/math.Hypot(t, math.Cos(dl)))
	x, y := xi, eta
	for j, a := range krugerForward {
		k := 2 * float64(j+1)
		x += a * math.Sin(k*xi) * math.Cosh(k*eta)
		y += a * math.Cos(k*xi) * math.Sinh(k*eta)
	}
	return g.easting + cgcsRadius*y, cgcsRadius * x
}

// inverse turns metres back into longitude and latitude in degrees.
func (g gaussKruger) inverse(easting, northing float64) (lon, lat float64) {
	x, y := northing/cgcsRadius, (easting-g.easting)/cgcsRadius
	xi, eta := x, y
	for j, b := range krugerInverse {
		k := 2 * float64(j+1)
		xi -= b * math.Sin(k*x) * math.Cosh(k*y)
		eta -= b * math.Cos(k*x) * math.Sinh(k*y)
	}
	tau := math.Sin(xi) / math.Hypot(math.Sinh(eta), math.Cos(xi))
	lon = g.meridian + math.Atan2(math.Sinh(eta), math.Cos(xi))/radian
	return lon, math.Atan(geodeticTangent(tau)) / radian
}

// geodeticTangent finds the tangent of the geodetic latitude from that of the
// conformal one by Newton's method (Karney 2011, equations (19)–(21)).
func geodeticTangent(conformal float64) float64 {
	e := math.Sqrt(cgcsFlattening * (2 - cgcsFlattening))
	tau := conformal
	for range 8 {
		sigma := math.Sinh(e * math.Atanh(e*tau/math.Hypot(1, tau)))
		at := tau*math.Hypot(1, sigma) - sigma*math.Hypot(1, tau)
		step := (conformal - at) / math.Hypot(1, at) * (1 + (1-e*e)*tau*tau) / ((1 - e*e) * math.Hypot(1, tau))
		tau += step
		if math.Abs(step) < 1e-15*math.Max(1, math.Abs(tau)) {
			break
		}
	}
	return tau
}
