package exchange

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"

	"streetbook/assets"
	"streetbook/geo"
)

var lampClass = assets.Class{Code: "0118", Name: "路灯", NameEN: "Street lamp", Geometry: "point", Fields: []assets.Field{
	{Key: "power_w", Name: "功率", NameEN: "Power", Kind: assets.KindNumber, Unit: "W", Min: new(float64), Required: true},
	{Key: "material", Name: "材质", NameEN: "Material", Kind: assets.KindChoice, Choices: []string{"钢", "木"}},
	{Key: "note", Name: "备注", NameEN: "Note", Kind: assets.KindText},
	{Key: "checked_on", Name: "检查日期", NameEN: "Checked on", Kind: assets.KindDate},
	{Key: "location", Name: "位置描述", NameEN: "Location", Kind: assets.KindText},
	{Key: "lit", Name: "亮灯", NameEN: "Lit", Kind: assets.KindFlag},
}}

// load reads a whole text as a file of the name.
func load(t *testing.T, name, text string, c Conversion) ([]assets.Incoming, *Report) {
	t.Helper()
	if c.Class.Code == "" {
		c.Class = lampClass
	}
	if c.CRS == 0 {
		c.CRS = geo.WGS84
	}
	format, err := FormatOf(name)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := format.Open(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	converter, err := NewConverter(c)
	if err != nil {
		t.Fatal(err)
	}
	report := &Report{}
	var list []assets.Incoming
	for in, err := range Rows(reader, converter, report) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, in)
	}
	return list, report
}

func refusals(r *Report) string {
	var lines []string
	for _, f := range r.Refusals {
		lines = append(lines, fmt.Sprintf("%d %s: %s", f.Row, f.Field, f.Reason.EN))
	}
	return strings.Join(lines, "\n")
}

func TestChineseTableInGB18030(t *testing.T) {
	text := "编号,名称,经度,纬度,功率,材质,亮灯,检查日期,状况\nA1,祭城路灯,113.75,34.76,150,钢,是,2024年5月1日,较差\n"
	encoded, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{"GB18030": encoded, "UTF-8": text, "UTF-8 with BOM": "\ufeff" + text, "semicolons": strings.ReplaceAll(text, ",", ";"), "tabs": strings.ReplaceAll(text, ",", "\t")} {
		list, report := load(t, "lamps.csv", file, Conversion{Source: "test"})
		if len(list) != 1 || len(report.Refusals) > 0 {
			t.Fatalf("%s: %d rows, %s", name, len(list), refusals(report))
		}
		a := list[0].Asset
		if a.Name != "祭城路灯" || a.SourceID != "A1" || a.Condition != assets.ConditionPoor || a.Geometry != (orb.Point{113.75, 34.76}) {
			t.Errorf("%s: %+v", name, a)
		}
		if want := `{"power_w":150,"material":"钢","checked_on":"2024-05-01","lit":true}`; string(a.Attributes) != want {
			t.Errorf("%s: attributes %s, want %s", name, a.Attributes, want)
		}
	}
}

func TestRefusalsNameRowFieldAndReason(t *testing.T) {
	boundary := orb.Polygon{{{113.7, 34.7}, {113.8, 34.7}, {113.8, 34.8}, {113.7, 34.8}, {113.7, 34.7}}}
	text := `id,lon,lat,power_w,material
1,113.75,34.76,60,钢
2,0,0,60,钢
3,114.75,34.76,60,钢
4,east,34.76,60,钢
5,113.75,,60,钢
6,113.75,34.76,-1,石
7,113.75,NaN,60,钢
8,113.75,1e400,60,钢
9,213.75,34.76,60,钢
10,113.75,34.76
11,113.75,34.76,60,"钢"x
1,113.75,34.77,60,钢
`
	list, report := load(t, "lamps.csv", text, Conversion{Source: "test", Boundary: boundary})
	want := `3 lon: the position is 0,0, which is no position
4 lon: 114.750000,34.760000 lies outside the jurisdiction
5 lon: "east" is no finite number
6 lat: there is no coordinate
7 power_w: -1 is less than 0 W
7 material: "石" is not one of the choices: 钢、木
8 lat: "NaN" is no finite number
9 lat: "1e400" is no finite number
10 lon: longitude 213.75, latitude 34.76 is out of range (±180, ±90)
11 row: has only 3 cells, the header has 5
12 row: its quotes are wrong (line 12, column 24)`
	if got := refusals(report); got != want {
		t.Errorf("refused are\n%s\nwant\n%s", got, want)
	}
	if len(list) != 2 || report.Read != 12 || report.Refused != 10 || list[1].Asset.SourceID == "1" {
		t.Errorf("%d taken, %d read, %d refused, the second 1 is %q", len(list), report.Read, report.Refused, list[1].Asset.SourceID)
	}
}

func TestSameFileTwiceHasSameIDs(t *testing.T) {
	text := "lon,lat,note\n113.75,34.76,a\n113.75,34.76,a\n113.76,34.76,b\n"
	first, _ := load(t, "x.csv", text, Conversion{Source: "x"})
	second, _ := load(t, "x.csv", text, Conversion{Source: "x"})
	seen := map[string]bool{}
	for i := range first {
		id := first[i].Asset.SourceID
		if id == "" || id != second[i].Asset.SourceID || seen[id] {
			t.Errorf("row %d has the ids %q and %q", i, id, second[i].Asset.SourceID)
		}
		seen[id] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d rows, want 3", len(seen))
	}
}

func TestMappingAndPositionCells(t *testing.T) {
	cases := []struct {
		name, text string
		pairs      map[string]string
		want       orb.Point
	}{
		{"lat, lon in brackets", "LOCATION\n\"(41.8019, -87.625808)\"\n", nil, orb.Point{-87.625808, 41.8019}},
		{"lat,lon", "Location\n\"55.952976,-3.114088\"\n", nil, orb.Point{-3.114088, 55.952976}},
		{"WKT", "the_geom\nPOINT (-0.15497 51.543829)\n", nil, orb.Point{-0.15497, 51.543829}},
		{"named", "a,b\n1.5,2.5\n", map[string]string{"a": "lat", "b": "lon"}, orb.Point{2.5, 1.5}},
		{"a cell named like an attribute", "note,location\na,\"55.9,-3.1\"\n", nil, orb.Point{-3.1, 55.9}},
		{"longitude before x", "x,Longitude,Latitude\n9,1,2\n", nil, orb.Point{1, 2}},
	}
	for _, c := range cases {
		list, report := load(t, "x.csv", c.text, Conversion{Map: c.pairs})
		if len(list) != 1 || list[0].Asset.Geometry != c.want {
			t.Errorf("%s: %v, %s", c.name, list, refusals(report))
		}
	}
	list, report := load(t, "x.csv", "lon,lat,condition\n1,2,4\n", Conversion{Map: map[string]string{"Condition": "-"}})
	if len(list) != 1 || list[0].Asset.Condition != assets.ConditionGood {
		t.Errorf("a column that was left out: %v, %s", list, refusals(report))
	}
	if _, err := NewConverter(Conversion{Class: lampClass, CRS: geo.WGS84, Map: map[string]string{"a": "colour"}}); assets.ErrorCode(err) != assets.Invalid {
		t.Errorf("an unknown attribute is taken: %v", err)
	}
}

func TestGeoJSON(t *testing.T) {
	collection := `{"type":"FeatureCollection","name":"x","crs":{"properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"features":[
		{"type":"Feature","id":7,"geometry":{"type":"Point","coordinates":[113.75,34.76]},"properties":{"Name":"灯","power_w":60,"more":{"a":1}}},
		{"type":"Feature","geometry":null,"properties":{}},
		{"type":"Feature","geometry":{"type":"Point","coordinates":[113.75,34.76,12]},"properties":null},
		{"type":"Feature","geometry":{"type":"LineString","coordinates":[[0,0],[1,1]]},"properties":{}},
		{"type":"Fish"},
		{"type":"Feature","geometry":{"type":"Point","coordinates":[1e400,0]},"properties":{}}
	]}`
	list, report := load(t, "x.geojson", collection, Conversion{})
	if len(list) != 1 || list[0].Asset.SourceID != "7" || list[0].Asset.Name != "灯" || string(list[0].Asset.Attributes) != `{"power_w":60}` {
		t.Errorf("%+v", list)
	}
	want := `2 geometry: must not be null
3 geometry.coordinates: heights are not taken: a position must be [longitude, latitude]
4 geometry: class 路灯 must be a point, this is a LineString
5 feature: is no GeoJSON Feature
6 geometry.coordinates[0]: must be a finite number`
	if got := refusals(report); got != want {
		t.Errorf("refused are\n%s\nwant\n%s", got, want)
	}
	lines := `{"type":"Feature","id":"a","geometry":{"type":"Point","coordinates":[1,2]},"properties":{}}
{"type":"Feature","id":"b","geometry":{"type":"Point","coordinates":[3,4]},"properties":{}}
`
	if list, _ := load(t, "x.geojson", lines, Conversion{}); len(list) != 2 || list[1].Asset.SourceID != "b" {
		t.Errorf("features on lines: %+v", list)
	}
}

func TestBrokenFilesAreRefusedWhole(t *testing.T) {
	for name, text := range map[string]string{
		"empty.geojson": "", "cut.geojson": `{"type":"FeatureCollection","features":[{"type":"Feature"`,
		"array.geojson": `[]`, "none.geojson": `{"type":"FeatureCollection"}`, "type.geojson": `{"type":"Topology","features":[]}`,
		"crs.geojson":  `{"type":"FeatureCollection","crs":{"properties":{"name":"EPSG:27700"}},"features":[]}`,
		"deep.geojson": strings.Repeat("[", 100000), "empty.csv": "", "tail.geojson": `{"type":"FeatureCollection","features":[]`,
	} {
		if err := readAll(name, text); assets.ErrorCode(err) != assets.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func readAll(name, text string) error {
	format, err := FormatOf(name)
	if err != nil {
		return err
	}
	reader, err := format.Open(strings.NewReader(text))
	if err != nil {
		return err
	}
	converter, err := NewConverter(Conversion{Class: lampClass, CRS: geo.WGS84})
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for in, err := range Rows(reader, converter, &Report{}) {
		if err != nil {
			return err
		}
		if err := sound(in.Asset); err != nil {
			return err
		}
		if seen[in.Asset.SourceID] {
			return fmt.Errorf("the id %q comes twice", in.Asset.SourceID)
		}
		seen[in.Asset.SourceID] = true
	}
	return nil
}

// sound checks what holds of every asset that a row becomes, whatever the file.
func sound(a assets.Asset) error {
	if err := a.Validate(); err != nil {
		return fmt.Errorf("taken, and not valid: %s", err)
	}
	if err := geo.Validate(a.Geometry); err != nil {
		return fmt.Errorf("taken, and nowhere: %s", err)
	}
	if !json.Valid(a.Attributes) || !utf8.Valid(a.Attributes) || a.SourceID == "" {
		return fmt.Errorf("taken with the attributes %q and the id %q", a.Attributes, a.SourceID)
	}
	return nil
}

// TestSurveyAndWebMapCoordinates sends the test vectors of package geo through
// a whole file.
func TestSurveyAndWebMapCoordinates(t *testing.T) {
	for _, r := range table(t, "../../geo/testdata/gk_vectors.csv") {
		want := orb.Point{float(t, r["lon_cgcs2000"]), float(t, r["lat_cgcs2000"])}
		for crs, prefix := range map[geo.CRS]string{geo.GaussKruger114: "epsg4547", geo.GaussKruger114Zoned: "epsg4526"} {
			n, e := r[prefix+"_northing_x"], r[prefix+"_easting_y"]
			for _, text := range []string{"northing,easting\n" + n + "," + e + "\n", "X坐标,Y坐标\n" + n + "," + e + "\n", "x,y\n" + e + "," + n + "\n"} {
				list, report := load(t, "x.csv", text, Conversion{CRS: crs})
				if len(list) != 1 || geo.Distance(list[0].Asset.Geometry.(orb.Point), want) > 0.001 {
					t.Errorf("%s, %s: %v %s", r["name"], crs, list, refusals(report))
				}
			}
		}
	}
	for _, r := range table(t, "../../geo/testdata/gcj_vectors.csv") {
		if r["from_crs"] != "WGS84" || r["to_crs"] != "GCJ02" || r["kind"] == "outside-china identity" { // that one has longitude 183
			continue
		}
		list, report := load(t, "x.csv", "lng,lat\n"+r["lon_out"]+","+r["lat_out"]+"\n", Conversion{CRS: geo.GCJ02})
		want := orb.Point{float(t, r["lon_in"]), float(t, r["lat_in"])}
		if len(list) != 1 || geo.Distance(list[0].Asset.Geometry.(orb.Point), want) > 1 || *list[0].Asset.AccuracyM < 1 || list[0].Asset.SourceCRS != "GCJ-02" {
			t.Errorf("vector %s: %v %s", r["id"], list, refusals(report))
		}
	}
}

func table(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, name := range rows[0] {
			m[name] = row[i]
		}
		list = append(list, m)
	}
	return list
}

func float(t *testing.T, s string) float64 {
	t.Helper()
	var v float64
	if _, err := fmt.Sscan(s, &v); err != nil || math.IsNaN(v) {
		t.Fatal(s, err)
	}
	return v
}

func FuzzCSV(f *testing.F) {
	f.Add("id,lon,lat\n1,113.75,34.76\n")
	f.Add("a;b\n\"x\ny\";\xff\n")
	f.Add("编号\t经度\t纬度\t功率\t状态\n1\t113\t34\t1,500 W\t完好\n1\t113\t34\t\t\n")
	f.Add("name,the_geom,code\n'=1,POINT(1 2),x\n,\"{\"\"type\"\":\"\"Point\"\",\"\"coordinates\"\":[1,2]}\",\n")
	f.Add("Location\n\"(55.9, -3.2)\"\n\n\"a\nb\"c\n")
	f.Fuzz(func(t *testing.T, text string) {
		if err := readAll("x.csv", text); err != nil && assets.ErrorCode(err) == "" {
			t.Fatal(err)
		}
	})
}

func FuzzGeoJSON(f *testing.F) {
	f.Add(`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"a":[1]}}]}`)
	f.Add(`{"type":"Feature","geometry":null}` + "\n")
	f.Add(`{"type":"Feature","id":1,"geometry":{"type":"Point","coordinates":[1,2]},"properties":{"id":"a","name":"\u0000","note":"\ud800","power_w":1e9}}` + "\n{")
	f.Add(`{"features":[{"type":"Feature","geometry":{"type":"MultiPoint","coordinates":[[1,2]]},"properties":{"状态":"丢失"}}],"crs":{"properties":{"name":"EPSG:4326"}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		if err := readAll("x.geojson", text); err != nil && assets.ErrorCode(err) == "" {
			t.Fatal(err)
		}
	})
}
