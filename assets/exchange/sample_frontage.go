package exchange

import (
	"fmt"
	"math"
)

// frontage puts the shops of a key segment: runs of narrow fronts with gaps
// between them, each front with its sign, some with an outdoor unit above.
func (f *furnisher) frontage() {
	from, to := f.free()
	regularised := 2019 + f.dice.below(4)
	for _, sign := range sides {
		for c := from + f.dice.between(6, 30); c < to-20; c += f.dice.between(105, 165) {
			run := 4 + f.dice.below(4)
			floors := 1 + f.dice.below(2)
			start := c
			for range run {
				width := f.dice.between(3.6, 7.2)
				if c+width > to {
					break
				}
				f.shop(c+width/2, sign, width, regularised, floors)
				c += width
			}
			if f.dice.chance(0.16) && c-start > 15 {
				f.strip(classFacade, start, c, sign*(f.ends.street.frontage+0.2), f.dice.date(2019, 2024), attributes{
					"finish": pick(f.dice, "真石漆", "涂料", "铝板"), "floors": 2 + f.dice.below(4), "area_m2": math.Round((c - start) * 6)})
			}
		}
	}
}

// shop puts one shop front.
func (f *furnisher) shop(chainage, sign, width float64, regularised, floors int) {
	name := shopName(f.dice)
	number := 1 + int(chainage/4)*2
	if sign < 0 {
		number++
	}
	length, height := round1(width-0.3), round1(f.dice.between(0.9, 1.5))
	installed := f.dice.date(regularised, min(regularised+4, 2025))
	a := attributes{
		"name": name, "facility_no": fmt.Sprintf("MT-%s-%s%03d", f.segment.Code[3:], map[float64]string{left: "L", right: "R"}[sign], int(chainage)),
		"facility_type": "户外招牌", "mount_type": "附属式", "position": "牌匾标识", "sign_text": name, "shop_name": name,
		"licence_no": fmt.Sprintf("92410105SAMPLE%04d", len(f.out)%10000), "address": fmt.Sprintf("%s%d号", f.segment.Road, number),
		"facing": f.facing(chainage, sign), "floor": 1, "material": pick(f.dice, "铝塑板", "亚克力发光字", "镀锌板烤漆", "不锈钢字", "防腐木"),
		"spec_count": fmt.Sprintf("1 块 %.1f×%.1f m", length, height), "length_m": length, "height_m": height, "thickness_m": pick(f.dice, 0.12, 0.15, 0.2),
		"area_m2": math.Round(length*height*100) / 100, "bottom_height_m": round1(f.dice.between(2.8, 3.5)), "structure_type": pick(f.dice, "钢架", "铝型材"),
		"lighting": pick(f.dice, "内透光", "发光字", "发光字", "外投光", "无"), "responsible_party": name, "owner": name, "maintainer": name,
		"inspected_on": f.dice.date(2024, 2025), "inspection_result": pick(f.dice, "合格", "合格", "合格", "整改后合格"),
		"issue": pick(f.dice, "无", "无", "无", "无", "无", "无", "不洁", "缺亮", "锈蚀", "破损"),
	}
	if a["registration_status"] = pick(f.dice, "备案", "备案", "备案", "受理", "未备案"); a["registration_status"] == "备案" {
		a["approval_no"] = fmt.Sprintf("示意备%d-%04d", regularised, len(f.out)%10000)
		a["expires_on"] = f.dice.date(2027, 2029)
	}
	f.stand(classSignboard, chainage, sign*(f.ends.street.frontage+0.1), installed, a)
	if f.dice.chance(0.2) {
		f.stand(classAC, chainage+width*0.3, sign*(f.ends.street.frontage+0.4), f.dice.date(2008, 2024), attributes{
			"units": 1 + f.dice.below(2), "floor": 1 + floors, "mounting": pick(f.dice, "墙面支架", "机位"), "bottom_height_m": round1(2.6 + 1.6*float64(floors)),
			"screened": f.dice.chance(0.6), "drained": f.dice.chance(0.7), "placing": "建筑退界"})
	}
}

func round1(v float64) float64 { return math.Round(v*10) / 10 }

// facing is where a front on that side looks: across the street.
func (f *furnisher) facing(chainage, sign float64) string {
	bearing := f.line.Bearing(chainage) + 90*sign
	names := [...]string{"北", "东北", "东", "东南", "南", "西南", "西", "西北"}
	return names[int(math.Round(math.Mod(bearing+360, 360)/45))%8]
}

// shopName makes the name of a shop that is not meant to exist.
func shopName(d *dice) string {
	owner := pick(d, "老陈家", "福满", "豫味", "张记", "李记", "和顺", "鑫源", "晨光", "众诚", "佳和", "小城", "百姓", "金穗", "如意", "恒丰", "阳光",
		"好邻居", "益民", "德顺", "聚福", "锦绣", "新苑", "同心", "康宁", "悦来", "万家", "顺达", "中原", "美佳", "惠民", "春风", "天天")
	trade := pick(d, "烩面馆", "胡辣汤", "羊肉汤馆", "便利店", "大药房", "五金店", "理发店", "水果店", "茶庄", "眼镜店", "手机维修", "房产中介", "图文打印",
		"干洗店", "面包房", "火锅店", "母婴用品", "烟酒店", "电动车行", "宠物店", "口腔诊所", "文具店", "早餐店", "服装店", "花店", "蔬菜超市", "推拿馆", "小吃店", "裁缝店", "粮油店")
	return owner + trade
}
