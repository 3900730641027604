package exchange

import (
	"encoding/hex"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

// Features are appended by hand: this is the hot path of every list and export,
// and reflection costs ten times as much. Every property stands in every
// feature, null where it is empty, so that clients which look at the first few
// features only learn them all.

// AppendAssetFeature appends an asset as a GeoJSON feature in a system, nil for
// longitude and latitude. The attributes of
// its class stand under attributes, as they are kept.
func AppendAssetFeature(dst []byte, a *assets.Asset, in *geo.System) []byte {
	o := openFeature(dst, a.ID, a.Geometry, in)
	o.text("jurisdiction", a.Jurisdiction)
	o.text("code", a.Code)
	o.text("class", a.Class)
	o.text("class_name", a.ClassName)
	o.text("name", a.Name)
	o.text("status", a.Status)
	o.text("condition", a.Condition)
	o.id("segment", a.Place.Segment)
	o.number("chainage_m", a.Place.ChainageM)
	o.text("side", a.Place.Side)
	o.number("offset_m", a.Place.OffsetM)
	o.id("community", a.Place.Community)
	o.number("accuracy_m", a.AccuracyM)
	o.text("source", a.Source)
	o.text("source_id", a.SourceID)
	o.text("source_crs", a.SourceCRS)
	o.text("installed_on", a.InstalledOn)
	o.text("removed_on", a.RemovedOn)
	o.id("replaces", a.Replaces)
	o.id("replaced_by", a.ReplacedBy)
	o.time("updated_at", a.UpdatedAt)
	o.integer("version", int64(a.Version))
	o.name("attributes")
	if len(a.Attributes) == 0 {
		o.buf = append(o.buf, "{}"...)
	} else {
		o.buf = append(o.buf, a.Attributes...)
	}
	return o.close()
}

// AppendSegmentFeature appends a segment as a GeoJSON feature.
func AppendSegmentFeature(dst []byte, s *assets.Segment, in *geo.System) []byte {
	o := openFeature(dst, s.ID, s.Geometry, in)
	o.text("jurisdiction", s.Jurisdiction)
	o.text("code", s.Code)
	o.text("name", s.Name)
	o.text("road", s.Road)
	o.text("from", s.From)
	o.text("to", s.To)
	o.flag("key", s.Key)
	o.number("length_m", &s.LengthM)
	o.text("status", s.Status)
	o.text("source", s.Source)
	o.figures(s)
	o.time("updated_at", s.UpdatedAt)
	o.integer("version", int64(s.Version))
	return o.close()
}

// figures writes what a map shows of a segment.
func (o *object) figures(s *assets.Segment) {
	var invested assets.Fen
	if s.Figures.Invested != nil {
		invested = *s.Figures.Invested
	}
	o.yuan("invested", invested, s.Figures.Invested != nil)
	each, ok := s.InvestedPerM()
	o.yuan("invested_per_m", each, ok)
	o.count("asset_count", s.Figures.Assets)
	o.number("condition_mean", s.Figures.ConditionMean)
}

// AppendAreaFeature appends an area as a GeoJSON feature.
func AppendAreaFeature(dst []byte, a *assets.Area, in *geo.System) []byte {
	o := openFeature(dst, a.ID, a.Geometry, in)
	o.text("jurisdiction", a.Jurisdiction)
	o.text("code", a.Code)
	o.text("name", a.Name)
	o.text("level", a.Level)
	o.id("parent", a.Parent)
	o.number("area_m2", &a.AreaM2)
	if a.Residents == nil {
		o.null("residents")
	} else {
		o.integer("residents", int64(*a.Residents))
	}
	o.text("source", a.Source)
	o.time("updated_at", a.UpdatedAt)
	o.integer("version", int64(a.Version))
	return o.close()
}

// AppendBasemapFeature appends a piece of the background map.
func AppendBasemapFeature(dst []byte, b *assets.BasemapFeature) []byte {
	o := openFeature(dst, b.ID, b.Geometry, nil)
	o.basemap(b)
	return o.close()
}

// AppendBasemapProperties appends what is known of a piece but where it is.
func AppendBasemapProperties(dst []byte, b *assets.BasemapFeature) []byte {
	o := object{buf: append(dst, '{'), first: true}
	o.basemap(b)
	return append(o.buf, '}')
}

func (o *object) basemap(b *assets.BasemapFeature) {
	o.text("kind", b.Kind)
	o.text("name", b.Name)
}

// object is a feature being written.
type object struct {
	buf   []byte
	first bool
}

func openFeature(dst []byte, id uuid.UUID, g orb.Geometry, in *geo.System) object {
	dst = append(dst, `{"type":"Feature","id":"`...)
	dst = AppendUUID(dst, id)
	dst = append(dst, `","geometry":`...)
	dst = geo.AppendGeometryIn(dst, g, in)
	return object{buf: append(dst, `,"properties":{`...), first: true}
}

func (o *object) close() []byte { return append(o.buf, "}}"...) }

func (o *object) name(name string) {
	if o.first {
		o.buf = append(o.buf, '"')
	} else {
		o.buf = append(o.buf, `,"`...)
	}
	o.first = false
	o.buf = append(append(o.buf, name...), `":`...)
}

func (o *object) null(name string) {
	o.name(name)
	o.buf = append(o.buf, "null"...)
}

// text writes an empty text as null: what is not known is null on the wire.
func (o *object) text(name, s string) {
	o.name(name)
	if s == "" {
		o.buf = append(o.buf, "null"...)
		return
	}
	o.buf = AppendString(o.buf, s)
}

func (o *object) id(name string, id *uuid.UUID) {
	if id == nil {
		o.null(name)
		return
	}
	o.name(name)
	o.buf = append(AppendUUID(append(o.buf, '"'), *id), '"')
}

// number writes millimetres and square millimetres at most; JSON has no NaN.
func (o *object) number(name string, v *float64) {
	if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
		o.null(name)
		return
	}
	o.name(name)
	o.buf = strconv.AppendFloat(o.buf, math.Round(*v*1000)/1000, 'f', -1, 64)
}

func (o *object) integer(name string, v int64) {
	o.name(name)
	o.buf = strconv.AppendInt(o.buf, v, 10)
}

func (o *object) count(name string, v *int64) {
	if v == nil {
		o.null(name)
		return
	}
	o.integer(name, *v)
}

// yuan writes an amount as a number, digit by digit from the fen: a GIS
// classifies by numbers, not by texts.
func (o *object) yuan(name string, f assets.Fen, known bool) {
	if !known {
		o.null(name)
		return
	}
	o.name(name)
	n := uint64(f)
	if f < 0 {
		o.buf, n = append(o.buf, '-'), -n
	}
	o.buf = strconv.AppendUint(o.buf, n/100, 10)
	o.buf = append(o.buf, '.', byte('0'+n/10%10), byte('0'+n%10))
}

func (o *object) flag(name string, v bool) {
	o.name(name)
	o.buf = strconv.AppendBool(o.buf, v)
}

func (o *object) time(name string, t time.Time) {
	if t.IsZero() {
		o.null(name)
		return
	}
	o.name(name)
	o.buf = append(o.buf, '"')
	o.buf = append(t.UTC().AppendFormat(o.buf, time.RFC3339), '"')
}

// AppendUUID appends the text of a UUID.
func AppendUUID(dst []byte, id uuid.UUID) []byte {
	var text [36]byte
	hex.Encode(text[:8], id[:4])
	text[8] = '-'
	hex.Encode(text[9:13], id[4:6])
	text[13] = '-'
	hex.Encode(text[14:18], id[6:8])
	text[18] = '-'
	hex.Encode(text[19:23], id[8:10])
	text[23] = '-'
	hex.Encode(text[24:], id[10:])
	return append(dst, text[:]...)
}

// AppendString appends s as a JSON string. Bytes that are no UTF-8 become
// U+FFFD; U+2028 and U+2029, which end a line in older JavaScript, are escaped.
func AppendString(dst []byte, s string) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			dst = append(dst, s[start:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\t':
				dst = append(dst, '\\', 't')
			case '\r':
				dst = append(dst, '\\', 'r')
			default:
				dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || r == '\u2028' || r == '\u2029' {
			dst = append(dst, s[start:i]...)
			dst = append(dst, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
			start = i + size
		}
		i += size
	}
	return append(append(dst, s[start:]...), '"')
}
