package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

const pointFeature = `{"type":"Feature","id":%q,"geometry":{"type":"Point","coordinates":[1,2]},"properties":{"name":"a"}}`

func TestWaysToWriteFeatures(t *testing.T) {
	a, b := fmt.Sprintf(pointFeature, "a"), fmt.Sprintf(pointFeature, "b")
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(a), "", "  "); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"collection":               {`{"type":"FeatureCollection","features":[` + a + "," + b + `]}`, []string{"a", "b"}},
		"type behind the features": {`{"features":[` + a + `],"type":"FeatureCollection"}`, []string{"a"}},
		"members behind":           {`{"type":"FeatureCollection","features":[` + a + `],"crs":null,"x":{"y":[1]}}`, []string{"a"}},
		"byte order mark":          {"\ufeff" + `{"type":"FeatureCollection","features":[` + a + `]}`, []string{"a"}},
		"lines":                    {a + "\n\n" + b, []string{"a", "b"}},
		"lines of Windows":         {a + "\r\n" + b + "\r\n", []string{"a", "b"}},
		"RFC 8142":                 {"\x1e" + a + "\n\x1e" + b + "\n", []string{"a", "b"}},
		"one, over several lines":  {pretty.String(), []string{"a"}},
		"two, over several lines":  {pretty.String() + "\n" + b, []string{"a", "b"}},
		"empty collection":         {`{"type":"FeatureCollection","features":[]}`, nil},
		"geometry first":           {`{"geometry":{"type":"Point","coordinates":[1,2]},"properties":{},"type":"Feature","id":"a"}`, []string{"a"}},
	} {
		list, report := load(t, "x.geojson", c.text, Conversion{})
		var got []string
		for _, in := range list {
			got = append(got, in.Asset.SourceID)
		}
		if diff := difference(c.want, got); diff != "" || len(report.Refusals) > 0 {
			t.Errorf("%s: %s %s", name, diff, refusals(report))
		}
	}
}

func TestWrongFeaturesAreRefusedOneByOne(t *testing.T) {
	features := []string{
		`{"type":"Feature","type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{}}`,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"geometry":{"type":"Point","coordinates":[3,4]},"properties":{}}`,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"a":1,"b":2,"\u0061":3}}`,
		`{"Type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{}}`,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":["1",2]},"properties":{}}`,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[200,2]},"properties":{}}`,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[]},"properties":{}}`,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[0,0]},"properties":{}}`,
		`{"type":"Feature","properties":{}}`,
		`{"type":"Feature","id":{"a":1},"geometry":{"type":"Point","coordinates":[1,2]},"properties":{}}`,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":[]}`,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"name":"a\u0000b"}}`,
		"{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]},\"properties\":{\"name\":\"a\xff\"}}",
		`{"type":"Feature","geometry":` + strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 50) + strings.Repeat(`]}`, 50) + `,"properties":{}}`,
		`7`, `null`, `"Feature"`,
	}
	want := `1 type: the member comes twice
2 geometry: the member comes twice
3 a: the property comes twice
4 feature: is no GeoJSON Feature
5 geometry.coordinates[0]: must be a finite number
6 geometry.coordinates: longitude 200, latitude 2 is out of range (±180, ±90)
7 geometry.coordinates: a position must be [longitude, latitude]
8 geometry: the position is 0,0, which is no position
9 geometry: must not be null
10 id: must be a string or a number
11 properties: must be an object
12 name: holds control characters or wrong UTF-8: "a·b"
13 feature: is not valid UTF-8
14 geometry: nests too deeply
15 feature: is no GeoJSON Feature
16 feature: is no GeoJSON Feature
17 feature: is no GeoJSON Feature`
	text := `{"type":"FeatureCollection","features":[` + strings.Join(append(features, fmt.Sprintf(pointFeature, "good")), ",") + `]}`
	list, report := load(t, "x.geojson", text, Conversion{})
	if diff := difference(want, refusals(report)); diff != "" || len(list) != 1 {
		t.Errorf("%d taken\n%s", len(list), diff)
	}
	lines := fmt.Sprintf(pointFeature, "a") + "\n{broken\n" + fmt.Sprintf(pointFeature, "b") + "\n"
	list, report = load(t, "x.geojson", lines, Conversion{})
	if len(list) != 2 || refusals(report) != "2 feature: its JSON is broken" {
		t.Errorf("%d taken, refused are %s", len(list), refusals(report))
	}
}

func TestBrokenJSONSaysWhere(t *testing.T) {
	for _, text := range []string{
		`{"type":"FeatureCollection","features":[` + fmt.Sprintf(pointFeature, "a") + `,{"type":]}`,
		`{"type":"FeatureCollection","features":[` + fmt.Sprintf(pointFeature, "a"),
		`{"type":"FeatureCollection","features":[]} {}`,
		`{"type":"FeatureCollection","features":[],"features":[]}`,
		`{"type":"FeatureCollection","features":{}}`,
		`{"type":"FeatureCollection","features":[],"a":` + strings.Repeat("[", 20000),
		`{"type":"Point","coordinates":[1,2]}`,
		`{"type":7}`,
		"1E700", `{"type":"FeatureCollection","features":1E700}`, `{"type":"FeatureCollection","features":[]}1E700`,
		"not JSON", "\x1e", "\xef\xbb\xbf", "{", "{}",
	} {
		if err := readAll("x.geojson", text); assets.ErrorCode(err) != assets.Invalid {
			t.Errorf("%.60s: %v", text, err)
		}
	}
	err := readAll("x.geojson", `{"type":"FeatureCollection","features":[{"type":]}`)
	if err == nil || !strings.Contains(err.Error(), "byte 4") {
		t.Errorf("no position in %v", err)
	}
}

func TestFilesThatNameACRS(t *testing.T) {
	wgs, grid := `[113.746,34.762]`, `[476745.840471,3848218.952067]`
	collection := func(crs, coordinates string) string {
		return `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"` + crs + `"}},"features":[{"type":"Feature","geometry":{"type":"Point","coordinates":` + coordinates + `},"properties":{}}]}`
	}
	cases := []struct {
		named, coordinates string
		said               geo.CRS
		ok                 bool
	}{
		{"urn:ogc:def:crs:OGC:1.3:CRS84", wgs, geo.WGS84, true},
		{"urn:ogc:def:crs:EPSG::4490", wgs, geo.WGS84, true},
		{"EPSG:4326", wgs, geo.WGS84, true},
		{"http://www.opengis.net/def/crs/EPSG/0/4326", wgs, geo.CGCS2000, true},
		{"urn:ogc:def:crs:OGC:1.3:CRS84", wgs, geo.GCJ02, true}, // what exports of web maps say
		{"urn:ogc:def:crs:EPSG::4547", grid, geo.WGS84, false},
		{"urn:ogc:def:crs:EPSG::4547", grid, geo.GaussKruger114, true},
		{"urn:ogc:def:crs:EPSG::27700", wgs, geo.WGS84, false},
		{"EPSG:14326", wgs, geo.WGS84, false},
	}
	for _, c := range cases {
		reader, err := GeoJSON{}.Open(strings.NewReader(collection(c.named, c.coordinates)))
		if err != nil {
			t.Fatal(err)
		}
		converter, err := NewConverter(Conversion{Class: lampClass, CRS: c.said})
		if err != nil {
			t.Fatal(err)
		}
		report, taken := &Report{}, 0
		for in, rowErr := range Rows(reader, converter, report) {
			if err = rowErr; err == nil {
				taken++
				if d := geo.Distance(in.Asset.Geometry.(orb.Point), orb.Point{113.746, 34.762}); d > 0.001 && c.said != geo.GCJ02 {
					t.Errorf("%s in %s is %g m off", c.named, c.said, d)
				}
			}
		}
		if (err == nil && taken == 1) != c.ok || err != nil && assets.ErrorCode(err) != assets.Invalid {
			t.Errorf("%s read as %s: %d taken, %v %s", c.named, c.said, taken, err, refusals(report))
		}
	}
	late := strings.Replace(collection("", wgs), `"crs":{"type":"name","properties":{"name":""}},`, "", 1)
	late = strings.TrimSuffix(late, "}") + `,"crs":{"type":"name","properties":{"name":"EPSG:4547"}}}`
	if err := readAll("x.geojson", late); assets.ErrorCode(err) != assets.Invalid {
		t.Errorf("a CRS behind the features: %v", err)
	}
}

// FuzzEachMember holds the walker against encoding/json.
func FuzzEachMember(f *testing.F) {
	f.Add([]byte(`{"a":1,"b" : [1,{"c":"}\""}] , "a":null,"":"","\u0061":{}}`))
	f.Add([]byte(`{ }`))
	f.Add([]byte(`[{"a":1}]`))
	f.Add([]byte(" {\"a\":-1.5e3\n,\"b\":true}\t"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return
		}
		type member struct{ Name, Value string }
		var got, want []member
		isObject := eachMember(raw, func(name, value []byte) bool {
			got = append(got, member{string(name), string(value)})
			return true
		})
		d := json.NewDecoder(bytes.NewReader(raw))
		if start, err := d.Token(); err != nil || start != json.Delim('{') {
			if isObject {
				t.Fatalf("%q is taken for an object", raw)
			}
			return
		}
		for d.More() {
			if _, err := d.Token(); err != nil {
				t.Fatal(err)
			}
			var value json.RawMessage
			if err := d.Decode(&value); err != nil {
				return // deeper than a decoder goes
			}
			want = append(want, member{Value: string(value)})
		}
		for i := range got {
			if !json.Valid([]byte(got[i].Name)) || got[i].Name[0] != '"' {
				t.Fatalf("%q has the name %s", raw, got[i].Name)
			}
			got[i].Name = ""
		}
		if diff := difference(want, got); diff != "" || !isObject {
			t.Fatalf("%q: %s", raw, diff)
		}
	})
}
