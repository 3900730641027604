package exchange

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

// excerpt is a file in testdata.
func excerpt(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// difference says what was wanted and what came, "" if they are the same.
func difference(want, got any) string {
	if reflect.DeepEqual(want, got) {
		return ""
	}
	return fmt.Sprintf("got\n%+v\nwant\n%+v", got, want)
}

func notes(r *Report) string {
	var lines []string
	for _, n := range r.Notes {
		lines = append(lines, n.EN)
	}
	return strings.Join(lines, "\n")
}

func TestSurveyTableInGB18030(t *testing.T) {
	list, report := load(t, "lamps.csv", excerpt(t, "lamps_gb18030.csv"), Conversion{CRS: geo.GaussKruger114, Class: assets.Class{
		Code: "0118", Name: "路灯", NameEN: "Street lamp", Geometry: "point", Fields: []assets.Field{
			{Key: "lamp_power_w", Name: "功率", Kind: assets.KindNumber, Unit: "W"}, {Key: "material", Name: "灯杆材质", Kind: assets.KindText},
			{Key: "surveyed_on", Name: "初始日期", Kind: assets.KindDate}, {Key: "note", Name: "备注", Kind: assets.KindText}}}})
	if len(list) != 3 {
		t.Fatalf("refused are %s", refusals(report))
	}
	got := []string{}
	for _, in := range list {
		a := in.Asset
		got = append(got, strings.Join([]string{a.SourceID, a.Code, a.Status, a.Condition, string(a.Attributes)}, " "))
	}
	want := []string{
		`4101050118000001 4101050118000001 in_service good {"lamp_power_w":150,"material":"钢","surveyed_on":"2019-11-05","note":"榆林南路北侧"}`,
		`4101050118000002 4101050118000002 in_service poor {"lamp_power_w":1000,"material":"钢","surveyed_on":"2019-11-05","note":"商都路与康平路口，\n东北角"}`,
		`4101050118000003 4101050118000003 removed good {"lamp_power_w":90,"surveyed_on":"2019-11-05"}`,
	}
	if diff := difference(want, got); diff != "" {
		t.Error(diff)
	}
	if d := geo.Distance(list[0].Asset.Geometry.(orb.Point), orb.Point{113.746, 34.762}); d > 0.002 {
		t.Errorf("the first stands %g m off", d)
	}
	if want := "The file is not in UTF-8 and was read as GB18030."; notes(report) != want {
		t.Errorf("notes are %s", notes(report))
	}
}

func TestOpenDataOfOtherCities(t *testing.T) {
	bins := strings.TrimSpace(strings.Repeat("X: the position is 0,0, which is no position\n", 8))
	cases := []struct {
		file    string
		pairs   map[string]string
		taken   int
		first   orb.Point
		id      string
		refused string
		note    string
	}{
		{file: "chicago_bike_racks.csv", taken: 10, first: orb.Point{-87.625808, 41.8019}, id: "1409", note: "Address, Community Area, Community Name"},
		{file: "camden_grit_bins.csv", pairs: map[string]string{"Description": "name"}, taken: 5, first: orb.Point{-0.15497, 51.543829}},
		{file: "edinburgh_public_toilets.csv", pairs: map[string]string{"Toilet": "name"}, taken: 5, first: orb.Point{-3.228837, 55.938587}},
		{file: "edinburgh_litter_bins.csv", refused: bins, note: "ASHTRAY, BINTYPE"},
		{file: "edinburgh_salt_bins.csv", refused: `Location: "A90 - Cramond Bridge to Dalmeny" is no position
Location: "A90 Cycle track" is no position
Location: "Abbeyhill" is no position`},
		{file: "london_cctv.geojson", taken: 8, first: orb.Point{-0.19514932590212508, 51.49403243045477}, id: "1", note: "4 rows repeat the id of an earlier row"},
		{file: "london_grit_bins.geojson", pairs: map[string]string{"CONDITION": "-", "STATUS": "-"}, taken: 12, first: orb.Point{-0.15497, 51.543829}},
	}
	class := lampClass
	class.Fields = []assets.Field{{Key: "colour", Name: "颜色", NameEN: "Colour", Kind: assets.KindText, Required: true}}
	for _, c := range cases {
		conversion := Conversion{Class: class, Map: c.pairs, Source: c.file}
		list, report := load(t, c.file, excerpt(t, c.file), conversion)
		var got []string
		for _, f := range report.Refusals {
			got = append(got, f.Field+": "+f.Reason.EN)
		}
		if len(list) != c.taken || strings.Join(got, "\n") != c.refused || !strings.Contains(notes(report), c.note) {
			t.Errorf("%s: %d taken, refused are\n%s\nnotes are\n%s", c.file, len(list), strings.Join(got, "\n"), notes(report))
			continue
		}
		if c.taken == 0 {
			continue
		}
		if a := list[0].Asset; a.Geometry != c.first || c.id != "" && a.SourceID != c.id || a.Source != c.file || string(a.Attributes) != "{}" {
			t.Errorf("%s: the first is %+v", c.file, a)
		}
		if !strings.Contains(notes(report), `rows lack the required attribute "Colour"`) {
			t.Errorf("%s: notes are\n%s", c.file, notes(report))
		}
		again, _ := load(t, c.file, excerpt(t, c.file), conversion)
		seen := map[string]bool{}
		for i := range list {
			id := list[i].Asset.SourceID
			if id == "" || seen[id] || id != again[i].Asset.SourceID {
				t.Errorf("%s: row %d has the id %q, then %q", c.file, list[i].Row, id, again[i].Asset.SourceID)
			}
			seen[id] = true
		}
	}
}

func TestFilesInWhichNothingCouldBeRight(t *testing.T) {
	cases := []struct {
		name, text string
		c          Conversion
		field, en  string
	}{
		{"grid columns", excerpt(t, "edinburgh_cycle_parking.csv"), Conversion{}, "crs", "Easting, Northing"},
		{"no position", "id,name\n1,a\n", Conversion{}, "geometry", "there are: id, name"},
		{"no such column", "id,lon,lat\n1,2,3\n", Conversion{Map: map[string]string{"Colour": "name"}}, "map", "Colour"},
		{"quotes in the header", "id,\"lon\"x,lat\n1,2,3\n", Conversion{}, "file", "line 1"},
	}
	for _, c := range cases {
		c.c.Class, c.c.CRS = lampClass, geo.WGS84
		converter, err := NewConverter(c.c)
		if err != nil {
			t.Fatal(err)
		}
		reader, err := CSV{}.Open(strings.NewReader(c.text))
		if err == nil {
			for _, rowErr := range Rows(reader, converter, &Report{}) {
				err = rowErr
			}
		}
		fault, ok := err.(*assets.Error)
		if !ok || fault.Field != c.field || !strings.Contains(fault.Text.EN, c.en) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestEveryFaultOfARowIsNamed(t *testing.T) {
	text := "编号,lon,lat,功率,状况,状态,检查日期,亮灯,精度\n1,x,,-5,broken,gone,05/06/2024,maybe,D\n"
	_, report := load(t, "x.csv", text, Conversion{})
	var fields []string
	for _, f := range report.Refusals {
		fields = append(fields, f.Field)
	}
	want := []string{"状态", "状况", "精度", "lon", "lat", "功率", "检查日期", "亮灯"}
	if diff := difference(want, fields); diff != "" || report.Refused != 1 {
		t.Errorf("%d rows refused, %s", report.Refused, diff)
	}
}

func TestNumbersAsFilesWriteThem(t *testing.T) {
	f := &assets.Field{Key: "power_w", Kind: assets.KindNumber, Unit: "W"}
	for text, want := range map[string]string{
		"150": "150", "150 W": "150", "150W": "150", "1,500": "1500", "1,234,567.5": "1234567.5", "-0.5": "-0.5", "1e3": "1000", "1e300": "1e+300",
		"1,5": "", "1,50": "", ",5": "", "1500,000,0": "", "1.500,5": "", "NaN": "", "Inf": "", "1e400": "", "twelve": "", "W": "",
	} {
		got, fault := appendNumber(nil, f, "c", text)
		if (fault == nil) != (want != "") || string(got) != want {
			t.Errorf("%q is read as %q, %v, want %q", text, got, fault, want)
		}
	}
}

func TestShapesInCells(t *testing.T) {
	line := lampClass
	line.Geometry = "line"
	cases := []struct {
		class assets.Class
		cell  string
		want  orb.Geometry
	}{
		{line, "LINESTRING(1 2,3 4)", orb.LineString{{1, 2}, {3, 4}}},
		{line, "MultiLineString((1 2,3 4),(5 6,7 8))", orb.MultiLineString{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}}},
		{lampClass, "point(1 2)", orb.Point{1, 2}},
		{lampClass, `{"type":"Point","coordinates":[1,2]}`, orb.Point{1, 2}},
		{lampClass, "MULTIPOINT((1 2))", orb.Point{1, 2}},
		{lampClass, "(2, 1)", orb.Point{1, 2}},
		{lampClass, "POINT EMPTY", nil},
		{lampClass, "POINT(1e999 2)", nil},
		{lampClass, "POINT(200 2)", nil},
		{lampClass, "POINT Z (1 2 3)", nil},
		{lampClass, "LINESTRING(1 2,3 4)", nil},
		{line, "LINESTRING(1 2)", nil},
		{line, "LINESTRING(1 2,1 2)", nil},
		{lampClass, strings.Repeat("GEOMETRYCOLLECTION(", 10000), nil},
		{lampClass, `{"type":"Point","coordinates":[1,2,3]}`, nil},
		{lampClass, "1,2,3", nil},
		{lampClass, "", nil},
	}
	for _, c := range cases {
		list, report := load(t, "x.csv", "id\tthe_geom\n1\t\""+strings.ReplaceAll(c.cell, `"`, `""`)+"\"\n", Conversion{Class: c.class})
		switch {
		case c.want == nil && (len(list) > 0 || len(report.Refusals) != 1 || report.Refusals[0].Field != "the_geom"):
			t.Errorf("%.60s: %v, %s", c.cell, list, refusals(report))
		case c.want != nil && (len(list) != 1 || !orb.Equal(list[0].Asset.Geometry, c.want)):
			t.Errorf("%.60s: %v, %s", c.cell, list, refusals(report))
		}
	}
}

func TestBoundary(t *testing.T) {
	boundary := orb.Polygon{{{10, 50}, {11, 50}, {11, 51}, {10, 51}, {10, 50}}}
	text := "id,lon,lat\n1,10.5,50.5\n2,50.5,10.5\n3,12,50.5\n"
	list, report := load(t, "x.csv", text, Conversion{Boundary: boundary})
	want := "3 lon: 50.500000,10.500000 lies outside the jurisdiction; it would lie inside with longitude and latitude exchanged: say --map\n" +
		"4 lon: 12.000000,50.500000 lies outside the jurisdiction"
	if len(list) != 1 || refusals(report) != want {
		t.Errorf("%d taken, refused are\n%s", len(list), refusals(report))
	}
	if list, _ := load(t, "x.csv", text, Conversion{Boundary: boundary, AllowOutside: true}); len(list) != 3 {
		t.Errorf("%d taken with positions outside allowed", len(list))
	}
}

func TestMappedIDsMustBeUnique(t *testing.T) {
	text := "ref,lon,lat\na,1,2\nb,1,2\na,3,4\n"
	list, report := load(t, "x.csv", text, Conversion{Map: map[string]string{"ref": "source_id"}})
	if len(list) != 2 || refusals(report) != `4 ref: the source id "a" is that of row 2 too` {
		t.Errorf("%d taken, refused are %s", len(list), refusals(report))
	}
}

// TestColumnsMayDifferFromFeatureToFeature has merged files in mind.
func TestColumnsMayDifferFromFeatureToFeature(t *testing.T) {
	feature := `{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":%}`
	var features []string
	for _, p := range []string{`{"Name":"a"}`, `{"NAME":"b","OBJECTID":7}`, `{"label":"c"}`, `{"Name":"d"}`, `{}`, `null`} {
		features = append(features, strings.Replace(feature, "%", p, 1))
	}
	features = append(features, strings.Replace(feature, "%", `{"_":"e","":"f"}`, 1))
	list, report := load(t, "x.geojson", strings.Join(features, "\n"), Conversion{Map: map[string]string{"label": "name", "nowhere": "note"}})
	var names []string
	for _, in := range list {
		names = append(names, in.Asset.Name)
	}
	if !slices.Equal(names, []string{"a", "b", "c", "d", "", "", ""}) || list[1].Asset.SourceID != "7" {
		t.Errorf("names are %q, refused %s", names, refusals(report))
	}
	if !strings.Contains(notes(report), "none of these columns that --map names: nowhere") {
		t.Errorf("notes are %s", notes(report))
	}
}
