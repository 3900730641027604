package exchange

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"streetbook/assets"
	"streetbook/geo"
)

// projected reports whether positions of the system are metres on a grid.
func projected(crs geo.CRS) bool {
	return crs != geo.WGS84 && crs != geo.CGCS2000 && crs != geo.GCJ02 && crs != geo.BD09
}

// geographic reports whether the name of a system, as files write it, is that
// of EPSG:4326 or of what is taken as equal to it.
func geographic(name string) bool {
	crs, err := parseNamedCRS(name)
	return err == nil && (crs == geo.WGS84 || crs == geo.CGCS2000)
}

// parseNamedCRS reads "EPSG:4547", "urn:ogc:def:crs:EPSG::4547",
// "urn:ogc:def:crs:OGC:1.3:CRS84" and ".../def/crs/EPSG/0/4547".
func parseNamedCRS(name string) (geo.CRS, error) {
	return geo.ParseCRS(name[strings.LastIndexAny(name, ":/")+1:])
}

// place gives the asset its geometry in EPSG:4326.
func (c *Converter) place(row *Row, a *assets.Asset) assets.Errors {
	g, column := row.Geometry, ""
	if g == nil {
		var faults assets.Errors
		if g, column, faults = c.position(row); faults != nil {
			return faults
		}
	}
	field := column
	if field == "" {
		field = "geometry"
	}
	refuse := func(zh, en string, args ...any) assets.Errors {
		return assets.Errors{assets.Errorf(assets.Invalid, field, zh, en, args...)}
	}
	if mp, ok := g.(orb.MultiPoint); ok && len(mp) == 1 {
		g = mp[0]
	}
	if p, ok := g.(orb.Point); ok && p == (orb.Point{}) {
		return refuse("位置为 0,0，即没有位置", "the position is 0,0, which is no position")
	}
	if kind := kindOf(g); kind != c.Class.Geometry {
		return refuse("类别“%s”应为 %s，这里是 %s", "class %s must be a %s, this is a %s", c.Class.Name, c.Class.Geometry, g.GeoJSONType())
	}
	moved, err := c.CRS.Geometry(g)
	if err == nil {
		err = geo.Validate(moved)
	}
	var fault *geo.Fault
	if errors.As(err, &fault) {
		named := assets.FromGeo(fault)
		if column != "" {
			named.Field = column
		}
		return assets.Errors{named}
	}
	if p, ok := c.outside(moved); ok {
		if _, ok := c.boundary.Containing(orb.Point{p[1], p[0]}); ok {
			return refuse("%.6f,%.6f 在辖区边界之外；经度与纬度对调后在界内，请用 --map 改正", "%.6f,%.6f lies outside the jurisdiction; it would lie inside with longitude and latitude exchanged: say --map", p[0], p[1])
		}
		return refuse("%.6f,%.6f 在辖区边界之外", "%.6f,%.6f lies outside the jurisdiction", p[0], p[1])
	}
	a.Geometry = moved
	return nil
}

func kindOf(g orb.Geometry) string {
	switch g.(type) {
	case orb.Point:
		return "point"
	case orb.LineString, orb.MultiLineString:
		return "line"
	case orb.Polygon, orb.MultiPolygon:
		return "polygon"
	}
	return ""
}

// outside finds a vertex outside the jurisdiction.
func (c *Converter) outside(g orb.Geometry) (orb.Point, bool) {
	if c.boundary == nil || c.AllowOutside {
		return orb.Point{}, false
	}
	for _, p := range vertices(g) {
		if _, ok := c.boundary.Containing(p); !ok {
			return p, true
		}
	}
	return orb.Point{}, false
}

func vertices(g orb.Geometry) (list []orb.Point) {
	switch g := g.(type) {
	case orb.Point:
		return []orb.Point{g}
	case orb.LineString:
		return g
	case orb.MultiLineString:
		for _, l := range g {
			list = append(list, l...)
		}
	case orb.Polygon:
		return g[0]
	case orb.MultiPolygon:
		for _, p := range g {
			list = append(list, p[0]...)
		}
	}
	return list
}

// position reads a geometry from a table: from two columns, or from one cell.
func (c *Converter) position(row *Row) (orb.Geometry, string, assets.Errors) {
	x, xColumn := c.value(row, c.layout.lon)
	y, yColumn := c.value(row, c.layout.lat)
	cell, column := c.value(row, c.layout.position)
	if xColumn != "" && yColumn != "" && (cell == "" || x != "" || y != "") {
		var faults assets.Errors
		var p orb.Point
		for i, part := range [2][2]string{{x, xColumn}, {y, yColumn}} {
			v, fault := coordinate(part[0], part[1])
			if fault != nil {
				faults = append(faults, fault)
			}
			p[i] = v
		}
		return p, xColumn, faults
	}
	if column == "" {
		return nil, "", assets.Errors{noPosition()}
	}
	if cell == "" {
		return nil, column, assets.Errors{assets.Errorf(assets.Invalid, column, "没有坐标", "there is no coordinate")}
	}
	g, ok := parsePosition(cell)
	if !ok {
		return nil, column, assets.Errors{assets.Errorf(assets.Invalid, column, "“%s”不是位置", "%q is no position", shortened(cell))}
	}
	return g, column, nil
}

func noPosition() *assets.Error {
	return assets.Errorf(assets.Invalid, "geometry", "没有位置列；请用 --map 列=lon 与 --map 列=lat 指明", "there is no column of positions: say --map COLUMN=lon and --map COLUMN=lat")
}

func coordinate(text, column string) (float64, *assets.Error) {
	if text == "" {
		return 0, assets.Errorf(assets.Invalid, column, "没有坐标", "there is no coordinate")
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, assets.Errorf(assets.Invalid, column, "“%s”不是有限的数", "%q is no finite number", shortened(text))
	}
	return v, nil
}

// parsePosition reads a cell that holds a place: a GeoJSON geometry, well-known
// text, or a position as people write it, "lat, lon" with or without brackets.
func parsePosition(cell string) (orb.Geometry, bool) {
	switch first := cell[0]; {
	case first == '{':
		g, err := geo.ParseGeometry([]byte(cell))
		return g, err == nil
	case first >= 'A' && first <= 'Z' || first >= 'a' && first <= 'z':
		return parseWKT(cell)
	}
	parts := strings.FieldsFunc(strings.Trim(cell, "()[]"), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '，' })
	if len(parts) != 2 {
		return nil, false
	}
	lat, latFault := coordinate(parts[0], "")
	lon, lonFault := coordinate(parts[1], "")
	return orb.Point{lon, lat}, latFault == nil && lonFault == nil
}

// parseWKT reads two-dimensional well-known text. Collections, which may nest
// without end, are not taken anyway.
func parseWKT(cell string) (orb.Geometry, bool) {
	text := strings.ToUpper(cell)
	if strings.HasPrefix(text, "GEOMETRYCOLLECTION") {
		return nil, false
	}
	g, err := wkt.Unmarshal(text)
	return g, err == nil && g != nil
}
