package live

import (
	"bytes"
	"math"
	"sync"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/postgis"
	"streetbook/geo"
)

// Tile is postgis.Store.Tile, features in the same order. ok is false for what is
// left to it: the past, filters that memory does not answer, and shapes that it
// cannot be sure to draw alike.
func (m *Moment) Tile(collection string, t geo.Tile, q assets.Query) (mvt []byte, ok bool) {
	switch collection {
	case assets.CollectionAreas:
		return m.areas.tile(t, q, areaLayer)
	case assets.CollectionSegments:
		return m.segments.tile(t, q, segmentLayer)
	}
	tests, ok := m.tests(q)
	if !ok {
		return nil, false
	}
	v := views.Get().(*tileView)
	defer v.done()
	v.moment, v.tile, v.reach = m, t, geo.Outward(t.Reach())
	v.gather(tests)
	if len(v.rows)+len(v.entries) > postgis.ThinAbove(t) {
		return v.thinned(), true
	}
	return v.single()
}

// tileView is what a tile shows. It is used again: the room it needs is large beside
// a small tile.
type tileView struct {
	moment  *Moment
	tile    geo.Tile
	reach   orb.Bound
	rows    []uint32
	entries []*assets.Asset
	seats   []seat
	spare   []seat
	touched int
	pencil  pencil
}

var views = sync.Pool{New: func() any { return new(tileView) }}

func (v *tileView) done() {
	clear(v.entries)
	v.moment, v.rows, v.entries = nil, v.rows[:0], v.entries[:0]
	views.Put(v)
}

// rim is more than float32 can be off by, in degrees.
const rim = 4e-5

// gather finds what has a box in reach.
func (v *tileView) gather(tests []test) {
	m := v.moment
	b := m.base
	wide, narrow := v.reach.Pad(rim), v.reach.Pad(-rim)
	b.index.Search(wide, func(from, until int) {
	rows:
		for row := uint32(from); row < uint32(until); row++ {
			p := b.point[row]
			if p[0] < wide.Min[0] || p[0] > wide.Max[0] || p[1] < wide.Min[1] || p[1] > wide.Max[1] || !m.alive(row) {
				continue
			}
			if !meetsPoint(narrow, p) && !geo.Overlap(geo.Outward(b.box(row)), v.reach) {
				continue
			}
			for i := range tests {
				if !tests[i].row(row) {
					continue rows
				}
			}
			v.rows = append(v.rows, row)
		}
	})
	for _, e := range m.delta {
		if e.asset != nil && passes(tests, e.asset) && geo.Overlap(geo.Outward(e.asset.Geometry.Bound()), v.reach) {
			v.entries = append(v.entries, e.asset)
		}
	}
}

// single draws every asset for itself, in the order of keys.
func (v *tileView) single() ([]byte, bool) {
	b, entries := v.moment.base, v.entries
	v.seats = v.seats[:0]
	for _, row := range v.rows {
		v.seats = append(v.seats, seatOf(b.rank[row], row))
		v.touched += b.touch(row)
	}
	v.seats, v.spare = sorted(v.seats, v.spare, b.n())
	d := &v.pencil
	d.begin(v)
	defer d.end()
	for _, s := range v.seats {
		row := s.row()
		for len(entries) > 0 && compareKeys(assets.Key{Jurisdiction: entries[0].Jurisdiction, ID: entries[0].ID}, b.key(row)) < 0 {
			if !d.asset(entries[0]) {
				return nil, false
			}
			entries = entries[1:]
		}
		if !d.row(row) {
			return nil, false
		}
	}
	for _, a := range entries {
		if !d.asset(a) {
			return nil, false
		}
	}
	return d.layer.Bytes(), true
}

// pencil writes assets into a layer.
type pencil struct {
	base       *base
	tile       geo.Tile
	layer      geo.Layer
	shape      geo.Shape
	texts, ids []uint32  // 1 more than what the layer calls those of the base, 0 for not yet
	marked     []*uint32 // those that are not 0
	id         [36]byte
}

var pencilKeys = []string{"id", "code", "class", "name", "status", "condition", "segment"}

func (d *pencil) begin(v *tileView) {
	d.base, d.tile = v.moment.base, v.tile
	d.texts, d.ids = blank(d.texts, len(d.base.texts)), blank(d.ids, len(d.base.ids))
	d.layer.Begin(assets.CollectionAssets, pencilKeys...)
	d.layer.Reserve(len(v.rows)+len(v.entries), 1, 0)
}

// blank is a list of so many zeros; what there is of one holds nothing else.
func blank(list []uint32, n int) []uint32 {
	if cap(list) < n {
		return make([]uint32, n)
	}
	return list[:n]
}

func (d *pencil) end() {
	for _, word := range d.marked {
		*word = 0
	}
	d.base, d.marked = nil, d.marked[:0]
}

func (d *pencil) row(row uint32) (sure bool) {
	b, l := d.base, &d.layer
	if p := b.point[row]; !math.IsNaN(p[0]) {
		d.shape.Point(d.tile, geo.MercatorX(p[0]), b.south[row])
	} else if !d.shape.Draw(d.tile, b.shapes[row]) {
		return false
	}
	if d.shape.Empty() {
		return true
	}
	code, name := b.label(row)
	l.Own(0, exchange.AppendUUID(d.id[:0], b.id[row]))
	d.code(code)
	d.text(2, b.class[row])
	l.Text(3, name)
	d.text(4, b.status[row])
	d.text(5, b.condition[row])
	if n := b.segment[row]; n != 0 {
		if d.ids[n] == 0 {
			d.mark(&d.ids[n], b.ids[n].String())
		}
		l.Again(6, d.ids[n]-1)
	}
	l.Shape(&d.shape)
	return true
}

func (d *pencil) text(key int, n uint32) {
	if d.texts[n] == 0 {
		d.mark(&d.texts[n], d.base.texts[n])
	}
	d.layer.Again(key, d.texts[n]-1)
}

func (d *pencil) mark(word *uint32, s string) {
	*word = 1 + d.layer.Word(s)
	d.marked = append(d.marked, word)
}

// code is an asset's own, unless it has none.
func (d *pencil) code(code string) {
	if code == "" {
		d.layer.Text(1, "")
		return
	}
	d.layer.OwnText(1, code)
}

func (d *pencil) asset(a *assets.Asset) (sure bool) {
	l := &d.layer
	if sure = d.shape.Draw(d.tile, a.Geometry); !sure || d.shape.Empty() {
		return sure
	}
	l.Own(0, exchange.AppendUUID(d.id[:0], a.ID))
	d.code(a.Code)
	l.Text(2, a.Class)
	l.Text(3, a.Name)
	l.Text(4, a.Status)
	l.Text(5, a.Condition)
	if a.Place.Segment != nil {
		l.Text(6, a.Place.Segment.String())
	}
	l.Shape(&d.shape)
	return true
}

// cell is what stands in one cell of the grid of a crowded tile: how many, and
// the first of them by id: a row, or below 0 an entry.
type cell struct {
	n     uint32
	first int32
}

// thinned draws one asset for each cell of a grid, at its middle.
func (v *tileView) thinned() []byte {
	const side, beyond = postgis.ThinCells, postgis.ThinBeyond
	const width = side + 2*beyond
	cells, used := make([]cell, width*width), 0
	n := side * math.Exp2(float64(v.tile.Z))
	left, top := float64(v.tile.X*side-beyond), float64(v.tile.Y*side-beyond)
	add := func(x, y float64, i int32) {
		cx, cy := int(math.Floor(x*n)-left), int(math.Floor(y*n)-top)
		if cx < 0 || cy < 0 || cx >= width || cy >= width { // the middle of something large
			return
		}
		c := &cells[cy*width+cx]
		if c.n == 0 {
			used++
		}
		if c.n++; c.n == 1 || bytes.Compare(v.id(i)[:], v.id(c.first)[:]) < 0 {
			c.first = i
		}
	}
	b := v.moment.base
	for _, row := range v.rows {
		x, y := geo.MercatorX(b.point[row][0]), b.south[row]
		if math.IsNaN(x) {
			x, y = geo.Mercator(middle(b.shapes[row]))
		}
		add(x, y, int32(row))
	}
	for i, a := range v.entries {
		x, y := geo.Mercator(middle(a.Geometry))
		add(x, y, int32(-1-i))
	}
	l := geo.NewLayer(assets.CollectionAssets, "id", "class", "condition", "count")
	l.Reserve(used, 0, 0) // classes, conditions and counts are few
	var id [36]byte
	const units = geo.TileExtent / side
	for i, c := range cells {
		if c.n == 0 {
			continue
		}
		if c.n == 1 && v.tile.Z >= postgis.PartZoom {
			l.Own(0, exchange.AppendUUID(id[:0], *v.id(c.first)))
		}
		if c.first < 0 {
			l.Text(1, v.entries[-1-c.first].Class)
			l.Text(2, v.entries[-1-c.first].Condition)
		} else {
			l.Text(1, b.texts[b.class[c.first]])
			l.Text(2, b.texts[b.condition[c.first]])
		}
		if c.n > 1 {
			l.Count(3, uint64(c.n))
		}
		l.Point(int32((i%width-beyond)*units+units/2), int32((i/width-beyond)*units+units/2))
	}
	return l.Bytes()
}

// id is that of a row, or below 0 of an entry.
func (v *tileView) id(i int32) *uuid.UUID {
	if i < 0 {
		return &v.entries[-1-i].ID
	}
	return &v.moment.base.id[i]
}

// middle is the centroid of a geometry.
func middle(g orb.Geometry) orb.Point {
	if p, ok := g.(orb.Point); ok {
		return p
	}
	p, _ := planar.CentroidArea(g)
	return p
}
