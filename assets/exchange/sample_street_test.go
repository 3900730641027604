package exchange

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

// Where the named roads really run, to 150 m: a longitude for those that run
// north, a latitude or several places for those that run east.
func TestSampleRoadsRunWhereTheyDo(t *testing.T) {
	r := sample(t)
	north := map[string]float64{"通泰路": 113.7268, "聚源路": 113.733, "黄河南路": 113.739, "民生路": 113.7457, "农业南路": 113.7495,
		"康平路": 113.755, "东风南路": 113.760, "普惠路": 113.7645, "心怡路": 113.767}
	east := map[string]float64{"永平路": 34.742, "万通街": 34.7445, "福禄街": 34.750, "宏图街": 34.753, "榆林南路": 34.7543, "商鼎路": 34.7555,
		"榆林北路": 34.758, "兴荣街": 34.759, "正光路": 34.772}
	seen := map[string]bool{}
	for _, s := range r.Segments {
		seen[s.Road] = true
		for _, p := range s.Geometry {
			want := p
			if lon, ok := north[s.Road]; ok {
				want[0] = lon
			} else if lat, ok := east[s.Road]; ok {
				want[1] = lat
			}
			if d := geo.Distance(p, want); d > 150 {
				t.Errorf("%s is %.0f m off at %v", s.Name, d, p)
			}
		}
	}
	for name := range north {
		if !seen[name] {
			t.Errorf("%s is missing", name)
		}
	}
	for name := range east {
		if !seen[name] {
			t.Errorf("%s is missing", name)
		}
	}
	for _, k := range []struct {
		road string
		at   orb.Point
	}{{"商都路", orb.Point{113.734, 34.7515}}, {"商都路", orb.Point{113.754, 34.7462}}, {"金水东路", orb.Point{113.739, 34.762}},
		{"金水东路", orb.Point{113.7495, 34.765}}, {"金水东路", orb.Point{113.767, 34.771}}} {
		near := math.Inf(1)
		for _, s := range r.Segments {
			if s.Road == k.road {
				near = math.Min(near, math.Abs(geo.NewLine(s.Geometry).Locate(k.at).Offset))
			}
		}
		if near > 150 {
			t.Errorf("%s is %.0f m from %v", k.road, near, k.at)
		}
	}
}

// Segments end where another street crosses, keep to the subdistrict, and 17 of
// them are key, each beside a resettlement area.
func TestSampleSegments(t *testing.T) {
	r := sample(t)
	codes, meetings, key := map[string]bool{}, map[orb.Point]int{}, 0
	inside := geo.NewDistricts([]orb.Geometry{r.Boundary()})
	resettled := level(r, assets.LevelResettlement)
	beside := map[uuid.UUID]bool{}
	for _, s := range r.Segments {
		if codes[s.Code] || s.Name != s.Road+"（"+s.From+"—"+s.To+"）" || geo.Length(s.Geometry) < 80 {
			t.Errorf("segment %+v, %.0f m", s, geo.Length(s.Geometry))
		}
		codes[s.Code] = true
		meetings[s.Geometry[0]]++
		meetings[s.Geometry[len(s.Geometry)-1]]++
		line := geo.NewLine(s.Geometry)
		if _, in := inside.Containing(line.At(line.Length() / 2)); !in {
			t.Errorf("%s leaves the subdistrict", s.Name)
		}
		if !s.Key {
			continue
		}
		key++
		near := false
		for _, a := range resettled {
			for _, p := range a.Geometry.(orb.Polygon)[0] {
				if math.Abs(line.Locate(p).Offset) < 45 {
					near, beside[a.ID] = true, true
				}
			}
		}
		if !near {
			t.Errorf("key segment %s is beside no resettlement area", s.Name)
		}
	}
	if key != 17 || len(beside) != 8 {
		t.Errorf("%d key segments beside %d resettlement areas", key, len(beside))
	}
	outline := geo.NewLine(orb.LineString(r.Boundary().(orb.Polygon)[0]))
	for p, n := range meetings {
		if n < 2 && math.Abs(outline.Locate(p).Offset) > 1 {
			t.Errorf("a segment ends at %v, where nothing is", p)
		}
	}
}

func TestSampleAssets(t *testing.T) {
	r := sample(t)
	if n := len(r.Assets); n < 4000 || n > 6000 {
		t.Errorf("%d assets", n)
	}
	classes := catalogue(t)[r.Jurisdiction.Profile]
	inside := geo.NewDistricts([]orb.Geometry{r.Boundary()})
	sources, conditions, before2019 := map[string]bool{}, map[string]int{}, 0
	for _, a := range r.Assets {
		c, ok := classes[a.Class]
		if !ok {
			t.Fatalf("%s has the unknown class %s", a.SourceID, a.Class)
		}
		kind := strings.TrimSuffix(strings.ToLower(a.Geometry.GeoJSONType()), "string")
		if kind != c.Geometry {
			t.Errorf("%s is a %s, want a %s", a.SourceID, kind, c.Geometry)
		}
		if sources[a.SourceID] || a.Name == "" || a.AccuracyM == nil {
			t.Errorf("incomplete or doubled: %+v", a)
		}
		sources[a.SourceID] = true
		conditions[a.Condition]++
		if a.InstalledOn < "2005-01-01" || a.InstalledOn > "2026-12-31" {
			t.Errorf("%s was installed on %s", a.SourceID, a.InstalledOn)
		}
		if a.InstalledOn < "2019" {
			before2019++
		}
		if _, in := inside.Containing(assets.ReferencePoint(a.Geometry)); !in {
			t.Errorf("%s stands outside the subdistrict", a.SourceID)
		}
		checkAttributes(t, a, c)
	}
	if before2019*2 < len(r.Assets) {
		t.Errorf("%d of %d assets are from before 2019", before2019, len(r.Assets))
	}
	for _, c := range assets.Conditions {
		if conditions[c] == 0 {
			t.Errorf("no asset is %s", c)
		}
	}
	if conditions[assets.ConditionGood]*10 < 8*len(r.Assets) {
		t.Errorf("conditions %v", conditions)
	}
}

// checkAttributes holds every attribute against its field.
func checkAttributes(t *testing.T, a assets.Asset, c assets.Class) {
	t.Helper()
	var values map[string]any
	if err := json.Unmarshal(a.Attributes, &values); err != nil {
		t.Fatal(err)
	}
	for key, v := range values {
		i := slices.IndexFunc(c.Fields, func(f assets.Field) bool { return f.Key == key })
		if i < 0 {
			t.Errorf("%s: %s %s has no field %s", a.SourceID, c.Code, c.Name, key)
			continue
		}
		f, ok := c.Fields[i], false
		switch v := v.(type) {
		case string:
			ok = f.Kind == assets.KindText && v != "" || f.Kind == assets.KindChoice && slices.Contains(f.Choices, v)
			if f.Kind == assets.KindDate {
				_, err := time.Parse(time.DateOnly, v)
				ok = err == nil
			}
		case float64:
			ok = f.Kind == assets.KindNumber && (f.Min == nil || v >= *f.Min) && (f.Max == nil || v <= *f.Max)
		case bool:
			ok = f.Kind == assets.KindFlag
		}
		if !ok {
			t.Errorf("%s: %s = %v does not fit %+v", a.SourceID, key, v, f)
		}
	}
}

// Assets found by linear referencing stand on the segment they were set on; at a
// crossing a few are nearer to the street that crosses.
func TestSampleAssetsStandOnTheirSegments(t *testing.T) {
	r := sample(t)
	locator := assets.NewLocator(r.Segments, r.Areas)
	code, key, lines := map[uuid.UUID]string{}, map[string]bool{}, map[string]*geo.Line{}
	for _, s := range r.Segments {
		code[s.ID], key[s.Code], lines[s.Code] = s.Code, s.Key, geo.NewLine(s.Geometry)
	}
	own, streets := 0, 0
	count, boxes, places := map[string]int{}, map[uuid.UUID]int{}, map[string]bool{}
	for _, a := range r.Assets {
		place := locator.Place(a.Geometry)
		of, _, _ := strings.Cut(a.SourceID, "/")
		if strings.HasPrefix(of, "LD-") {
			if place.Segment == nil {
				t.Errorf("%s stands on no segment", a.SourceID)
			} else if code[*place.Segment] == of {
				own++
			} else if at := lines[of].Locate(assets.ReferencePoint(a.Geometry)); math.Abs(at.Offset) > avenue.frontage+1 {
				t.Errorf("%s stands %.0f m from its segment", a.SourceID, at.Offset)
			}
			streets++
			if place.Community == nil {
				t.Errorf("%s stands in no community", a.SourceID)
			}
		}
		count[a.Class]++
		switch a.Class {
		case classSignboard:
			if !key[of] {
				t.Errorf("signboard %s is on no key segment", a.SourceID)
			}
		case classBox:
			boxes[*place.Community]++
		case classSculpture, classPiece, classBench:
			var at struct{ Location string }
			if err := json.Unmarshal(a.Attributes, &at); err != nil {
				t.Fatal(err)
			}
			places[at.Location] = true
			if a.InstalledOn < "2019" {
				t.Errorf("%s was there before 2019", a.SourceID)
			}
		}
	}
	if own*100 < streets*99 {
		t.Errorf("%d of %d assets stand on their own segment", own, streets)
	}
	if len(boxes) != 22 || count[classBox] != 22 {
		t.Errorf("%d suggestion boxes in %d communities", count[classBox], len(boxes))
	}
	if len(places) <= 30 || count[classSculpture] == 0 || count[classPiece] == 0 || count[classBench] == 0 {
		t.Errorf("city furniture at %d places: %v", len(places), count)
	}
	if count[classSignboard] < 400 {
		t.Errorf("%d signboards", count[classSignboard])
	}
	for _, class := range []string{classLamp, classTree, classBin, classHydrant, classBusStop, classSignal, classScreen, classAC, classStormCover, classSign, classFacade} {
		if count[class] == 0 {
			t.Errorf("no asset of class %s", class)
		}
	}
}

func TestSampleBasemap(t *testing.T) {
	r := sample(t)
	kinds, names := map[string]int{}, map[string]bool{}
	var bound orb.Bound
	for i, b := range r.Basemap {
		kinds[b.Kind]++
		names[b.Name] = true
		if bound = bound.Union(b.Geometry.Bound()); i == 0 {
			bound = b.Geometry.Bound()
		}
	}
	if n := kinds[assets.BasemapBuilding]; n < 1500 || n > 3000 {
		t.Errorf("%d buildings", n)
	}
	if kinds[assets.BasemapBlock] < 50 || kinds[assets.BasemapGreen] < 10 || !names["七里河"] || !names["熊儿河"] || !names["东风渠"] {
		t.Errorf("kinds %v", kinds)
	}
	own := r.Boundary().Bound()
	if !bound.Contains(own.Min) || !bound.Contains(own.Max) {
		t.Errorf("the map %v leaves out some of the subdistrict %v", bound, own)
	}
}
