package geo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// AppendGeometry appends a geometry as RFC 7946 writes it: positions of
// longitude and latitude with at most 9 decimals, which is 0.1 mm, outer rings
// counterclockwise and holes clockwise; null for nil.
func AppendGeometry(dst []byte, g orb.Geometry) []byte { return appendGeometry(dst, g, true) }

// AppendGeometryIn is AppendGeometry in another system, in the order of its axes
// and with rings as they run on the ground; nil means longitude and latitude.
func AppendGeometryIn(dst []byte, g orb.Geometry, s *System) []byte {
	if s == nil || s.Forward == nil || g == nil {
		return AppendGeometry(dst, g)
	}
	return appendGeometry(dst, mapPoints(Orient(g), s.Forward), false)
}

// appendGeometry turns rings where orient says so: swapped axes would make it
// turn the wrong ones.
func appendGeometry(dst []byte, g orb.Geometry, orient bool) []byte {
	switch g := g.(type) {
	case orb.Point:
		return append(appendPosition(append(dst, `{"type":"Point","coordinates":`...), g), '}')
	case orb.MultiPoint:
		return append(appendPositions(append(dst, `{"type":"MultiPoint","coordinates":`...), g), '}')
	case orb.LineString:
		return append(appendPositions(append(dst, `{"type":"LineString","coordinates":`...), g), '}')
	case orb.MultiLineString:
		dst = append(dst, `{"type":"MultiLineString","coordinates":[`...)
		for i, l := range g {
			dst = appendPositions(comma(dst, i), l)
		}
		return append(dst, "]}"...)
	case orb.Polygon:
		return append(appendPolygon(append(dst, `{"type":"Polygon","coordinates":`...), g, orient), '}')
	case orb.MultiPolygon:
		dst = append(dst, `{"type":"MultiPolygon","coordinates":[`...)
		for i, p := range g {
			dst = appendPolygon(comma(dst, i), p, orient)
		}
		return append(dst, "]}"...)
	}
	return append(dst, "null"...)
}

func comma(dst []byte, i int) []byte {
	if i > 0 {
		return append(dst, ',')
	}
	return dst
}

func appendPolygon(dst []byte, p orb.Polygon, orient bool) []byte {
	dst = append(dst, '[')
	for i, ring := range p {
		dst = comma(dst, i)
		if orient && turned(ring, i > 0) {
			dst = append(dst, '[')
			for k := len(ring) - 1; k >= 0; k-- {
				dst = appendPosition(comma(dst, len(ring)-1-k), ring[k])
			}
			dst = append(dst, ']')
			continue
		}
		dst = appendPositions(dst, ring)
	}
	return append(dst, ']')
}

func appendPositions(dst []byte, points []orb.Point) []byte {
	dst = append(dst, '[')
	for i, p := range points {
		dst = appendPosition(comma(dst, i), p)
	}
	return append(dst, ']')
}

func appendPosition(dst []byte, p orb.Point) []byte {
	dst = appendDegrees(append(dst, '['), p[0])
	return append(appendDegrees(append(dst, ','), p[1]), ']')
}

// appendDegrees writes at most 9 decimals, without trailing zeros. It goes
// through a whole number, which is several times faster than formatting the
// shortest float. What is not finite has no place in JSON: the store refuses
// it, and if it came all the same it is written as 0 rather than breaking every
// list it stands in.
func appendDegrees(dst []byte, v float64) []byte {
	if !(math.Abs(v) <= 1e9) {
		return append(dst, '0')
	}
	n := int64(math.Round(v * 1e9))
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	dst = strconv.AppendInt(dst, n/1e9, 10)
	n %= 1e9
	if n == 0 {
		return dst
	}
	digits := [10]byte{'.'}
	end := 1
	for i := 9; i >= 1; i-- {
		digits[i] = byte('0' + n%10)
		if end == 1 && n%10 != 0 {
			end = i + 1
		}
		n /= 10
	}
	return append(dst, digits[:end]...)
}

// maxDepth is how deep a coordinates member may nest: a MultiPolygon needs 4.
const maxDepth = 6

// ParseGeometry reads a GeoJSON geometry and validates it. Everything that RFC
// 7946 does not allow, heights, and collections are refused with the path of
// the fault.
func ParseGeometry(raw []byte) (orb.Geometry, error) { return ParseGeometryIn(raw, nil) }

// ParseGeometryIn is ParseGeometry of positions in another system; nil means
// longitude and latitude. What it returns is in EPSG:4326.
func ParseGeometryIn(raw []byte, s *System) (orb.Geometry, error) {
	g, err := readGeometry(raw)
	if err != nil {
		return nil, err
	}
	if s != nil {
		if g, err = s.Geometry(g); err != nil {
			return nil, err
		}
	}
	return g, Validate(g)
}

// readGeometry reads a geometry whose positions may be of any system.
func readGeometry(raw []byte) (orb.Geometry, error) {
	if f := tooDeep(raw); f != nil {
		return nil, f
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, Faultf("geometry", "不是 GeoJSON 几何对象", "is no GeoJSON geometry object")
	}
	if members == nil {
		return nil, Faultf("geometry", "不能为 null", "must not be null")
	}
	for name := range members {
		if name != "type" && name != "coordinates" && name != "bbox" {
			return nil, Faultf("geometry."+name, "不是几何对象的成员", "is no member of a geometry")
		}
	}
	var kind string
	if err := json.Unmarshal(members["type"], &kind); err != nil {
		return nil, Faultf("geometry.type", "应为几何类型的名称", "must be the name of a geometry type")
	}
	return parseCoordinates(kind, members["coordinates"])
}

// tooDeep stops input that only nests before anything is built from it.
func tooDeep(raw []byte) error {
	depth := 0
	for _, c := range raw {
		switch c {
		case '[', '{':
			if depth++; depth > maxDepth+1 {
				return Faultf("geometry", "嵌套过深", "nests too deeply")
			}
		case ']', '}':
			depth--
		}
	}
	return nil
}

func parseCoordinates(kind string, raw json.RawMessage) (orb.Geometry, error) {
	const path = "geometry.coordinates"
	if len(raw) == 0 {
		return nil, Faultf(path, "缺少坐标", "is missing")
	}
	switch kind {
	case "Point":
		return parsePosition(path, raw)
	case "MultiPoint":
		points, err := parseList(path, raw, parsePosition)
		return orb.MultiPoint(points), err
	case "LineString":
		return parseLine(path, raw)
	case "MultiLineString":
		lines, err := parseList(path, raw, parseLine)
		return orb.MultiLineString(lines), err
	case "Polygon":
		return parsePolygon(path, raw)
	case "MultiPolygon":
		polygons, err := parseList(path, raw, parsePolygon)
		return orb.MultiPolygon(polygons), err
	case "GeometryCollection":
		return nil, Faultf("geometry.type", "不接受 GeometryCollection", "GeometryCollection is not taken")
	}
	return nil, Faultf("geometry.type", "“%s”不是几何类型", "%q is no geometry type", kind)
}

func parseLine(path string, raw json.RawMessage) (orb.LineString, error) {
	points, err := parseList(path, raw, parsePosition)
	return orb.LineString(points), err
}

func parseRing(path string, raw json.RawMessage) (orb.Ring, error) {
	points, err := parseList(path, raw, parsePosition)
	return orb.Ring(points), err
}

func parsePolygon(path string, raw json.RawMessage) (orb.Polygon, error) {
	rings, err := parseList(path, raw, parseRing)
	return orb.Polygon(rings), err
}

func parseList[T any](path string, raw json.RawMessage, item func(string, json.RawMessage) (T, error)) ([]T, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil || parts == nil {
		return nil, Faultf(path, "应为数组", "must be an array")
	}
	if len(parts) > maxVertices {
		return nil, tooMany(path)
	}
	list := make([]T, len(parts))
	for i, part := range parts {
		var err error
		if list[i], err = item(fmt.Sprintf("%s[%d]", path, i), part); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func parsePosition(path string, raw json.RawMessage) (orb.Point, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil || parts == nil {
		return orb.Point{}, Faultf(path, "位置应为 [经度, 纬度]", "a position must be [longitude, latitude]")
	}
	if len(parts) > 2 {
		return orb.Point{}, Faultf(path, "不接受高程：位置应为 [经度, 纬度]", "heights are not taken: a position must be [longitude, latitude]")
	}
	if len(parts) < 2 {
		return orb.Point{}, Faultf(path, "位置应为 [经度, 纬度]", "a position must be [longitude, latitude]")
	}
	var p orb.Point
	for i, part := range parts {
		part = bytes.TrimSpace(part)
		v, err := strconv.ParseFloat(string(part), 64)
		if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
			return p, Faultf(fmt.Sprintf("%s[%d]", path, i), "应为有限的数", "must be a finite number")
		}
		p[i] = v
	}
	return p, nil
}
