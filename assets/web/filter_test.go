package web_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"strings"
	"testing"

	"streetbook/assets/web"
)

// TestFilters asks for features by CQL2 in both languages. The town has lamps 0
// to 7 from west to east, of all conditions in turn; the even ones have a name.
func TestFilters(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{Anonymous: true})
	conditions := []string{"good", "fair", "poor", "dangerous"}
	for i := range 8 {
		p := map[string]any{"condition": conditions[i%4], "source_id": fmt.Sprint(i), "source": "t"}
		if i%2 == 0 {
			p["name"], p["installed_on"] = fmt.Sprintf("Lamp_%d%%", i), fmt.Sprintf("2024-0%d-01", i+1)
		}
		tw.as(t, "field", "POST", items, lamp(113.72+0.01*float64(i), 34.7501, p)).want(t, 201)
	}
	ask := func(query string) (ids string) {
		t.Helper()
		a := tw.as(t, "", "GET", items+"?jurisdiction="+place+"&limit=100&"+query, nil).want(t, 200)
		list := decode[struct {
			NumberMatched int
			Features      []feature
		}](t, a.body)
		for _, f := range list.Features {
			ids += f.Properties["source_id"].(string)
		}
		if list.NumberMatched != len(ids) {
			t.Errorf("%s: %d matched, %d came", query, list.NumberMatched, len(ids))
		}
		return ids
	}
	for filter, want := range map[string]string{
		`condition = 'poor'`:                                      "26",
		`condition <> 'poor' AND condition <> 'good'`:             "1357",
		`NOT name = 'Lamp_0%'`:                                    "246", // of a name that is null, nothing is known
		`name IS NULL OR condition = 'good'`:                      "013457",
		`name LIKE 'Lamp\_%'`:                                     "0246",
		`name LIKE 'lamp%'`:                                       "",
		`CASEI(name) LIKE CASEI('LAMP__\%')`:                      "0246",
		`name LIKE 'Lamp_0'`:                                      "",
		`source_id IN ('1','2','9')`:                              "12",
		`source_id NOT IN ('1','2')`:                              "034567",
		`chainage_m BETWEEN 0 AND 2000`:                           "01",
		`chainage_m BETWEEN 2000 AND 0`:                           "",
		`installed_on >= '2024-03-01'`:                            "246",
		`installed_on = DATE('2024-03-01')`:                       "2",
		`"installed_on" < TIMESTAMP('2024-03-01T00:00:00Z')`:      "0",
		`updated_at > '2020-01-01T00:00:00Z'`:                     "01234567",
		`version = 1 AND (side = 'left' OR side = 'right')`:       "01234567",
		`segment = '` + segmentID.String() + `'`:                  "01234567",
		`segment IS NOT NULL AND geometry IS NOT NULL`:            "01234567",
		`S_INTERSECTS(geometry, BBOX(113.725,34.7,113.745,34.8))`: "12",
		`S_INTERSECTS(geometry, BBOX(150,-90,-150,90))`:           "",
		`S_WITHIN(geometry, POLYGON((113.71 34.7, 113.735 34.7, 113.735 34.8, 113.71 34.7)))`:      "1",
		`S_DISJOINT(geometry, POINT(113.72 34.7501))`:                                              "1234567",
		`S_EQUALS(geometry, POINT(113.72 34.7501))`:                                                "0",
		`S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(113.72 34.7501), POINT(113.73 34.7501)))`: "01",
		`T_AFTER(installed_on, DATE('2024-03-01'))`:                                                "46",
		`T_DURING(installed_on, INTERVAL('2024-02-01','2024-06-01'))`:                              "24",
		`T_INTERSECTS(installed_on, INTERVAL('..','2024-03-01'))`:                                  "02",
		`T_EQUALS(installed_on, DATE('2024-01-01'))`:                                               "0",
		`T_DISJOINT(INTERVAL(installed_on, updated_at), INTERVAL('2024-01-01','2024-04-01'))`:      "46",
		`TRUE`:  "01234567",
		`FALSE`: "",
	} {
		if got := ask("filter=" + url.QueryEscape(filter)); got != want {
			t.Errorf("%s: %s, want %s", filter, got, want)
		}
	}
	text := `condition in ('poor','good') and s_intersects(geometry, BBOX(113.71,34.7,113.765,34.8))`
	if got := ask("filter=" + url.QueryEscape(text) + "&source_id=0,4,6&bbox=113.73,34.7,113.8,34.8&filter-lang=cql2-text"); got != "4" {
		t.Errorf("with everything else: %s", got)
	}
	asJSON := `{"op":"and","args":[{"op":"in","args":[{"property":"condition"},["poor","good"]]},{"op":"s_intersects","args":[{"property":"geometry"},{"bbox":[113.71,34.7,113.765,34.8]}]}]}`
	if got := ask("filter=" + url.QueryEscape(asJSON) + "&filter-lang=cql2-json"); got != "024" {
		t.Errorf("JSON: %s", got)
	}
	// The filter is kept in the link to the next page.
	page := tw.as(t, "", "GET", items+"?limit=1&filter="+url.QueryEscape(`condition='poor'`), nil).want(t, 200)
	next := decode[collection](t, page.body).link("next")
	if again := tw.send(t, "GET", strings.TrimPrefix(next, tw.URL), nil).want(t, 200); !strings.Contains(string(again.body), `"source_id":"6"`) {
		t.Errorf("%s: %s", next, again.body)
	}
	for _, query := range []string{"filter=nosuch%3D1", "filter=name%3D", "filter=name%20%3E%201", "filter=", "filter-lang=sql&filter=TRUE", "filter-lang=&filter=TRUE",
		"filter=S_INTERSECTS(geometry,POINT(90%20180))", "filter=S_INTERSECTS(geometry,BBOX(1e6,1e6,2e6,2e6))", "filter=avg(version)%20%3D%201", "filter-crs=x&filter=TRUE",
		"filter=" + url.QueryEscape("name = 'x' ; drop table asset"), "filter=" + url.QueryEscape(`name LIKE 'x\`+"'")} {
		a := tw.as(t, "", "GET", items+"?"+query, nil).want(t, 400)
		if f := decode[problem](t, a.body).Field; f != "filter" && f != "filter-lang" && f != "filter-crs" {
			t.Errorf("%s: %s", query, a.body)
		}
	}
}

// TestSystems: what is asked for in a system comes in the order of its axes, and
// boxes and features are taken in it.
func TestSystems(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{Anonymous: true})
	const epsg = "http://www.opengis.net/def/crs/EPSG/0/"
	f := tw.as(t, "field", "POST", items, lamp(113.75, 34.75, nil)).want(t, 201).feature(t)
	area := tw.as(t, "", "GET", "/ogc/collections/areas/items?level=boundary&jurisdiction="+place, nil).want(t, 200)
	areaID := decode[collection](t, area.body).Features[0].ID
	position := func(a answer) [2]float64 {
		g := decode[struct{ Coordinates [2]float64 }](t, a.feature(t).Geometry)
		return g.Coordinates
	}
	// The projected ones by PROJ (gdaltransform).
	for code, want := range map[string][2]float64{"4326": {34.75, 113.75}, "4490": {34.75, 113.75}, "3857": {12662592.0777, 4129958.8290}, "4547": {3846886.7959, 477108.7371}} {
		a := tw.as(t, "", "GET", items+"/"+f.ID+"?crs="+epsg+code, nil).want(t, 200)
		got := position(a)
		if math.Abs(got[0]-want[0]) > 0.02 || math.Abs(got[1]-want[1]) > 0.02 || a.Header.Get("Content-Crs") != "<"+epsg+code+">" || a.Header.Get("ETag") != `"1-`+code+`-public"` {
			t.Errorf("%s: %.9f, want %v %v", code, got, want, a.Header)
		}
		// A box of two metres around it, in the system, finds it; one beside it does not.
		half := 1.0
		if code == "4326" || code == "4490" {
			half = 0.00001
		}
		box := func(dx float64) int {
			q := fmt.Sprintf("%s?jurisdiction=%s&bbox-crs=%s&bbox=%.7f,%.7f,%.7f,%.7f", items, place, epsg+code, got[0]-half+dx, got[1]-half, got[0]+half+dx, got[1]+half)
			return decode[collection](t, tw.as(t, "", "GET", q, nil).want(t, 200).body).NumberMatched
		}
		if box(0) != 1 || box(5*half) != 0 {
			t.Errorf("%s: %d and %d in the boxes", code, box(0), box(5*half))
		}
		filter := url.QueryEscape(fmt.Sprintf("S_INTERSECTS(geometry, BBOX(%.7f,%.7f,%.7f,%.7f))", got[0]-half, got[1]-half, got[0]+half, got[1]+half))
		if n := decode[collection](t, tw.as(t, "", "GET", items+"?filter-crs="+epsg+code+"&filter="+filter, nil).want(t, 200).body).NumberMatched; n != 1 {
			t.Errorf("%s: the filter finds %d", code, n)
		}
		// What was read in the system can be sent back in it.
		body := tw.as(t, "field", "GET", items+"/"+f.ID+"?crs="+epsg+code, nil).want(t, 200).body
		for _, name := range []string{"<" + epsg + code + ">", epsg + code} {
			put := tw.as(t, "field", "PUT", items+"/"+f.ID, string(body), "If-Match", "*", "Content-Crs", name).want(t, 200)
			if back := position(put); math.Abs(back[0]-113.75) > 1e-8 || math.Abs(back[1]-34.75) > 1e-8 {
				t.Errorf("%s: back at %v", code, back)
			}
		}
		if v := tw.as(t, "", "GET", items+"/"+f.ID, nil).feature(t).Properties["version"]; v != 1.0 && code != "3857" && code != "4547" {
			t.Errorf("%s: sending back what was read made version %v", code, v)
		}
		tw.as(t, "planner", "DELETE", items+"/"+f.ID, nil, "If-Match", "*").want(t, 204)
		f = tw.as(t, "field", "POST", items, lamp(113.75, 34.75, nil)).want(t, 201).feature(t)
		// Rings keep their sense on the ground.
		ring := tw.as(t, "", "GET", "/ogc/collections/areas/items/"+areaID+"?crs="+epsg+code, nil).want(t, 200)
		turned := decode[struct{ Coordinates [][][2]float64 }](t, ring.feature(t).Geometry).Coordinates[0]
		plain := decode[struct{ Coordinates [][][2]float64 }](t, tw.as(t, "", "GET", "/ogc/collections/areas/items/"+areaID, nil).feature(t).Geometry).Coordinates[0]
		first := plain[1]
		if code == "4326" && (turned[1] != [2]float64{first[1], first[0]}) {
			t.Errorf("%v %v", turned[1], first)
		}
	}
	tw.as(t, "", "GET", items+"?crs="+epsg+"2437", nil).want(t, 400)
	tw.as(t, "", "GET", items+"?crs=", nil).want(t, 400)
	tw.as(t, "", "GET", items+"?bbox-crs="+epsg+"4547&bbox=1,2,3,4", nil).want(t, 400)
	tw.as(t, "field", "POST", items, lamp(1, 1, nil), "Content-Crs", "<"+epsg+"4547>").want(t, 422)
	tw.as(t, "field", "POST", items, lamp(113.7, 34.7, nil), "Content-Crs", "EPSG:9999").want(t, 400)
	// A place elsewhere has no Chinese grid.
	tw.addPlaceAt(t, "970000003", -87.7, 41.8)
	var c struct{ CRS []string }
	if err := json.Unmarshal(tw.as(t, "", "GET", "/ogc/collections/areas", nil).want(t, 200).body, &c); err != nil || strings.Contains(fmt.Sprint(c), "4547") || !strings.Contains(fmt.Sprint(c), "3857") {
		t.Errorf("%v %v", c, err)
	}
	tw.as(t, "", "GET", "/ogc/collections/areas/items?crs="+epsg+"4547", nil).want(t, 400)
	tw.as(t, "planner", "GET", "/ogc/collections/areas/items?crs="+epsg+"4547", nil).want(t, 200)
}

func TestSchemas(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{Anonymous: true})
	for _, name := range []string{"areas", "segments", "assets"} {
		for _, kind := range []string{"queryables", "schema"} {
			a := tw.as(t, "", "GET", "/ogc/collections/"+name+"/"+kind, nil).want(t, 200)
			d := decode[map[string]any](t, a.body)
			properties, _ := d["properties"].(map[string]any)
			geometry, _ := properties["geometry"].(map[string]any)
			if a.Header.Get("Content-Type") != "application/schema+json" || d["$id"] != tw.URL+"/ogc/collections/"+name+"/"+kind || geometry["type"] != nil || !strings.HasPrefix(fmt.Sprint(geometry["format"]), "geometry-") {
				t.Errorf("%v %s", a.Header, a.body)
			}
			if read, _ := properties["version"].(map[string]any)["readOnly"].(bool); read != (kind == "schema") {
				t.Errorf("%s %s: readOnly %v", name, kind, read)
			}
			tw.as(t, "", "GET", "/ogc/collections/"+name+"/"+kind+"?f=html", nil).want(t, 200)
		}
	}
}
