package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// System is a coordinate reference system that clients may ask for and send, by
// its name in OGC API. Positions are in the order of its axes as its authority
// defines them: EPSG:4326 and 4490 are latitude, longitude; 4547 is north, east.
type System struct {
	URI  string
	Name string
	// Forward turns longitude and latitude into a position of the system; nil
	// for the system of the registry itself.
	Forward func(orb.Point) orb.Point
	inverse func(orb.Point) orb.Point
	// straight says that boxes of the system are boxes of longitude and latitude.
	straight bool
	// area is where the system may be used, longitude and latitude.
	area orb.Bound
}

const epsg = "http://www.opengis.net/def/crs/EPSG/0/"

// CRS84 is longitude, latitude: the system of the registry.
var CRS84 = &System{URI: "http://www.opengis.net/def/crs/OGC/1.3/CRS84", Name: "CRS84", straight: true, area: world}

var (
	world = orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}
	// mercatorWorld ends where EPSG:3857 does.
	mercatorWorld = orb.Bound{Min: orb.Point{-180, -85.06}, Max: orb.Point{180, 85.06}}
	// around114 is what the zone of 114 degrees east is exact for: far from its
	// meridian the projection has no meaning.
	around114 = orb.Bound{Min: orb.Point{108, 1}, Max: orb.Point{120, 60}}
)

// Systems lists every system that is offered, CRS84 first.
var Systems = []*System{
	CRS84,
	{URI: epsg + "4326", Name: "EPSG:4326", Forward: swap, inverse: swap, straight: true, area: world},
	{URI: epsg + "4490", Name: "EPSG:4490", Forward: swap, inverse: swap, straight: true, area: world},
	{URI: epsg + "3857", Name: "EPSG:3857", Forward: toMercator, inverse: fromMercator, straight: true, area: mercatorWorld},
	{URI: epsg + "4547", Name: "EPSG:4547", Forward: to4547, inverse: from4547, area: around114},
}

// FindSystem returns the system with a URI, or nil.
func FindSystem(uri string) *System {
	for _, s := range Systems {
		if s.URI == uri {
			return s
		}
	}
	return nil
}

// Serves reports whether all of a box of longitude and latitude can be given in
// the system.
func (s *System) Serves(b orb.Bound) bool { return s.area.Contains(b.Min) && s.area.Contains(b.Max) }

func swap(p orb.Point) orb.Point { return orb.Point{p[1], p[0]} }

// toMercator is EPSG method 1024 on the sphere of the WGS 84 semi-major axis.
func toMercator(p orb.Point) orb.Point {
	lat := math.Max(-mercatorLimit, math.Min(mercatorLimit, p[1])) * math.Pi / 180
	return orb.Point{p[0] * math.Pi / 180 * semiMajor, math.Asinh(math.Tan(lat)) * semiMajor}
}

// mercatorLimit is the latitude where the map of EPSG:3857 is a square.
const mercatorLimit = 85.0511287798066

func fromMercator(p orb.Point) orb.Point {
	return orb.Point{p[0] / semiMajor * 180 / math.Pi, math.Atan(math.Sinh(p[1]/semiMajor)) * 180 / math.Pi}
}

// zone114 is CGCS2000 / 3-degree Gauss-Kruger CM 114E.
var zone114 = gaussKruger{meridian: 114, easting: 500000}

func to4547(p orb.Point) orb.Point {
	easting, northing := zone114.forward(p[0], p[1])
	return orb.Point{northing, easting}
}

func from4547(p orb.Point) orb.Point {
	lon, lat := zone114.inverse(p[1], p[0])
	return orb.Point{lon, lat}
}

// Point turns a position of the system into longitude and latitude. One that the
// system is not made for is refused.
func (s *System) Point(p orb.Point) (orb.Point, error) {
	q := p
	if s.inverse != nil {
		q = s.inverse(p)
	}
	if !(s.area.Contains(q)) { // also what is not a number
		return q, Faultf("geometry.coordinates", "%g、%g 不在 %s 的范围内", "%g, %g does not lie in %s", p[0], p[1], s.Name)
	}
	return q, nil
}

// Geometry turns a geometry of the system into longitude and latitude.
func (s *System) Geometry(g orb.Geometry) (orb.Geometry, error) {
	var fault error
	moved := mapPoints(g, func(p orb.Point) orb.Point {
		q, err := s.Point(p)
		if err != nil && fault == nil {
			fault = err
		}
		return q
	})
	return moved, fault
}

// boxEdge is into how many pieces the edge of a box is cut that is not straight
// in longitude and latitude: within a street's width for a box of a city.
const boxEdge = 32

// ParseBBox reads a bbox parameter in the system. Its area is bounds where the
// box is one of longitude and latitude too, otherwise a polygon.
func (s *System) ParseBBox(text string) (bounds []orb.Bound, polygon orb.Geometry, err error) {
	if s.Forward == nil {
		bounds, err = ParseBBox(text)
		return bounds, nil, err
	}
	n, err := parseBox(text)
	if err != nil {
		return nil, nil, err
	}
	return s.box([4]float64(n[:4]))
}

// Box is the area of a box of the system, given as the first corner and the
// second: a polygon, two of them across the antimeridian, or a line or point
// where it has no width.
func (s *System) Box(n [4]float64) (orb.Geometry, error) {
	bounds, g, err := s.box(n)
	if err != nil || g != nil {
		return g, err
	}
	if b := bounds[0]; len(bounds) == 1 && (b.Min[0] == b.Max[0] || b.Min[1] == b.Max[1]) {
		if b.Min == b.Max {
			return b.Min, nil
		}
		return orb.LineString{b.Min, b.Max}, nil
	}
	var areas orb.MultiPolygon
	for _, b := range bounds {
		areas = append(areas, b.ToPolygon())
	}
	return areas, nil
}

func (s *System) box(n [4]float64) (bounds []orb.Bound, polygon orb.Geometry, err error) {
	if s.Forward == nil {
		bounds, err = boundsOf(n)
		return bounds, nil, err
	}
	if n[0] > n[2] || n[1] > n[3] {
		return s.wrapped(n)
	}
	corners := [4]orb.Point{{n[0], n[1]}, {n[2], n[1]}, {n[2], n[3]}, {n[0], n[3]}}
	var ring orb.Ring
	for i, a := range corners {
		b := corners[(i+1)%4]
		for k := range boxEdge {
			f := float64(k) / boxEdge
			p, err := s.Point(orb.Point{a[0] + f*(b[0]-a[0]), a[1] + f*(b[1]-a[1])})
			if err != nil {
				return nil, nil, Faultf("bbox", "不在 %s 的范围内", "does not lie in %s", s.Name)
			}
			ring = append(ring, p)
		}
	}
	if s.straight {
		return []orb.Bound{ring.Bound()}, nil, nil
	}
	if n[0] == n[2] || n[1] == n[3] { // a box without width is no polygon
		return nil, orb.LineString(ring), nil
	}
	return nil, orb.Polygon{append(ring, ring[0])}, nil
}

// wrapped is a box whose first corner lies beyond the second: across the
// antimeridian where the system has longitudes, wrong otherwise.
func (s *System) wrapped(n [4]float64) ([]orb.Bound, orb.Geometry, error) {
	a, err := s.Point(orb.Point{n[0], n[1]})
	if err == nil {
		var b orb.Point
		if b, err = s.Point(orb.Point{n[2], n[3]}); err == nil && s.straight && a[1] <= b[1] {
			return []orb.Bound{{Min: a, Max: orb.Point{180, b[1]}}, {Min: orb.Point{-180, a[1]}, Max: b}}, nil, nil
		}
	}
	return nil, nil, Faultf("bbox", "第一个角应在第二个角的西南", "its first corner must be the south-western one")
}
