package exchange

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"streetbook/assets"
)

// parks are blocks that are green altogether, by a place in each.
var parks = []struct {
	name string
	at   orb.Point
	lake bool
}{
	{"中心游园（示意）", orb.Point{113.7622, 34.7660}, true},
	{"滨河游园（示意）", orb.Point{113.7522, 34.7458}, false},
	{"街头游园（示意）", orb.Point{113.7425, 34.7645}, false},
	{"", orb.Point{113.7360, 34.7518}, false},
	{"", orb.Point{113.7695, 34.7735}, false},
	{"", orb.Point{113.7150, 34.7480}, false},
	{"", orb.Point{113.7520, 34.7772}, false},
	{"", orb.Point{113.7640, 34.7520}, false},
}

// basemapSketch collects the features of the background, in order of painting.
type basemapSketch struct {
	division string
	features []assets.BasemapFeature
}

func (k *basemapSketch) add(kind, name string, ring []orb.Point) {
	key := fmt.Sprintf("%s/%d", kind, len(k.features))
	k.features = append(k.features, assets.BasemapFeature{Header: sampleHeader(k.division, "basemap", key), Kind: kind, Name: name,
		Source: SampleSource, Geometry: ringFromPlane(ring)})
}

// basemap draws the background: blocks, green, water, buildings. It goes on for
// some hundred metres beyond the subdistrict, so that its edge has context.
func (t *town) basemap(division string) []assets.BasemapFeature {
	k := &basemapSketch{division: division}
	green := map[orb.Point]bool{}
	for _, b := range t.parks {
		green[b.middle] = true
	}
	for _, b := range t.sheet {
		k.add(assets.BasemapBlock, "", chamfered(b.quad(0, 1, 0, 1, 0), 7))
	}
	k.add(assets.BasemapGreen, "七里河滨河绿带", band(t.south, riverBank))
	k.add(assets.BasemapGreen, "熊儿河、东风渠滨河绿带", band(t.above, riverBank))
	for i, p := range parks {
		k.add(assets.BasemapGreen, p.name, chamfered(t.parks[i].quad(0, 1, 0, 1, 5), 18))
	}
	t.water(k)
	for i, b := range t.sheet {
		if green[b.middle] {
			continue
		}
		d := newDice(fmt.Sprintf("block/%d", i))
		if rows := t.compoundRows(b); rows != nil {
			for r, n := range rows {
				for c := range n {
					k.parcel(d, b, slot(c, n), slot(r, len(rows)), compound)
				}
			}
			continue
		}
		cols, rows := max(1, int(math.Round(b.width/200))), max(1, int(math.Round(b.height/170)))
		for r := range rows {
			for c := range cols {
				k.parcel(d, b, slot(c, cols), slot(r, rows), lot(d, b))
			}
		}
	}
	return k.features
}

// compoundRows returns the layout of a resettlement area that fills the block.
func (t *town) compoundRows(b block) []int {
	for _, r := range resettlements {
		if b.holds(toPlane(r.at)) {
			return r.rows
		}
	}
	return nil
}

// slot is the i-th of n equal parts of 0 to 1.
func slot(i, n int) [2]float64 { return [2]float64{float64(i) / float64(n), float64(i+1) / float64(n)} }

// band is the ring around everything within metres of a line that runs east.
func band(line curve, metres float64) []orb.Point {
	return append(append([]orb.Point{}, line.moved(-metres).nodes...), backward(line.moved(metres).nodes)...)
}

// water draws the rivers, cut where the northern one changes its name, and the lake.
func (t *town) water(k *basemapSketch) {
	k.add(assets.BasemapWater, "七里河", band(t.south, riverWater))
	confluence := t.north[5].line.at(t.above.at(0))
	west, east := curve{}, curve{}
	for _, p := range t.above.nodes {
		if p[0] <= confluence {
			west.nodes = append(west.nodes, p)
		}
	}
	east.nodes = append([]orb.Point{west.nodes[len(west.nodes)-1]}, t.above.nodes[len(west.nodes):]...)
	k.add(assets.BasemapWater, "熊儿河", band(west, riverWater-3))
	k.add(assets.BasemapWater, "东风渠", band(east, riverWater+6))
	for i, p := range parks {
		if p.lake {
			k.add(assets.BasemapWater, "人工湖（示意）", shore(t.parks[i]))
		}
	}
}

// shore is the outline of the lake of a park: an oval with three bays.
func shore(b block) []orb.Point {
	var ring []orb.Point
	for i := range 48 {
		a := 2 * math.Pi * float64(i) / 48
		r := 0.31 + 0.045*math.Sin(2*a+0.6) + 0.035*math.Cos(3*a)
		ring = append(ring, b.at(0.52+r*math.Cos(a)*1.05, 0.5+r*math.Sin(a)*0.95))
	}
	return ring
}
