package exchange

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"streetbook/assets"
)

// rank says how wide a street of the sample is.
type rank struct {
	kerb     float64 // metres from the centre line to the kerb
	frontage float64 // metres from the centre line to the shop fronts
}

var (
	avenue = rank{kerb: 15, frontage: 27}
	road   = rank{kerb: 10, frontage: 19}
	lane   = rank{kerb: 6.5, frontage: 13.5}
)

// street is a whole road of the sample. One that runs east begins and ends at
// streets that run north, given by their index in the town.
type street struct {
	name     string
	rank     rank
	line     curve
	from, to int
}

// town is the network of the sample, in the plane. Streets that run north stand
// from west to east; the first and the last bound the subdistrict and are not
// its own. The rivers bound it in the south and the north, mid-stream.
type town struct {
	north, east  []street
	south, above curve
	lines        map[string]curve // of the streets that run east, by name
	sheet        []block          // the map, within the subdistrict and beyond
	villages     []block          // of the resettlement areas, in their order
	parks        []block          // of the parks, in their order
}

// riverStep and streetStep are the distances of nodes along the curves.
const (
	riverStep  = 45
	streetStep = 90
)

func newTown() (*town, error) {
	t := &town{}
	t.south = smooth(0, riverStep, orb.Point{113.706, 34.7360}, orb.Point{113.719, 34.7382}, orb.Point{113.7268, 34.73895},
		orb.Point{113.733, 34.7397}, orb.Point{113.739, 34.7413}, orb.Point{113.7457, 34.74335}, orb.Point{113.7495, 34.74445},
		orb.Point{113.755, 34.74515}, orb.Point{113.760, 34.7498}, orb.Point{113.7645, 34.7563}, orb.Point{113.767, 34.7597},
		orb.Point{113.772, 34.7655}, orb.Point{113.785, 34.7735})
	t.above = smooth(0, riverStep, orb.Point{113.706, 34.7540}, orb.Point{113.719, 34.7566}, orb.Point{113.7268, 34.7590},
		orb.Point{113.733, 34.7607}, orb.Point{113.739, 34.7637}, orb.Point{113.7457, 34.7668}, orb.Point{113.7495, 34.7691},
		orb.Point{113.755, 34.7743}, orb.Point{113.760, 34.7794}, orb.Point{113.7645, 34.7836}, orb.Point{113.767, 34.7857},
		orb.Point{113.772, 34.7873}, orb.Point{113.785, 34.7890})
	t.lay()
	t.lines = map[string]curve{}
	for _, s := range t.east {
		t.lines[s.name] = s.line
	}
	t.sheet = t.blocks()
	for _, r := range resettlements {
		b, err := t.blockAt(r.at)
		if err != nil {
			return nil, err
		}
		t.villages = append(t.villages, b)
	}
	for _, p := range parks {
		b, err := t.blockAt(p.at)
		if err != nil {
			return nil, err
		}
		t.parks = append(t.parks, b)
	}
	return t, nil
}

// lay lays the streets. Names and places are the published ones; 万安街, 千宁街,
// 正光街 and 平安大道 (once 祭城路) exist, but where they run is schematic.
func (t *town) lay() {
	t.north = []street{
		{name: "中州大道", rank: avenue, line: meridian(113.71905, 0)},
		{name: "通泰路", rank: road, line: meridian(113.7268, 0.03)},
		{name: "聚源路", rank: lane, line: meridian(113.733, 0.03)},
		{name: "黄河南路", rank: avenue, line: meridian(113.739, 0.03)},
		{name: "民生路", rank: road, line: meridian(113.7457, 0.03)},
		{name: "农业南路", rank: avenue, line: meridian(113.7495, 0.03)},
		{name: "康平路", rank: road, line: meridian(113.755, 0.03)},
		{name: "东风南路", rank: avenue, line: meridian(113.760, 0.03)},
		{name: "普惠路", rank: lane, line: meridian(113.7645, 0.03)},
		{name: "心怡路", rank: road, line: meridian(113.767, 0.03)},
		{name: "东三环", rank: avenue, line: meridian(113.77195, 0)},
	}
	t.east = []street{
		{name: "永平路", rank: lane, line: parallel(34.7421), from: 0, to: 3},
		{name: "万通街", rank: lane, line: parallel(34.7445), from: 0, to: 4},
		{name: "万安街", rank: lane, line: parallel(34.7483), from: 0, to: 3},
		{name: "商都路", rank: avenue, from: 0, to: 6, line: smooth(0, streetStep, orb.Point{113.706, 34.7540}, orb.Point{113.719, 34.7534},
			orb.Point{113.7268, 34.7530}, orb.Point{113.734, 34.7515}, orb.Point{113.744, 34.7489}, orb.Point{113.754, 34.7462}, orb.Point{113.762, 34.7444})},
		{name: "福禄街", rank: lane, line: parallel(34.7500), from: 4, to: 6},
		{name: "宏图街", rank: lane, line: parallel(34.7530), from: 5, to: 7},
		{name: "榆林南路", rank: road, line: parallel(34.7543), from: 1, to: 5},
		{name: "商鼎路", rank: road, line: parallel(34.7555), from: 5, to: 7},
		{name: "榆林北路", rank: road, line: parallel(34.7575), from: 1, to: 6},
		{name: "兴荣街", rank: lane, line: parallel(34.7590), from: 6, to: 8},
		{name: "千宁街", rank: lane, line: parallel(34.7632), from: 6, to: 9},
		{name: "金水东路", rank: avenue, from: 3, to: 10, line: smooth(0, streetStep, orb.Point{113.730, 34.7596}, orb.Point{113.739, 34.7620},
			orb.Point{113.7495, 34.7650}, orb.Point{113.7585, 34.7679}, orb.Point{113.767, 34.7710}, orb.Point{113.780, 34.7760})},
		{name: "正光路", rank: road, line: parallel(34.7718), from: 6, to: 9},
		{name: "正光街", rank: lane, line: parallel(34.7757), from: 7, to: 10},
		{name: "平安大道", rank: road, line: parallel(34.7797), from: 8, to: 10},
	}
}

// meridian is a street that runs north near a longitude: it leans east by so
// much of its way, and swings a little, as streets do.
func meridian(lon, lean float64) curve {
	var knots []orb.Point
	for lat := 34.720; lat < 34.806; lat += 0.005 {
		swing := 0.00015 * math.Sin((lat-34.7+lon)*160)
		if lean == 0 {
			swing = 0
		}
		knots = append(knots, orb.Point{lon + lean*(lat-originLat) + swing, lat})
	}
	return smooth(1, streetStep, knots...)
}

// parallel is a street that runs east near a latitude, square to the meridians.
func parallel(lat float64) curve {
	var knots []orb.Point
	for lon := 113.700; lon < 113.792; lon += 0.005 {
		swing := 0.00012 * math.Sin((lon-113.7+lat)*140)
		knots = append(knots, orb.Point{lon, lat + 0.02*(lon-originLon) + swing})
	}
	return smooth(0, streetStep, knots...)
}

// keySegments are the 17 重点整治路段, around the resettlement areas: the road
// and where the segment begins.
var keySegments = [][2]string{
	{"通泰路", "永平路"}, {"万通街", "中州大道"}, {"万通街", "通泰路"}, {"聚源路", "万通街"}, {"万通街", "聚源路"}, {"黄河南路", "万通街"},
	{"商都路", "黄河南路"}, {"民生路", "万通街"}, {"商都路", "民生路"}, {"农业南路", "七里河"}, {"榆林南路", "通泰路"}, {"榆林北路", "通泰路"},
	{"聚源路", "榆林南路"}, {"千宁街", "康平路"}, {"康平路", "千宁街"}, {"平安大道", "心怡路"}, {"心怡路", "正光街"},
}

// ends are how far the frontages of the streets at both ends of a segment reach
// into it, in metres; nothing stands on the crossing itself.
type ends struct {
	street     rank
	start, end float64
	// signals say whether an end is a crossing with traffic lights.
	startSignals, endSignals bool
}

// stop is where a street meets another, or a river.
type stop struct {
	name string
	rank rank
	at   orb.Point
}

// segments cuts every street of the subdistrict's own at its crossings.
func (t *town) segments(division string) ([]assets.Segment, []ends, error) {
	var segments []assets.Segment
	var all []ends
	add := func(s street, stops []stop) {
		for i := range len(stops) - 1 {
			a, b := stops[i], stops[i+1]
			line := orb.LineString{fromPlane(a.at)}
			for _, p := range s.line.inner(a.at[s.line.axis], b.at[s.line.axis]) {
				line = append(line, fromPlane(p))
			}
			line = append(line, fromPlane(b.at))
			code := fmt.Sprintf("LD-%03d", len(segments)+1)
			segments = append(segments, assets.Segment{
				Header: sampleHeader(division, "segment", s.name+"/"+a.name),
				Code:   code, Name: s.name + "（" + a.name + "—" + b.name + "）", Road: s.name, From: a.name, To: b.name,
				Key:    slices.Contains(keySegments, [2]string{s.name, a.name}),
				Status: assets.StatusInService, Source: SampleSource, Geometry: line,
			})
			all = append(all, ends{street: s.rank, start: a.rank.frontage, end: b.rank.frontage,
				startSignals: s.rank.kerb >= 10 && a.rank.kerb >= 10 && i > 0, endSignals: s.rank.kerb >= 10 && b.rank.kerb >= 10 && i+2 < len(stops)})
		}
	}
	for _, s := range t.east {
		add(s, t.stopsEast(s))
	}
	for i := 1; i < len(t.north)-1; i++ {
		add(t.north[i], t.stopsNorth(i))
	}
	if n := countKey(segments); n != len(keySegments) {
		return nil, nil, fmt.Errorf("sample: %d of the %d key segments exist", n, len(keySegments))
	}
	return segments, all, nil
}

func countKey(segments []assets.Segment) int {
	n := 0
	for _, s := range segments {
		if s.Key {
			n++
		}
	}
	return n
}

// stopsEast lists the crossings of a street that runs east.
func (t *town) stopsEast(s street) []stop {
	var stops []stop
	for i := s.from; i <= s.to; i++ {
		stops = append(stops, stop{t.north[i].name, t.north[i].rank, cross(t.north[i].line, s.line)})
	}
	return stops
}

// stopsNorth lists the crossings of a street that runs north, from river to river.
func (t *town) stopsNorth(i int) []stop {
	bank := rank{kerb: 0, frontage: riverBank}
	line := t.north[i].line
	stops := []stop{{"七里河", bank, cross(line, t.south)}}
	for _, s := range t.east {
		if s.from <= i && i <= s.to {
			stops = append(stops, stop{s.name, s.rank, cross(line, s.line)})
		}
	}
	slices.SortFunc(stops[1:], func(a, b stop) int { return cmp.Compare(a.at[1], b.at[1]) })
	river := "熊儿河"
	if i > 5 {
		river = "东风渠"
	}
	return append(stops, stop{river, bank, cross(line, t.above)})
}
