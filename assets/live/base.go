package live

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

// base holds assets in columns, one row each, in the order of Hilbert's curve:
// what is near on the map is near in memory. It never changes; what is written
// since stands in a delta beside it.
type base struct {
	id           []uuid.UUID
	point        []orb.Point // NaN for other shapes
	south        []float64   // of points on the square of Web Mercator, which costs a tangent and a logarithm
	shapes       map[uint32]orb.Geometry
	jurisdiction []uint32 // numbers of texts, as are the next three
	class        []uint32
	status       []uint32
	condition    []uint32
	segment      []uint32 // numbers of ids
	record       []uint32 // where the rest is
	rank         []uint32 // place of a row in the order of keys
	order        []uint32 // rows in the order of keys
	texts        []string
	ids          []uuid.UUID
	blocks       []string
	index        *geo.Index
	words        *words // of whoever builds the next one
}

func (b *base) n() int { return len(b.id) }

// compareKeys is the order of lists: by jurisdiction, then by id.
func compareKeys(a, b assets.Key) int {
	if c := strings.Compare(a.Jurisdiction, b.Jurisdiction); c != 0 {
		return c
	}
	return bytes.Compare(a.ID[:], b.ID[:])
}

func (b *base) key(row uint32) assets.Key {
	return assets.Key{Jurisdiction: b.texts[b.jurisdiction[row]], ID: b.id[row]}
}

// find returns the row with a key.
func (b *base) find(k assets.Key) (row uint32, ok bool) {
	i := b.from(k)
	if i < b.n() && b.key(b.order[i]) == k {
		return b.order[i], true
	}
	return 0, false
}

// from is the first place in the order of keys that is not before k.
func (b *base) from(k assets.Key) int {
	return sort.Search(b.n(), func(i int) bool { return compareKeys(b.key(b.order[i]), k) >= 0 })
}

// box is that of a row's geometry.
func (b *base) box(row uint32) orb.Bound {
	if p := b.point[row]; !math.IsNaN(p[0]) {
		return orb.Bound{Min: p, Max: p}
	}
	return b.shapes[row].Bound()
}

// builder gathers rows.
type builder struct {
	base
	words *words
}

func newBuilder(w *words, rows int) *builder {
	b := &builder{words: w}
	b.shapes = map[uint32]orb.Geometry{}
	b.id, b.point = make([]uuid.UUID, 0, rows), make([]orb.Point, 0, rows)
	for _, column := range b.columns() {
		*column = make([]uint32, 0, rows)
	}
	return b
}

func (b *base) columns() []*[]uint32 {
	return []*[]uint32{&b.jurisdiction, &b.class, &b.status, &b.condition, &b.segment, &b.record}
}

// add takes an asset.
func (b *builder) add(a *assets.Asset) {
	w := b.words
	b.place(a.ID, a.Geometry)
	b.jurisdiction, b.class = append(b.jurisdiction, w.text(a.Jurisdiction)), append(b.class, w.text(a.Class))
	b.status, b.condition = append(b.status, w.text(a.Status)), append(b.condition, w.text(a.Condition))
	b.segment, b.record = append(b.segment, w.id(a.Place.Segment)), append(b.record, w.write(a))
}

// copy takes a row of an earlier base, whose record stays where it is.
func (b *builder) copy(from *base, row uint32) {
	b.place(from.id[row], from.geometry(row))
	b.jurisdiction, b.class = append(b.jurisdiction, from.jurisdiction[row]), append(b.class, from.class[row])
	b.status, b.condition = append(b.status, from.status[row]), append(b.condition, from.condition[row])
	b.segment, b.record = append(b.segment, from.segment[row]), append(b.record, from.record[row])
}

func (b *builder) place(id uuid.UUID, g orb.Geometry) {
	p, ok := g.(orb.Point)
	if !ok {
		b.shapes[uint32(len(b.id))] = g
		p = orb.Point{math.NaN(), math.NaN()}
	}
	b.id, b.point = append(b.id, id), append(b.point, p)
}

// byKey numbers the rows in the order of keys.
func (b *builder) byKey() (number []uint32) {
	type row struct {
		high, low    uint64
		jurisdiction string
		i            uint32
	}
	rows := make([]row, b.n())
	for i := range rows {
		id := &b.id[i]
		rows[i] = row{binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:]), b.words.texts[b.jurisdiction[i]], uint32(i)}
	}
	slices.SortFunc(rows, func(a, b row) int {
		if c := cmp.Compare(a.high, b.high); c != 0 && a.jurisdiction == b.jurisdiction {
			return c
		}
		if c := strings.Compare(a.jurisdiction, b.jurisdiction); c != 0 {
			return c
		}
		return cmp.Compare(a.low, b.low)
	})
	number = make([]uint32, len(rows))
	for place, r := range rows {
		number[r.i] = uint32(place)
	}
	return number
}

// build puts the rows in order of the curve. inOrder says that they were added in
// the order of keys.
func (b *builder) build(inOrder bool) *base {
	number := make(chan []uint32, 1)
	if !inOrder {
		go func() { number <- b.byKey() }()
	}
	perm := geo.HilbertOrder(b.n(), func(i int) orb.Bound { return b.box(uint32(i)) })
	out := &base{rank: perm, order: make([]uint32, len(perm)), shapes: make(map[uint32]orb.Geometry, len(b.shapes)), words: b.words}
	if !inOrder {
		out.rank = permuted(<-number, perm)
	}
	for row, i := range perm {
		out.order[out.rank[row]] = uint32(row)
		if g, ok := b.shapes[i]; ok {
			out.shapes[uint32(row)] = g
		}
	}
	out.id, b.id = permuted(b.id, perm), nil
	out.point, b.point = permuted(b.point, perm), nil
	out.south = make([]float64, len(perm))
	for row, p := range out.point {
		out.south[row] = geo.MercatorY(p[1])
	}
	to := out.columns()
	for i, column := range b.columns() {
		*to[i], *column = permuted(*column, perm), nil
	}
	out.seal()
	out.index = geo.NewIndex(out.n(), func(i int) orb.Bound { return out.box(uint32(i)) })
	return out
}

// seal takes over what its words have so far.
func (b *base) seal() {
	w := b.words
	if len(w.writing) > 0 {
		w.seal()
	}
	b.texts, b.ids, b.blocks = slices.Clip(w.texts), slices.Clip(w.ids), slices.Clip(w.blocks)
}

// settle writes the records anew in the order of rows: a tile or a list then reads
// a few stretches of memory, and not a place of its own for each of its features.
func (b *base) settle() {
	w, s := b.words, new(scratch)
	w.blocks, w.records = nil, 0
	for row := range uint32(b.n()) {
		b.read(row, s)
		b.record[row] = keep(w, s.record)
	}
	b.seal()
}

func permuted[T any](column []T, perm []uint32) []T {
	out := make([]T, len(perm))
	for row, i := range perm {
		out[row] = column[i]
	}
	return out
}
