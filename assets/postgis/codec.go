package postgis

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"
)

const srid = 4326

// registerGeometry teaches a connection to carry orb geometries as EWKB. The
// extension may not be there yet when the first migration runs: then there is
// nothing to register, and nothing that would need it.
func registerGeometry(ctx context.Context, c *pgx.Conn) error {
	var oid, array uint32
	err := c.QueryRow(ctx, `select oid, typarray from pg_type where oid = to_regtype('geometry')`).Scan(&oid, &array)
	if none(err) {
		return nil
	}
	if err != nil {
		return err
	}
	t := &pgtype.Type{Name: "geometry", OID: oid, Codec: geometryCodec{}}
	m := c.TypeMap()
	m.RegisterType(t)
	m.RegisterType(&pgtype.Type{Name: "_geometry", OID: array, Codec: &pgtype.ArrayCodec{ElementType: t}})
	for _, v := range []any{orb.Point{}, orb.MultiPoint{}, orb.LineString{}, orb.MultiLineString{}, orb.Polygon{}, orb.MultiPolygon{}} {
		m.RegisterDefaultPgType(v, "geometry")
	}
	return nil
}

// geometryCodec is pgx's view of the PostGIS type geometry: binary EWKB, or
// the same in hex where pgx asks for text.
type geometryCodec struct{}

func (geometryCodec) FormatSupported(int16) bool { return true }
func (geometryCodec) PreferredFormat() int16     { return pgtype.BinaryFormatCode }

func (geometryCodec) PlanEncode(_ *pgtype.Map, _ uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.(orb.Geometry); ok {
		return geometryPlan(format)
	}
	return nil
}

func (geometryCodec) PlanScan(_ *pgtype.Map, _ uint32, format int16, target any) pgtype.ScanPlan {
	switch target.(type) {
	case *orb.Geometry, *orb.Point, *orb.LineString, *orb.Polygon, *orb.MultiPolygon:
		return geometryPlan(format)
	}
	return nil
}

func (geometryCodec) DecodeDatabaseSQLValue(_ *pgtype.Map, _ uint32, _ int16, src []byte) (driver.Value, error) {
	return src, nil
}

func (geometryCodec) DecodeValue(_ *pgtype.Map, _ uint32, format int16, src []byte) (any, error) {
	var g orb.Geometry
	err := geometryPlan(format).Scan(src, &g)
	return g, err
}

type geometryPlan int16

func (p geometryPlan) Encode(value any, buf []byte) ([]byte, error) {
	if point, ok := value.(orb.Point); ok && p == pgtype.BinaryFormatCode {
		return appendPoint(buf, point), nil
	}
	b, err := ewkb.Marshal(value.(orb.Geometry), srid)
	if err != nil {
		return nil, err
	}
	if p == pgtype.TextFormatCode {
		return hex.AppendEncode(buf, b), nil
	}
	return append(buf, b...), nil
}

// Flags of the EWKB type word.
const (
	ewkbZ, ewkbM, ewkbSRID = 0x80000000, 0x40000000, 0x20000000
	ewkbPoint              = 1
)

// appendPoint writes a point as little-endian EWKB: most assets are points, and
// this way costs no allocation.
func appendPoint(buf []byte, p orb.Point) []byte {
	buf = append(buf, 1)
	buf = binary.LittleEndian.AppendUint32(buf, ewkbPoint|ewkbSRID)
	buf = binary.LittleEndian.AppendUint32(buf, srid)
	buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(p[0]))
	return binary.LittleEndian.AppendUint64(buf, math.Float64bits(p[1]))
}

func (p geometryPlan) Scan(src []byte, target any) error {
	if src == nil {
		if g, ok := target.(*orb.Geometry); ok {
			*g = nil
			return nil
		}
		return fmt.Errorf("cannot scan NULL into %T", target)
	}
	if p == pgtype.TextFormatCode {
		var err error
		if src, err = hex.AppendDecode(nil, src); err != nil {
			return err
		}
	}
	if len(src) < 5 {
		return errors.New("geometry is cut short")
	}
	kind := binary.LittleEndian.Uint32(src[1:])
	if src[0] == 0 {
		kind = binary.BigEndian.Uint32(src[1:])
	}
	if kind&(ewkbZ|ewkbM) != 0 { // orb knows only x and y, and would drop the rest
		return errors.New("geometry has Z or M values")
	}
	g, ok := target.(*orb.Geometry)
	if !ok {
		return ewkb.Scanner(target).Scan(src)
	}
	if src[0] == 1 && kind == ewkbPoint|ewkbSRID && len(src) == 25 {
		*g = orb.Point{math.Float64frombits(binary.LittleEndian.Uint64(src[9:])), math.Float64frombits(binary.LittleEndian.Uint64(src[17:]))}
		return nil
	}
	var err error
	*g, _, err = ewkb.Unmarshal(src)
	return err
}
