package exchange

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// street puts the ordinary furniture along a segment: what every street has, in
// the rhythm streets have it.
func (f *furnisher) street() {
	f.lamps()
	f.covers()
	f.bins()
	f.traffic()
	if f.segment.Key {
		f.trees()
		f.grates()
		f.planters()
	}
	if f.ends.street.kerb >= road.kerb {
		f.hydrants()
		f.cabinets()
	}
}

// lamps stand some 30 m apart: opposite each other along avenues, staggered on both
// sides of roads, by turns on one side of lanes.
func (f *furnisher) lamps() {
	built := f.dice.date(f.year, f.year+1)
	power, height, arms := 250, 12.0, 2
	switch f.ends.street {
	case road:
		power, height, arms = 180, 10, 1
	case lane:
		power, height, arms = 90, 7, 1
	}
	n := 0
	put := func(sign float64) func(float64) {
		return func(c float64) {
			n++
			installed, source := built, "高压钠灯"
			if f.dice.chance(0.12) || f.segment.Key && f.dice.chance(0.3) {
				installed, source = f.dice.date(2016, 2025), "LED"
			}
			f.stand(classLamp, c, sign*(f.ends.street.kerb+0.8), installed, attributes{
				"lamp_power_w": power, "light_source": source, "pole_height_m": height, "arms": arms,
				"control_cabinet": fmt.Sprintf("KZ-%s-%d", f.segment.Code[3:], 1+n/24), "placing": "人行道", "material": "热镀锌钢"})
		}
	}
	switch {
	case f.ends.street == avenue:
		f.along(5, 32, put(left))
		f.along(5, 32, put(right))
	case f.ends.street == road || f.segment.Key:
		f.along(5, 40, put(left))
		f.along(25, 40, put(right))
	default:
		f.along(5, 60, put(left))
		f.along(35, 60, put(right))
	}
}

// trees stand 12.5 m apart on both sides, between the lamps, one kind to a street.
func (f *furnisher) trees() {
	species := pick(f.dice, "法桐", "国槐", "白蜡", "大叶女贞", "栾树")
	planted := f.dice.date(f.year, f.year+2)
	for _, sign := range sides {
		f.along(0.5, 12.5, func(c float64) {
			trunk, installed := f.dice.between(18, 34), planted
			if f.dice.chance(0.07) {
				trunk, installed = f.dice.between(8, 14), f.dice.date(2019, 2025)
			}
			f.stand(classTree, c, sign*(f.ends.street.kerb+1.6+f.dice.between(-0.15, 0.15)), installed, attributes{
				"species": species, "trunk_cm": math.Round(trunk), "height_m": math.Round(trunk*3.2) / 10, "crown_m": math.Round(trunk*2) / 10,
				"pit_cover": pick(f.dice, "树脂篦子", "树脂篦子", "地被植物", "无"), "placing": "人行道"})
		})
	}
}

// covers lie in the carriageway, each kind in its own line.
func (f *furnisher) covers() {
	pitch := 170.0
	if f.segment.Key {
		pitch = 32
	} else if f.ends.street == lane {
		pitch = 230
	}
	lines := []struct {
		class  string
		offset float64 // part of the way to the kerb
		name   string
	}{{classStormCover, -0.45, "雨水"}, {classSewerCover, 0.12, "污水"}, {classWaterCover, 0.7, "上水"}, {classStormCover, -0.45, "雨水"},
		{classTelecomCover, -0.8, "通讯"}, {classPowerCover, 0.85, "电力"}, {classGasCover, -0.65, "燃气"}}
	i := f.dice.below(len(lines))
	f.along(9, pitch, func(c float64) {
		l := lines[i%len(lines)]
		i++
		shape, material, size := "圆", "球墨铸铁", 700
		if l.class == classPowerCover || l.class == classTelecomCover {
			shape, material, size = "方", pick(f.dice, "复合材料", "球墨铸铁"), 900
		}
		f.stand(l.class, c, l.offset*f.ends.street.kerb, f.dice.date(f.year, f.year+3), attributes{
			"shape": shape, "material": material, "size_mm": size, "load_class": pick(f.dice, "C250", "D400", "D400"),
			"fall_net": l.class == classStormCover || l.class == classSewerCover, "placing": "车行道"})
	})
}

// grates lie at the kerb, 95 m apart, on both sides.
func (f *furnisher) grates() {
	for _, sign := range sides {
		f.along(20, 95, func(c float64) {
			f.stand(classGrate, c, sign*(f.ends.street.kerb-0.4), f.dice.date(f.year, f.year+3), attributes{
				"material": pick(f.dice, "球墨铸铁", "复合材料"), "spec": "750×450 mm", "trap": f.dice.chance(0.4), "placing": "车行道"})
		})
	}
}

// bins stand closer where people walk.
func (f *furnisher) bins() {
	pitch := 420.0
	if f.segment.Key {
		pitch = 130
	}
	for i, sign := range sides {
		f.along(18+float64(i)*pitch/2, pitch, func(c float64) {
			f.stand(classBin, c, sign*(f.ends.street.kerb+2.3), f.dice.date(2014, 2025), attributes{
				"bin_type": pick(f.dice, "果皮箱", "果皮箱", "分类垃圾箱"), "volume_l": pick(f.dice, 60, 80, 120), "streams": pick(f.dice, "两分类", "两分类", "四分类"),
				"material": pick(f.dice, "不锈钢", "镀锌板喷塑"), "placing": "人行道"})
		})
	}
}

// hydrants stand on one side, at the most 230 m apart.
func (f *furnisher) hydrants() {
	f.along(33, 230, func(c float64) {
		f.stand(classHydrant, c, left*(f.ends.street.kerb+0.9), f.dice.date(f.year, f.year+3), attributes{
			"hydrant_type": "地上式", "pressure_mpa": math.Round(f.dice.between(20, 35)) / 100, "spec": "SS100/65-1.6", "placing": "人行道"})
	})
}

// cabinets stand by the frontage, few of them.
func (f *furnisher) cabinets() {
	from, to := f.free()
	if to-from < 250 {
		return
	}
	if f.dice.chance(0.5) {
		f.stand(classTelecomBox, from+(to-from)*0.31, right*(f.ends.street.frontage-2.5), f.dice.date(f.year, 2018), attributes{"placing": "人行道", "spec": "288 芯"})
	}
	if f.dice.chance(0.35) {
		f.stand(classTransformer, from+(to-from)*0.64, left*(f.ends.street.frontage-2.2), f.dice.date(f.year, 2018), attributes{"placing": "绿化带", "capacity": "630 kVA"})
	}
}

// traffic puts lights and cameras at the crossings, signs before them, and a bus
// stop on either side of a long segment.
func (f *furnisher) traffic() {
	length, kerb := f.line.Length(), f.ends.street.kerb
	built := f.dice.date(f.year, f.year+1)
	if f.ends.startSignals {
		f.stand(classSignal, f.ends.start+1, left*(kerb+1.1), built, attributes{"signal_type": "机动车", "networked": f.dice.chance(0.8), "placing": "人行道"})
	}
	if f.ends.endSignals {
		f.stand(classSignal, length-f.ends.end-1, right*(kerb+1.1), built, attributes{"signal_type": "机动车", "networked": f.dice.chance(0.8), "placing": "人行道"})
		f.stand(classCamera, length-f.ends.end-3.5, right*(kerb+1.4), f.dice.date(2014, 2024), attributes{
			"camera_type": pick(f.dice, "枪机", "球机", "卡口"), "height_m": 6.5, "online": f.dice.chance(0.95), "placing": "人行道"})
	}
	if f.ends.street == lane && !f.segment.Key {
		return
	}
	f.stand(classStreetSign, f.ends.start+3, right*(kerb+1.9), built, attributes{"road": f.segment.Road, "support": "单柱", "placing": "人行道"})
	if length < 220 {
		return
	}
	f.stand(classSign, length-f.ends.end-38, right*(kerb+1), built, attributes{"sign_type": "指路", "sign_text": f.segment.To, "support": "悬臂", "placing": "人行道"})
	f.stand(classSign, f.ends.start+38, left*(kerb+1), built, attributes{
		"sign_type": "禁令", "sign_text": pick(f.dice, "限速 40", "限速 60", "禁止停车"), "support": "单柱", "placing": "人行道"})
	if f.ends.street != lane && length > 500 {
		for i, sign := range sides {
			f.busStop(length*(0.4+0.2*float64(i)), sign)
		}
	}
}

func (f *furnisher) busStop(chainage, sign float64) {
	f.stand(classBusStop, chainage, sign*(f.ends.street.kerb+2), f.dice.date(2010, 2020), attributes{
		"name": f.segment.Road + f.segment.To + "公交站", "stop_name": f.segment.Road + f.segment.To, "shelter": true, "shelter_m": pick(f.dice, 8, 12, 16),
		"lines": fmt.Sprintf("示意 %d 路、%d 路", 1+f.dice.below(200), 201+f.dice.below(99)), "placing": "人行道"})
}

// planters stand in pairs along a key segment; a guardrail keeps the carriageway
// of an avenue apart from its footway.
func (f *furnisher) planters() {
	from, to := f.free()
	for _, part := range []float64{0.18, 0.45, 0.82} {
		for _, sign := range sides {
			f.stand(classPlanter, from+(to-from)*part, sign*(f.ends.street.kerb+3.4), f.dice.date(2019, 2024), attributes{
				"plants": pick(f.dice, "月季", "矮牵牛", "石竹", "三色堇"), "material": pick(f.dice, "防腐木", "玻璃钢"), "spec": "1.2×0.5 m", "placing": "人行道"})
		}
	}
	if f.ends.street != lane {
		for _, sign := range sides {
			f.strip(classGuardrail, from+30, math.Min(from+110, to), sign*(f.ends.street.kerb+0.3), f.dice.date(2012, 2022), attributes{
				"material": "锌钢", "height_m": 1.1, "placing": "人行道"})
		}
	}
}

// strip puts a line asset beside the segment from one chainage to another.
func (f *furnisher) strip(class string, from, to, offset float64, installed string, a attributes) {
	var line orb.LineString
	n := max(2, int(math.Ceil((to-from)/20)))
	for i := range n + 1 {
		line = append(line, f.at(from+(to-from)*float64(i)/float64(n), offset))
	}
	f.put(class, f.segment.Code, f.segment.Road, line, installed, a)
}
