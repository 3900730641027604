package geo

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// TileExtent is how many units a tile has along each side, and TileBuffer how
// many beyond its edge features reach, so that symbols and lines do not end at it.
const (
	TileExtent = 4096
	TileBuffer = 128
)

// Mercator is a position on the square of Web Mercator, from 0 in the north west
// to 1.
func Mercator(p orb.Point) (x, y float64) { return MercatorX(p[0]), MercatorY(p[1]) }

// MercatorX is where a longitude is on that square.
func MercatorX(lon float64) float64 { return (lon + 180) / 360 }

// MercatorY is where a latitude is on that square.
func MercatorY(lat float64) float64 { return 0.5 - math.Asinh(math.Tan(lat*radian))/(2*math.Pi) }

// Reach is the box of a tile and its buffer, cut at the edge of the world.
func (t Tile) Reach() orb.Bound {
	n, m := float64(int(1)<<t.Z), float64(TileBuffer)/TileExtent
	edge := func(v float64) float64 { return math.Max(0, math.Min(1, v/n)) }
	lat := func(y float64) float64 { return math.Atan(math.Sinh(math.Pi*(1-2*y))) / radian }
	return orb.Bound{
		Min: orb.Point{edge(float64(t.X)-m)*360 - 180, lat(edge(float64(t.Y) + 1 + m))},
		Max: orb.Point{edge(float64(t.X)+1+m)*360 - 180, lat(edge(float64(t.Y) - m))},
	}
}

// Local is a position in the units of a tile, to the nearest.
func (t Tile) Local(p orb.Point) (x, y float64) {
	x, y = t.units(p)
	return math.RoundToEven(x), math.RoundToEven(y)
}

func (t Tile) units(p orb.Point) (x, y float64) { return t.unitsOf(Mercator(p)) }

// unitsOf is units of a place on the square of Web Mercator.
func (t Tile) unitsOf(mx, my float64) (x, y float64) {
	n := math.Ldexp(1, t.Z)
	return (mx*n - float64(t.X)) * TileExtent, (my*n - float64(t.Y)) * TileExtent
}

// Layer is a layer of a Mapbox Vector Tile that is being written, with
// properties of the keys it was made with.
type Layer struct {
	name     string
	keys     []string
	values   []byte
	valueOf  map[string]uint32 // of texts that occur again
	numberOf map[numeral]uint32
	nvalues  uint32
	tags     []byte // of the feature that comes next
	features []byte
	geometry []byte
	feature  []byte
}

// NewLayer begins a layer.
func NewLayer(name string, keys ...string) *Layer {
	l := new(Layer)
	l.Begin(name, keys...)
	return l
}

// Begin makes a layer empty, in the room it had before. What Bytes returned stays
// as it is.
func (l *Layer) Begin(name string, keys ...string) {
	if l.valueOf == nil {
		l.valueOf, l.numberOf = map[string]uint32{}, map[numeral]uint32{}
	}
	clear(l.valueOf)
	clear(l.numberOf)
	l.name, l.keys, l.nvalues = name, keys, 0
	l.values, l.features, l.tags = l.values[:0], l.features[:0], l.tags[:0]
}

// Reserve makes room for so many features, with so many texts that have to be
// looked up and numbers for each.
func (l *Layer) Reserve(n, texts, numbers int) {
	if l.features == nil {
		l.valueOf, l.numberOf = make(map[string]uint32, n*texts), make(map[numeral]uint32, n*numbers)
	}
	l.features, l.values = slices.Grow(l.features, 48*n), slices.Grow(l.values, (60+20*texts+12*numbers)*n)
}

// Fields of the format, as key bytes: number<<3 | wire type.
const (
	tileLayer       = 3<<3 | 2
	layerName       = 1<<3 | 2
	layerFeature    = 2<<3 | 2
	layerKey        = 3<<3 | 2
	layerValue      = 4<<3 | 2
	layerExtent     = 5 << 3
	layerVersion    = 15 << 3
	featureTags     = 2<<3 | 2
	featureType     = 3 << 3
	featureGeometry = 4<<3 | 2
	valueText       = 1<<3 | 2
	valueDouble     = 3<<3 | 1
	valueUint       = 5 << 3
	valueFlag       = 7 << 3
)

// Types of features.
const (
	mvtPoint = iota + 1
	mvtLine
	mvtPolygon
)

// Text gives the next feature a property whose text others may have too. An
// empty text is one; what is not known is left out.
func (l *Layer) Text(key int, s string) { l.tag(key, l.Word(s)) }

// Word is the number of a text that features may have, for Again.
func (l *Layer) Word(s string) uint32 {
	n, ok := l.valueOf[s]
	if !ok {
		n = value(l, s)
		l.valueOf[s] = n
	}
	return n
}

// Again gives the next feature a property whose text has a number.
func (l *Layer) Again(key int, word uint32) { l.tag(key, word) }

// Own gives the next feature a property whose text no other has.
func (l *Layer) Own(key int, s []byte) { l.tag(key, value(l, s)) }

// OwnText is Own for a string.
func (l *Layer) OwnText(key int, s string) { l.tag(key, value(l, s)) }

// Count gives the next feature a whole number.
func (l *Layer) Count(key int, v uint64) {
	var b [11]byte
	l.number(key, numeral{valueUint, v}, binary.AppendUvarint(append(b[:0], valueUint), v))
}

// Measure gives the next feature a number.
func (l *Layer) Measure(key int, v float64) {
	var b [9]byte
	bits := math.Float64bits(v)
	l.number(key, numeral{valueDouble, bits}, binary.LittleEndian.AppendUint64(append(b[:0], valueDouble), bits))
}

// Flag gives the next feature a yes or no.
func (l *Layer) Flag(key int, v bool) {
	b := [2]byte{valueFlag}
	if v {
		b[1] = 1
	}
	l.number(key, numeral{valueFlag, uint64(b[1])}, b[:])
}

// numeral is a value that is no text: its field of the format, and its bits.
type numeral struct {
	field byte
	bits  uint64
}

// number gives the next feature a value that others may have too, as it is written.
func (l *Layer) number(key int, v numeral, b []byte) {
	n, ok := l.numberOf[v]
	if !ok {
		l.values = append(binary.AppendUvarint(append(l.values, layerValue), uint64(len(b))), b...)
		n = l.nvalues
		l.nvalues++
		l.numberOf[v] = n
	}
	l.tag(key, n)
}

func value[T string | []byte](l *Layer, s T) uint32 {
	size := uint64(len(s))
	l.values = binary.AppendUvarint(append(l.values, layerValue), 1+uint64(uvarintSize(size))+size)
	l.values = append(binary.AppendUvarint(append(l.values, valueText), size), s...)
	l.nvalues++
	return l.nvalues - 1
}

func uvarintSize(v uint64) (n int) {
	for n = 1; v >= 0x80; n++ {
		v >>= 7
	}
	return n
}

func (l *Layer) tag(key int, value uint32) {
	l.tags = binary.AppendUvarint(binary.AppendUvarint(l.tags, uint64(key)), uint64(value))
}

// Point ends a feature with a point, in units of the tile.
func (l *Layer) Point(x, y int32) {
	l.geometry = binary.AppendUvarint(append(l.geometry[:0], 1|1<<3), uint64(zigzag(x)))
	l.geometry = binary.AppendUvarint(l.geometry, uint64(zigzag(y)))
	l.end(mvtPoint)
}

// Shape ends a feature with what is drawn of a geometry.
func (l *Layer) Shape(s *Shape) {
	l.geometry = l.geometry[:0]
	var last orb.Point
	to := func(p orb.Point) {
		for k := range 2 {
			l.geometry = binary.AppendUvarint(l.geometry, uint64(zigzag(int32(p[k]-last[k]))))
		}
		last = p
	}
	command := func(id, n int) { l.geometry = binary.AppendUvarint(l.geometry, uint64(id|n<<3)) }
	for _, part := range s.parts {
		first := 1
		if s.kind == mvtPoint {
			first = len(part)
		}
		command(moveTo, first)
		for _, p := range part[:first] {
			to(p)
		}
		if s.kind == mvtPoint {
			continue
		}
		command(lineTo, len(part)-1)
		for _, p := range part[1:] {
			to(p)
		}
		if s.kind == mvtPolygon {
			command(closePath, 1)
		}
	}
	l.end(s.kind)
}

// Commands of a geometry.
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

func zigzag(v int32) uint32 { return uint32(v<<1) ^ uint32(v>>31) }

func (l *Layer) end(kind byte) {
	f := binary.AppendUvarint(append(l.feature[:0], featureTags), uint64(len(l.tags)))
	f = append(append(f, l.tags...), featureType, kind, featureGeometry)
	f = append(binary.AppendUvarint(f, uint64(len(l.geometry))), l.geometry...)
	l.features = append(binary.AppendUvarint(append(l.features, layerFeature), uint64(len(f))), f...)
	l.feature, l.tags = f, l.tags[:0]
}

// Bytes is the tile of this layer alone; nil if it has no feature. Tiles are
// joined by joining their bytes.
func (l *Layer) Bytes() []byte {
	if len(l.features) == 0 {
		return nil
	}
	head := append(binary.AppendUvarint([]byte{layerName}, uint64(len(l.name))), l.name...)
	var keys []byte
	for _, k := range l.keys {
		keys = append(binary.AppendUvarint(append(keys, layerKey), uint64(len(k))), k...)
	}
	tail := binary.AppendUvarint([]byte{layerExtent}, TileExtent)
	tail = append(tail, layerVersion, 2)
	size := len(head) + len(l.features) + len(keys) + len(l.values) + len(tail)
	b := binary.AppendUvarint(append(make([]byte, 0, size+12), tileLayer), uint64(size))
	b = append(append(b, head...), l.features...)
	return append(append(append(b, keys...), l.values...), tail...)
}
