package geo

import (
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// CRS is a coordinate reference system that files come in. Positive values are
// EPSG codes.
type CRS int

// The systems that are read besides the Gauss-Krüger zones.
const (
	WGS84               CRS = 4326
	CGCS2000            CRS = 4490 // equal to WGS 84 to a decimetre
	GaussKruger114      CRS = 4547 // CGCS2000 / 3-degree Gauss-Kruger CM 114E
	GaussKruger114Zoned CRS = 4526 // the same with the zone number before the easting
	GCJ02               CRS = -2   // Chinese web maps: AMap, Tencent
	BD09                CRS = -9   // Baidu's
)

// The 3-degree zones of CGCS2000: EPSG:4534 to 4554 by central meridian 75E to
// 135E, EPSG:4513 to 4533 the same zones with their number, 25 to 45, before
// the easting.
const (
	firstMeridian, lastMeridian = 4534, 4554
	firstZoned, lastZoned       = 4513, 4533
)

// withoutParameters are datums whose shift is secret: there is no right way to
// read them.
var withoutParameters = map[string]string{
	"4214": "Beijing 1954", "BEIJING54": "Beijing 1954", "北京54": "Beijing 1954", "北京1954": "Beijing 1954",
	"4610": "Xi'an 1980", "XIAN80": "Xi'an 1980", "西安80": "Xi'an 1980", "西安1980": "Xi'an 1980",
}

// ParseCRS reads the name of a system: "EPSG:4547", "4547", "CRS84", "GCJ-02",
// "BD-09", in any case.
func ParseCRS(s string) (CRS, error) {
	name := strings.NewReplacer("-", "", "_", "", " ", "", "'", "").Replace(strings.ToUpper(strings.TrimSpace(s)))
	name = strings.TrimPrefix(name, "EPSG:")
	switch name {
	case "CRS84", "OGC:CRS84", "WGS84":
		return WGS84, nil
	case "CGCS2000":
		return CGCS2000, nil
	case "GCJ02", "GCJ":
		return GCJ02, nil
	case "BD09", "BD09LL":
		return BD09, nil
	}
	code, err := strconv.Atoi(name)
	// EPSG:2327–2390 are the zones of Xi'an 1980, 2401–2442 those of Beijing 1954.
	if err == nil && code >= 2327 && code <= 2390 {
		name = "4610"
	} else if err == nil && (code >= 2401 && code <= 2442 || code >= 21413 && code <= 21483) {
		name = "4214"
	}
	if datum, secret := withoutParameters[name]; secret {
		return 0, Faultf("crs", "%s 坐标系没有公开的转换参数，无法准确读取；请先由测绘单位转换为 CGCS2000",
			"%s has no public transformation parameters and cannot be read rightly: have the survey office convert the file to CGCS2000 first", datum)
	}
	crs := CRS(code)
	if err != nil || crs != WGS84 && crs != CGCS2000 && !crs.projected() {
		return 0, Faultf("crs", "不认识坐标系“%s”；可用：EPSG:4326、4490、4513–4554、GCJ-02、BD-09",
			"%q is not known; there are EPSG:4326, 4490, 4513 to 4554, GCJ-02 and BD-09", s)
	}
	return crs, nil
}

func (c CRS) projected() bool { return c >= firstZoned && c <= lastMeridian }

func (c CRS) String() string {
	switch c {
	case GCJ02:
		return "GCJ-02"
	case BD09:
		return "BD-09"
	}
	return "EPSG:" + strconv.Itoa(int(c))
}

// BestAccuracy is the accuracy in metres that a position loses at least by
// being given in this system: 1 for GCJ-02 and BD-09, otherwise 0.
func (c CRS) BestAccuracy() float64 {
	if c == GCJ02 || c == BD09 {
		return 1
	}
	return 0
}

// Point turns a position of the system into longitude and latitude. Projected
// positions may come as easting, northing or northing, easting, because Chinese
// files have both: they are told apart by their size.
func (c CRS) Point(p orb.Point) (orb.Point, error) {
	for _, v := range p {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return p, Faultf("geometry.coordinates", "坐标不是有限数", "a coordinate is not a finite number")
		}
	}
	if c.projected() {
		return c.fromGrid(p)
	}
	if math.Abs(p[0]) > 180 || math.Abs(p[1]) > 90 {
		return p, outOfRange(p)
	}
	switch c {
	case GCJ02:
		return fromGCJ(p), nil
	case BD09:
		return fromGCJ(fromBD(p)), nil
	}
	return p, nil
}

func outOfRange(p orb.Point) *Fault {
	return Faultf("geometry.coordinates", "经度 %g、纬度 %g 超出范围（±180，±90）", "longitude %g, latitude %g is out of range (±180, ±90)", p[0], p[1])
}

// fromGrid reads a Gauss-Krüger position. Eastings of a zone of 3 degrees lie
// within 300 km of the false easting, with a margin for neighbours; northings
// of China between 400 and 6,000 km.
func (c CRS) fromGrid(p orb.Point) (orb.Point, error) {
	g := gaussKruger{meridian: 75 + 3*float64(c-firstMeridian), easting: 500000}
	if c <= lastZoned {
		zone := float64(25 + c - firstZoned)
		g = gaussKruger{meridian: 3 * zone, easting: zone*1e6 + 500000}
	}
	east := func(v float64) bool { return math.Abs(v-g.easting) < 450000 }
	north := func(v float64) bool { return v > 400000 && v < 6200000 }
	// Only a northing below 950 km, in the South China Sea, could be either: then
	// the order of the file as it stands, easting first, counts.
	easting, northing := p[0], p[1]
	if !(east(easting) && north(northing)) {
		easting, northing = p[1], p[0]
	}
	if !(east(easting) && north(northing)) {
		return p, Faultf("geometry.coordinates", "%g、%g 不在 %s 的范围内", "%g, %g does not lie in %s", p[0], p[1], c)
	}
	lon, lat := g.inverse(easting, northing)
	return orb.Point{lon, lat}, nil
}

// Geometry turns a geometry of the system into longitude and latitude. The
// geometry given is left as it is.
func (c CRS) Geometry(g orb.Geometry) (orb.Geometry, error) {
	if g == nil {
		return nil, nil
	}
	var fault error
	each := func(p orb.Point) orb.Point {
		q, err := c.Point(p)
		if err != nil && fault == nil {
			fault = err
		}
		return q
	}
	moved := mapPoints(g, each)
	return moved, fault
}

// mapPoints returns a copy of g with every position replaced.
func mapPoints(g orb.Geometry, f func(orb.Point) orb.Point) orb.Geometry {
	points := func(in []orb.Point) []orb.Point {
		out := make([]orb.Point, len(in))
		for i, p := range in {
			out[i] = f(p)
		}
		return out
	}
	polygon := func(in orb.Polygon) orb.Polygon {
		out := make(orb.Polygon, len(in))
		for i, r := range in {
			out[i] = points(r)
		}
		return out
	}
	switch g := g.(type) {
	case orb.Point:
		return f(g)
	case orb.MultiPoint:
		return orb.MultiPoint(points(g))
	case orb.LineString:
		return orb.LineString(points(g))
	case orb.MultiLineString:
		out := make(orb.MultiLineString, len(g))
		for i, l := range g {
			out[i] = points(l)
		}
		return out
	case orb.Polygon:
		return polygon(g)
	case orb.MultiPolygon:
		out := make(orb.MultiPolygon, len(g))
		for i, p := range g {
			out[i] = polygon(p)
		}
		return out
	}
	return g
}
