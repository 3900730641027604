package exchange

import (
	"fmt"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
)

// column is a strip of communities between two streets that run north, cut by
// streets that run east. Communities stand from south to north.
type column struct {
	west, east int // indices of the streets
	cuts       []string
	names      []string
}

var columns = []column{
	{0, 1, []string{"万通街", "商都路"}, []string{"十里铺", "万安街", "鑫苑花园"}},
	{1, 2, []string{"万安街", "榆林南路"}, []string{"邢屯", "金龙", "八里庙"}},
	{2, 3, []string{"万安街", "榆林南路"}, []string{"崔庄", "中南", "润城"}},
	{3, 4, []string{"商都路", "榆林北路"}, []string{"白庄", "黄河南路", "正弘山"}},
	{4, 6, []string{"商都路", "榆林北路", "金水东路"}, []string{"庙张", "宏图街", "民祥", "翡翠"}},
	{6, 8, []string{"兴荣街", "千宁街", "正光路"}, []string{"中兴路", "千宁街", "金庄", "正光街"}},
	{8, 10, []string{"金水东路"}, []string{"心怡路", "祭城"}},
}

// communities are the 22 communities with their division codes and residents.
// The residents add up to over 330,000; how they are spread is schematic.
var communities = map[string]struct {
	code      string
	residents int
}{
	"祭城": {"410105015001", 18400}, "庙张": {"410105015004", 14600}, "金庄": {"410105015005", 17900}, "邢屯": {"410105015006", 15600},
	"崔庄": {"410105015007", 16100}, "白庄": {"410105015008", 17300}, "十里铺": {"410105015009", 15200}, "八里庙": {"410105015010", 16400},
	"黄河南路": {"410105015011", 15900}, "金龙": {"410105015012", 13800}, "鑫苑花园": {"410105015013", 9800}, "千宁街": {"410105015014", 14100},
	"宏图街": {"410105015015", 21300}, "正弘山": {"410105015016", 11200}, "万安街": {"410105015017", 17600}, "中南": {"410105015018", 12700},
	"民祥": {"410105015019", 16700}, "中兴路": {"410105015020", 15800}, "心怡路": {"410105015021", 16500}, "正光街": {"410105015022", 13200},
	"润城": {"410105015023", 11900}, "翡翠": {"410105015024", 12400},
}

// resettlement is one of the 8 安置区: the block around a place, laid out in
// rows of compounds. They are called after the villages that moved there; their
// residents add up to nearly 80,000.
type resettlement struct {
	village   string
	at        orb.Point // longitude, latitude
	rows      []int     // compounds in each row, from south to north
	residents int
}

var resettlements = []resettlement{
	{"十里铺", orb.Point{113.7230, 34.7428}, []int{3, 2}, 9100},
	{"邢屯", orb.Point{113.7298, 34.7463}, []int{2, 2}, 9400},
	{"崔庄", orb.Point{113.7360, 34.7463}, []int{3, 2}, 9900},
	{"白庄", orb.Point{113.7423, 34.7470}, []int{3, 2}, 11200},
	{"庙张", orb.Point{113.7476, 34.7458}, []int{2, 2}, 8300},
	{"八里庙", orb.Point{113.7300, 34.7558}, []int{3, 2}, 10800},
	{"金庄", orb.Point{113.7575, 34.7653}, []int{2, 2}, 9800},
	{"祭城", orb.Point{113.7698, 34.7777}, []int{3, 2}, 11200},
}

// boundary is the outline of the subdistrict. It holds every vertex of the
// communities along it, so that they fit it exactly.
func (t *town) boundary() orb.Geometry {
	first, last := columns[0], columns[len(columns)-1]
	var ring []orb.Point
	for _, c := range columns {
		ring = append(ring, t.edge(t.south, c.west, c.east)...)
	}
	ring = append(ring, t.side(last.east, t.south, t.above)...)
	for i := len(columns) - 1; i >= 0; i-- {
		ring = append(ring, backward(t.edge(t.above, columns[i].west, columns[i].east))...)
	}
	return ringFromPlane(append(ring, backward(t.side(first.west, t.south, t.above))...))
}

// edge is the part of a line that runs east between two streets that run north.
func (t *town) edge(line curve, west, east int) []orb.Point {
	a, b := cross(t.north[west].line, line), cross(t.north[east].line, line)
	out := append([]orb.Point{a}, line.inner(a[0], b[0])...)
	return append(out, b)
}

// side is the part of a street that runs north between two lines that run east,
// with every corner of the communities on either side of it: neighbours share
// vertices as well as lines.
func (t *town) side(i int, south, above curve) []orb.Point {
	line := t.north[i].line
	a, b := cross(line, south), cross(line, above)
	corners := line.inner(a[1], b[1])
	for _, c := range columns {
		if c.west != i && c.east != i {
			continue
		}
		for _, cut := range c.cuts {
			if p := cross(line, t.lines[cut]); p[1] > a[1]+1 && p[1] < b[1]-1 {
				corners = append(corners, p)
			}
		}
	}
	return append(append([]orb.Point{a}, sortedNorth(corners)...), b)
}

// areas lists the boundary, the communities, the resettlement areas and their
// compounds, each after its parent.
func (t *town) areas(division string, boundary orb.Geometry) []assets.Area {
	total := 0
	for _, c := range communities {
		total += c.residents
	}
	outline := newArea(division, assets.LevelBoundary, division, "祭城路街道", nil, total, boundary)
	out := []assets.Area{outline}
	ids := map[string]uuid.UUID{}
	for _, c := range columns {
		lower := t.south
		for i, name := range c.names {
			upper := t.above
			if i < len(c.cuts) {
				upper = t.lines[c.cuts[i]]
			}
			ring := append(t.edge(lower, c.west, c.east), t.side(c.east, lower, upper)...)
			ring = append(ring, backward(t.edge(upper, c.west, c.east))...)
			ring = append(ring, backward(t.side(c.west, lower, upper))...)
			a := newArea(division, assets.LevelCommunity, communities[name].code, name+"社区", &outline.ID, communities[name].residents, ringFromPlane(ring))
			ids[name] = a.ID
			out = append(out, a)
			lower = upper
		}
	}
	for i, r := range resettlements {
		out = append(out, resettle(division, i+1, r, t.villages[i], ids[r.village])...)
	}
	return out
}

// resettle draws a resettlement area and its compounds.
func resettle(division string, number int, r resettlement, block block, community uuid.UUID) []assets.Area {
	whole := newArea(division, assets.LevelResettlement, fmt.Sprintf("AZ-%02d", number), r.village+"安置区", &community, r.residents,
		ringFromPlane(block.quad(0, 1, 0, 1, 3)))
	out := []assets.Area{whole}
	compounds := 0
	for _, n := range r.rows {
		compounds += n
	}
	left := r.residents
	for row, n := range r.rows {
		for column := range n {
			i := len(out)
			residents := left / (compounds - i + 1)
			if i < compounds { // no two compounds are alike
				residents += (i%3 - 1) * 140
			}
			left -= residents
			v0, v1 := float64(row)/float64(len(r.rows)), float64(row+1)/float64(len(r.rows))
			ring := block.quad(float64(column)/float64(n), float64(column+1)/float64(n), v0, v1, 9)
			out = append(out, newArea(division, assets.LevelCompound, fmt.Sprintf("LY-%02d-%02d", number, i),
				fmt.Sprintf("%s安置区%d号院", r.village, i), &whole.ID, residents, ringFromPlane(ring)))
		}
	}
	return out
}

func newArea(division, level, code, name string, parent *uuid.UUID, residents int, g orb.Geometry) assets.Area {
	return assets.Area{Header: sampleHeader(division, "area/"+level, code), Code: code, Name: name, Level: level, Parent: parent,
		Residents: &residents, Source: SampleSource, Geometry: g}
}
