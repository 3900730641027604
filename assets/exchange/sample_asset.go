package exchange

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

// Classes of the CJ/T 214-2007 set that the sample uses.
const (
	classWaterCover   = "0101"
	classSewerCover   = "0102"
	classStormCover   = "0103"
	classGrate        = "0104"
	classPowerCover   = "0105"
	classTelecomCover = "0107"
	classGasCover     = "0111"
	classHydrant      = "0113"
	classTelecomBox   = "0115"
	classLamp         = "0118"
	classFitness      = "0126"
	classTransformer  = "0134"
	classCamera       = "0136"
	classParking      = "0201"
	classBusStop      = "0203"
	classSign         = "0209"
	classSignal       = "0210"
	classGuardrail    = "0211"
	classStreetSign   = "0213"
	classToilet       = "0301"
	classBin          = "0305"
	classSignboard    = "0307"
	classTree         = "0402"
	classPlanter      = "0404"
	classSculpture    = "0406"
	classBench        = "0407"
	classNoticeBoard  = "0501"
	classOverhead     = "0197"
	classScreen       = "0198"
	classBox          = "0199"
	classFacade       = "0398"
	classAC           = "0399"
	classPiece        = "0499"
)

// attributes are the members under attributes of an asset.
type attributes map[string]any

// furnisher puts assets along segments and into areas.
type furnisher struct {
	division string
	classes  map[string]assets.Class
	out      []assets.Asset
	count    map[string]int // serials by place and class
	dice     *dice

	segment assets.Segment
	ends    ends
	line    *geo.Line
	year    int // when the segment was built
	err     error
}

// furnish fills the streets and areas of the sample.
func furnish(division string, segments []assets.Segment, all []ends, areas []assets.Area) ([]assets.Asset, error) {
	classes, err := Catalogue()
	if err != nil {
		return nil, err
	}
	f := &furnisher{division: division, classes: map[string]assets.Class{}, count: map[string]int{}}
	for _, c := range classes {
		if c.Profile == assets.ProfileCJT {
			f.classes[c.Code] = c
		}
	}
	places := 0
	for i, s := range segments {
		f.on(s, all[i])
		f.street()
		if s.Key {
			f.frontage()
			places += f.furniture(places)
		}
	}
	f.boxes(segments, all, areas)
	f.compounds(areas)
	slices.SortStableFunc(f.out, func(a, b assets.Asset) int { return cmp.Compare(a.Class, b.Class) })
	return f.out, f.err
}

// on makes a segment the place of what follows.
func (f *furnisher) on(s assets.Segment, e ends) {
	f.segment, f.ends, f.line, f.dice = s, e, geo.NewLine(s.Geometry), newDice(s.Code+s.Name)
	f.year = 2005 + f.dice.below(10)
}

// free returns the chainages between the crossings at both ends.
func (f *furnisher) free() (from, to float64) {
	return f.ends.start + 5, f.line.Length() - f.ends.end - 5
}

// at is the place so many metres from the line, left positive, at a chainage.
func (f *furnisher) at(chainage, offset float64) orb.Point {
	p := f.line.At(chainage)
	left := (f.line.Bearing(chainage) - 90) * math.Pi / 180
	return fromPlane(shifted(toPlane(p), offset*math.Sin(left), offset*math.Cos(left)))
}

func shifted(p orb.Point, east, north float64) orb.Point { return orb.Point{p[0] + east, p[1] + north} }

// Sides as signs of an offset.
const (
	left  = 1.0
	right = -1.0
)

// sides are both sides of a segment, left first.
var sides = [...]float64{left, right}

// along visits every chainage from first on, pitch metres apart, give or take
// what the ground dictates.
func (f *furnisher) along(first, pitch float64, visit func(chainage float64)) {
	from, to := f.free()
	for c := from + first; c <= to; c += pitch {
		visit(c + f.dice.between(-0.35, 0.35))
	}
}

// stand puts a point asset at a chainage and offset of the segment.
func (f *furnisher) stand(class string, chainage, offset float64, installed string, a attributes) {
	f.put(class, f.segment.Code, f.segment.Road, f.at(chainage, offset), installed, a)
}

// put adds an asset. Its name is the class's, after the place and before a
// number, unless the attributes hold a name of its own under "name".
func (f *furnisher) put(class, placeCode, place string, g orb.Geometry, installed string, a attributes) {
	c := f.classes[class]
	f.count[placeCode+class]++
	number := f.count[placeCode+class]
	id := fmt.Sprintf("%s/%s/%03d", placeCode, class, number)
	name := fmt.Sprintf("%s%s%03d", place, c.Name, number)
	if own, ok := a["name"].(string); ok {
		name = own
	}
	delete(a, "name")
	accuracy := f.accuracy(class)
	f.keepers(c, a)
	raw, err := json.Marshal(a)
	if err != nil {
		f.err = errors.Join(f.err, fmt.Errorf("sample: %s: %w", id, err))
	}
	f.out = append(f.out, assets.Asset{
		Header: sampleHeader(f.division, "asset", id), Class: class, Name: name, Status: f.status(class),
		Condition: f.condition(installed), AccuracyM: &accuracy, Source: SampleSource, SourceID: id, SourceCRS: "EPSG:4326",
		InstalledOn: installed, Attributes: raw, Geometry: g,
	})
}

// accuracy is what a survey of the class would state: covers were measured by
// satellite with corrections, the rest mostly by telephone.
func (f *furnisher) accuracy(class string) float64 {
	switch f.classes[class].Icon {
	case "manhole", "grate":
		return pick(f.dice, 0.3, 0.4, 0.5)
	case "lamp", "tree", "signal", "signboard":
		return pick(f.dice, 0.5, 0.8, 1, 1)
	}
	return pick(f.dice, 1, 2, 3, 4.5)
}

// condition is worse with age, and mostly good.
func (f *furnisher) condition(installed string) string {
	old := 0.4
	if installed < "2012" {
		old = 1.5
	} else if installed < "2019" {
		old = 1
	}
	switch x := f.dice.between(0, 1) / old; {
	case x < 0.008:
		return assets.ConditionDangerous
	case x < 0.035:
		return assets.ConditionPoor
	case x < 0.13:
		return assets.ConditionFair
	}
	return assets.ConditionGood
}

// status leaves a trace of bins and signs that went away.
func (f *furnisher) status(class string) string {
	if (class == classBin || class == classSignboard) && f.dice.chance(0.015) {
		return assets.StatusRemoved
	}
	return assets.StatusInService
}

// keepers says who looks after an asset, by the major class and what it is.
func (f *furnisher) keepers(c assets.Class, a attributes) {
	department, maintainer := "城市管理主管部门", "市政养护单位（示意）"
	switch {
	case c.Icon == "lamp":
		department, maintainer = "城市照明主管部门", "照明养护单位（示意）"
	case c.Code == classSignal || c.Code == classSign || c.Code == classGuardrail || c.Code == classCamera:
		department, maintainer = "公安交通管理部门", "交通设施养护单位（示意）"
	case c.Icon == "hydrant":
		department, maintainer = "消防救援部门", "供水单位（示意）"
	case c.Code == classBox || c.Code == classScreen || c.Code == classNoticeBoard || c.Code == classFitness:
		department, maintainer = "祭城路街道办事处", "所在社区"
	case c.Code[:2] == "04":
		department, maintainer = "园林绿化主管部门", "绿化养护单位（示意）"
	case c.Code == classTelecomCover || c.Code == classTelecomBox:
		department, maintainer = "通信主管部门", "通信运营单位（示意）"
	case c.Code == classPowerCover || c.Code == classTransformer:
		department, maintainer = "电力主管部门", "供电单位（示意）"
	}
	for _, field := range c.Fields {
		switch _, said := a[field.Key]; {
		case said:
		case field.Key == "department":
			a["department"] = department
		case field.Key == "maintainer":
			a["maintainer"] = maintainer
		case field.Key == "data_source":
			a["data_source"] = pick(f.dice, "实测", "实测", "普查", "人工上报")
		case field.Key == "surveyed_on":
			a["surveyed_on"] = f.dice.date(2020, 2025)
		}
	}
}
