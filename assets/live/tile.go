package live

import (
	"bytes"
	"math"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/postgis"
	"streetbook/geo"
)

// Tile is postgis.Store.Tile. ok is false for what is left to it: the past,
// filters that memory does not answer, and tiles in which anything but points
// has to be cut at the edge.
func (m *Moment) Tile(collection string, t geo.Tile, q assets.Query) (mvt []byte, ok bool) {
	if collection != assets.CollectionAssets {
		return nil, false
	}
	tests, ok := m.tests(q)
	if !ok {
		return nil, false
	}
	v := &tileView{moment: m, tile: t, reach: outward(t.Reach())}
	v.gather(tests)
	if len(v.rows)+len(v.entries) > postgis.ThinAbove(t) {
		return v.thinned(), true
	}
	return v.single()
}

// tileView is what a tile shows.
type tileView struct {
	moment  *Moment
	tile    geo.Tile
	reach   orb.Bound
	rows    []uint32
	entries []*assets.Asset
}

// outward rounds a box to float32, as PostGIS does when it compares boxes.
func outward(b orb.Bound) orb.Bound {
	down := func(v float64) float64 {
		if f := float32(v); float64(f) > v {
			return float64(math.Nextafter32(f, float32(math.Inf(-1))))
		}
		return float64(float32(v))
	}
	up := func(v float64) float64 { return -down(-v) }
	return orb.Bound{Min: orb.Point{down(b.Min[0]), down(b.Min[1])}, Max: orb.Point{up(b.Max[0]), up(b.Max[1])}}
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
			if !meetsPoint(narrow, p) && !geo.Overlap(outward(b.box(row)), v.reach) {
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
		if e.asset != nil && passes(tests, e.asset) && geo.Overlap(outward(e.asset.Geometry.Bound()), v.reach) {
			v.entries = append(v.entries, e.asset)
		}
	}
}

// each calls fn with everything gathered.
func (v *tileView) each(fn func(*assets.Asset) (ok bool)) bool {
	s := new(scratch)
	for _, row := range v.rows {
		if !fn(v.moment.base.read(row, s)) {
			return false
		}
	}
	for _, a := range v.entries {
		if !fn(a) {
			return false
		}
	}
	return true
}

// single draws every asset for itself.
func (v *tileView) single() ([]byte, bool) {
	l := geo.NewLayer(assets.CollectionAssets, "id", "code", "class", "name", "status", "condition", "segment")
	l.Reserve(len(v.rows) + len(v.entries))
	var id [36]byte
	ok := v.each(func(a *assets.Asset) bool {
		p, ok := a.Geometry.(orb.Point)
		if !ok {
			return false
		}
		x, y := v.tile.Local(p)
		if x < -geo.TileBuffer || y < -geo.TileBuffer || x > geo.TileExtent+geo.TileBuffer || y > geo.TileExtent+geo.TileBuffer {
			return true
		}
		l.Own(0, string(exchange.AppendUUID(id[:0], a.ID)))
		l.Own(1, a.Code)
		l.Text(2, a.Class)
		l.Text(3, a.Name)
		l.Text(4, a.Status)
		l.Text(5, a.Condition)
		if a.Place.Segment != nil {
			l.Text(6, a.Place.Segment.String())
		}
		l.Point(int32(x), int32(y))
		return true
	})
	return l.Bytes(), ok
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
	cells := make([]cell, width*width)
	n := side * math.Exp2(float64(v.tile.Z))
	left, top := float64(v.tile.X*side-beyond), float64(v.tile.Y*side-beyond)
	add := func(p orb.Point, i int32) {
		x, y := geo.Mercator(p)
		cx, cy := int(math.Floor(x*n)-left), int(math.Floor(y*n)-top)
		if cx < 0 || cy < 0 || cx >= width || cy >= width { // the middle of something large
			return
		}
		c := &cells[cy*width+cx]
		if c.n++; c.n == 1 || bytes.Compare(v.id(i)[:], v.id(c.first)[:]) < 0 {
			c.first = i
		}
	}
	b := v.moment.base
	for _, row := range v.rows {
		p := b.point[row]
		if math.IsNaN(p[0]) {
			p = middle(b.shapes[row])
		}
		add(p, int32(row))
	}
	for i, a := range v.entries {
		add(middle(a.Geometry), int32(-1-i))
	}
	l := geo.NewLayer(assets.CollectionAssets, "id", "class", "condition", "count")
	const units = geo.TileExtent / side
	for i, c := range cells {
		if c.n == 0 {
			continue
		}
		if c.n == 1 {
			l.Own(0, v.id(c.first).String())
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
