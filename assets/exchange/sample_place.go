package exchange

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

// furniture sets the places where city furniture was added since 2019: a small
// sculpture or a street piece with leisure seats beside it, or seats alone. They
// are numbered through the subdistrict; it returns how many it set.
func (f *furnisher) furniture(before int) int {
	from, to := f.free()
	n := 2
	if f.line.Length() > 530 {
		n = 3
	}
	for i := range n {
		number := before + i + 1
		sign := sides[number%2]
		c := from + (to-from)*(float64(i)+0.55)/float64(n)
		offset := sign * (f.ends.street.kerb + 4.6)
		where := fmt.Sprintf("城市家具第%d处", number)
		if number%3 != 0 {
			f.artwork(number, c, offset, where)
		}
		for k := range 2 + number%2 {
			f.stand(classBench, c+float64(k+1)*3.2*math.Copysign(1, float64(1-2*(k%2)))+0.4, offset, f.dice.date(2019, 2026), attributes{
				"name": fmt.Sprintf("%s休闲座椅%d-%d", f.segment.Road, number, k+1), "seats": 3, "backrest": f.dice.chance(0.5), "material": pick(f.dice, "防腐木", "石材", "塑木"),
				"spec": "1.8×0.5 m", "location": where, "placing": "人行道"})
		}
	}
	return n
}

// artwork sets the small sculpture or the street piece of a place.
func (f *furnisher) artwork(number int, chainage, offset float64, where string) {
	class, title, noun := classSculpture, pick(f.dice, "读书的孩子", "遛鸟老人", "老街记忆", "丰收", "邻里", "归途", "童趣"), "小雕塑"
	if number%3 == 2 {
		class, title, noun = classPiece, pick(f.dice, "时光信箱", "花墙", "家风石", "水滴", "年轮", "廊架", "彩虹门"), "街头小品"
	}
	f.stand(class, chainage, offset, f.dice.date(2019, 2024), attributes{
		"name": noun + "《" + title + "》" + fmt.Sprint(number), "title": title, "theme": pick(f.dice, "邻里生活", "中原文化", "城市记忆"),
		"material": pick(f.dice, "锻铜", "玻璃钢", "不锈钢", "花岗岩"), "height_m": round1(f.dice.between(1.1, 2.4)), "location": where, "placing": "人行道"})
}

// boxes hangs one suggestion box in each community, on the frontage in the
// middle of its longest segment.
func (f *furnisher) boxes(segments []assets.Segment, all []ends, areas []assets.Area) {
	var communities []assets.Area
	var polygons []orb.Geometry
	for _, a := range areas {
		if a.Level == assets.LevelCommunity {
			communities, polygons = append(communities, a), append(polygons, a.Geometry)
		}
	}
	districts := geo.NewDistricts(polygons)
	type spot struct {
		segment int
		sign    float64
		length  float64
	}
	best := make([]spot, len(communities))
	for i, s := range segments {
		f.on(s, all[i])
		for _, sign := range sides {
			c, ok := districts.Containing(f.at(f.line.Length()/2, sign*all[i].street.frontage))
			if ok && f.line.Length() > best[c].length {
				best[c] = spot{i, sign, f.line.Length()}
			}
		}
	}
	for i, b := range best {
		f.on(segments[b.segment], all[b.segment])
		f.put(classBox, communities[i].Code, communities[i].Name, f.at(b.length/2-4, b.sign*(f.ends.street.frontage-0.6)), f.dice.date(2019, 2020), attributes{
			"name": communities[i].Name + "意见箱", "box_no": fmt.Sprintf("YJ-%02d", i+1), "opened_by": communities[i].Name + "党群服务中心", "opening_rhythm": "每周",
			"material": "不锈钢", "spec": "400×300×150 mm", "location": f.segment.Road, "placing": "建筑退界"})
	}
}

// compounds equips the resettlement areas and their compounds: fitness equipment
// in the middle, a notice board at the gate, a car park; a display board, a
// public toilet and cables overhead for each area.
func (f *furnisher) compounds(areas []assets.Area) {
	for _, a := range areas {
		f.dice = newDice(a.Code)
		switch a.Level {
		case assets.LevelResettlement:
			p, east := f.gate(a, 0.5)
			f.put(classScreen, a.Code, a.Name, fromPlane(p), f.dice.date(2019, 2023), attributes{
				"width_m": 4, "height_m": 2.2, "pixel_pitch_mm": 4, "content": "公示公告", "networked": true, "spec": "P4 户外", "placing": "建筑退界"})
			f.put(classToilet, a.Code, a.Name, rectangle(shifted(p, 24, 6), 14, 7), f.dice.date(2012, 2021), attributes{
				"stalls": 12 + f.dice.below(8), "accessible": true, "opening_hours": "全天"})
			f.put(classOverhead, a.Code, a.Name, orb.LineString{fromPlane(shifted(east, -70, 3)), fromPlane(shifted(east, -36, 3.5)), fromPlane(shifted(east, -4, 3))},
				f.dice.date(2005, 2012), attributes{"wire_type": pick(f.dice, "通信", "电力"), "height_m": 5.5, "undergrounding": pick(f.dice, "计划", "施工", "完成")})
		case assets.LevelCompound:
			p, _ := f.gate(a, 0.3)
			middle := toPlane(assets.ReferencePoint(a.Geometry))
			f.put(classFitness, a.Code, a.Name, fromPlane(shifted(middle, 3, -2)), f.dice.date(2010, 2022), attributes{
				"pieces": 5 + f.dice.below(8), "use": "漫步机、扭腰器、上肢牵引器", "placing": "楼院"})
			f.put(classNoticeBoard, a.Code, a.Name, fromPlane(p), f.dice.date(2012, 2023), attributes{
				"width_m": 3.6, "height_m": 2, "content": "居务公开", "material": "不锈钢", "placing": "楼院"})
			f.put(classParking, a.Code, a.Name, rectangle(shifted(middle, -18, 12), 26, 11), f.dice.date(2008, 2020), attributes{
				"spaces": 10, "charging": false, "operator": a.Name + "物业（示意）", "placing": "楼院"})
		}
	}
}

// gate is a place inside the southern edge of an area, part of the way from its
// west to its east, and the south-eastern corner.
func (f *furnisher) gate(a assets.Area, part float64) (gate, corner orb.Point) {
	b := a.Geometry.Bound()
	lon := b.Min[0] + (b.Max[0]-b.Min[0])*part
	polygons := geo.NewDistricts([]orb.Geometry{a.Geometry})
	lat := b.Min[1]
	for ; lat < b.Max[1]; lat += 0.00001 {
		if _, in := polygons.Containing(orb.Point{lon, lat}); in {
			break
		}
	}
	return shifted(toPlane(orb.Point{lon, lat}), 0, 3), toPlane(orb.Point{b.Max[0], lat})
}

// rectangle is a polygon of a width and a height in metres around a place.
func rectangle(p orb.Point, width, height float64) orb.Polygon {
	return ringFromPlane([]orb.Point{shifted(p, -width/2, -height/2), shifted(p, width/2, -height/2), shifted(p, width/2, height/2), shifted(p, -width/2, height/2)})
}
