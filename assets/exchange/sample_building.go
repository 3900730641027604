package exchange

import (
	"math"

	"github.com/paulmach/orb"

	"streetbook/assets"
)

// use is how a parcel is built over.
type use int

const (
	slabs    use = iota // rows of flats that face south
	compound            // the same around a yard
	towers              // tall houses, widely spaced
	market              // large halls and offices
	school              // long houses around a field
	garden              // a green, and nothing else
	vacant              // nothing to be seen
)

// lot draws the use of a parcel. Beyond the subdistrict the map grows sparse.
func lot(d *dice, b block) use {
	if !b.near || !b.inside && d.chance(0.5) {
		return vacant
	}
	switch x := d.between(0, 1); {
	case x < 0.60:
		return slabs
	case x < 0.76:
		return towers
	case x < 0.89:
		return market
	case x < 0.93:
		return school
	case x < 0.98:
		return garden
	}
	return vacant
}

// plot is a parcel with axes of its own: metres along it and across it, from its
// middle.
type plot struct {
	block         block
	u, v          [2]float64
	margin        float64 // metres between houses and the edge
	yard          bool    // nothing is built around the middle
	middle        orb.Point
	along, across orb.Point // unit vectors
	width, height float64   // metres within the fence
}

// newPlot is the part of a block between two u and two v, less a fence.
func newPlot(b block, u, v [2]float64, fence float64) plot {
	um, vm := (u[0]+u[1])/2, (v[0]+v[1])/2
	w, e, south, north := b.at(u[0], vm), b.at(u[1], vm), b.at(um, v[0]), b.at(um, v[1])
	// Houses face south even along a slanting street.
	turn := math.Max(-0.1, math.Min(0.1, heading(w, e)))
	p := plot{block: b, u: u, v: v, margin: fence / 2, middle: b.at(um, vm), width: e[0] - w[0] - 2*fence, height: north[1] - south[1] - 2*fence}
	p.along = orb.Point{math.Cos(turn), math.Sin(turn)}
	p.across = orb.Point{-p.along[1], p.along[0]}
	return p
}

// yardWidth and yardHeight are the size of the yard of a compound, in metres.
const yardWidth, yardHeight = 50, 30

// house is a rectangle at x and y of the plot, turned by some radians. It is nil
// where it would leave the plot or stand in the yard.
func (p plot) house(x, y, length, depth, turn float64) []orb.Point {
	if p.yard && math.Abs(x) < (yardWidth+length)/2 && math.Abs(y) < (yardHeight+depth)/2 {
		return nil
	}
	sin, cos := math.Sincos(turn)
	var ring []orb.Point
	for _, corner := range [4][2]float64{{-0.5, -0.5}, {0.5, -0.5}, {0.5, 0.5}, {-0.5, 0.5}} {
		dx, dy := corner[0]*length, corner[1]*depth
		s, t := x+dx*cos-dy*sin, y+dx*sin+dy*cos
		q := orb.Point{p.middle[0] + p.along[0]*s + p.across[0]*t, p.middle[1] + p.along[1]*s + p.across[1]*t}
		if !p.block.within(q, p.u, p.v, p.margin) {
			return nil
		}
		ring = append(ring, q)
	}
	return ring
}

// parcel builds a parcel of a block over.
func (k *basemapSketch) parcel(d *dice, b block, u, v [2]float64, how use) {
	fence := 10.0
	if how == compound {
		fence = 20
	}
	p := newPlot(b, u, v, fence)
	p.yard = how == compound
	if p.width < 25 || p.height < 16 {
		return
	}
	turn := d.between(-0.012, 0.012)
	build := func(x, y, length, depth float64) {
		if ring := p.house(x, y, length, depth, turn); ring != nil {
			k.add(assets.BasemapBuilding, "", ring)
		}
	}
	switch how {
	case slabs, compound:
		p.rows(d, build)
	case towers:
		side := d.between(21, 26)
		grid(p.width, p.height, side*2.5, side*2.4, func(x, y float64) { build(x, y, side*d.between(1, 1.2), side) })
	case market:
		grid(p.width, p.height, 92, 74, func(x, y float64) { build(x, y, d.between(48, 74), d.between(30, 50)) })
	case school:
		build(-p.width/2+9, 0, 14, p.height*0.8)
		build(6, p.height/2-9, p.width*0.7, 14)
		build(p.width*0.1, p.height/2-38, p.width*0.45, 13)
	case garden:
		k.add(assets.BasemapGreen, "", chamfered(b.quad(u[0], u[1], v[0], v[1], 8), 12))
	case vacant:
	}
}

// rows sets slabs in rows, one length to a row, now and then with a house left
// out for a playground.
func (p plot) rows(d *dice, build func(x, y, length, depth float64)) {
	depth, length, gap := d.between(12, 14), d.between(40, 58), d.between(13, 17)
	pitch := d.between(33, 40)
	n := int((p.height-depth)/pitch) + 1
	houses := max(1, int((p.width+gap)/(length+gap)))
	length = math.Min((p.width+gap)/float64(houses)-gap, 66)
	spacing := length + gap
	step := pitch
	if n > 1 {
		step = math.Min((p.height-depth)/float64(n-1), pitch*1.2)
	}
	playground := d.below(n*houses + 2)
	for r := range n {
		y := (float64(r) - float64(n-1)/2) * step
		for h := range houses {
			if r*houses+h == playground && n*houses > 3 {
				continue
			}
			build((float64(h)-float64(houses-1)/2)*spacing, y, length-d.between(0, 6), depth)
		}
	}
}

// grid visits the middles of as many cells as fit into a rectangle.
func grid(width, height, cellWidth, cellHeight float64, visit func(x, y float64)) {
	cols, rows := max(1, int(width/cellWidth)), max(1, int(height/cellHeight))
	for r := range rows {
		for c := range cols {
			visit(width*((float64(c)+0.5)/float64(cols)-0.5), height*((float64(r)+0.5)/float64(rows)-0.5))
		}
	}
}
