package web_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"streetbook/assets"
	"streetbook/assets/web"
)

// rights says who may use each route: the least role that it takes in the
// jurisdiction it is about. It is written out here a second time on purpose.
var rights = map[string]string{
	"GET /": "open", "GET /login": "open", "GET /field": "open", "GET /sw.js": "open", "GET /static/:hash/*": "open", "GET /favicon.ico": "open", "GET /trust": "open", "GET /trust/ca.crt": "open",
	"GET /healthz": "open", "GET /readyz": "open", "GET /api/v1/version": "open", "GET /api/v1/opening": "open", "GET /api/v1/session": "open", "POST /api/v1/session": "open",

	"GET /ogc": "visitor", "GET /ogc/": "visitor", "GET /ogc/api": "visitor", "GET /ogc/conformance": "visitor", "GET /ogc/collections": "visitor",
	"GET /ogc/collections/:collection": "visitor", "GET /ogc/collections/:collection/queryables": "visitor", "GET /ogc/collections/:collection/schema": "visitor",
	"GET /ogc/collections/:collection/items": "visitor", "GET /ogc/collections/:collection/items/:id": "visitor",
	"GET /ogc/collections/:collection/tiles": "visitor", "GET /ogc/collections/:collection/tiles/WebMercatorQuad": "visitor",
	"GET /ogc/collections/:collection/tiles/WebMercatorQuad/:z/:row/:col": "visitor",
	"GET /ogc/tiles": "visitor", "GET /ogc/tiles/WebMercatorQuad": "visitor", "GET /ogc/tiles/WebMercatorQuad/:z/:row/:col": "visitor",
	"GET /ogc/tileMatrixSets": "visitor", "GET /ogc/tileMatrixSets/WebMercatorQuad": "visitor",
	"GET /api/v1/jurisdictions": "visitor", "GET /api/v1/classes": "visitor", "GET /api/v1/departments": "visitor", "GET /api/v1/counts": "visitor",
	"GET /api/v1/search": "visitor", "GET /api/v1/nearest": "visitor", "GET /api/v1/basemap": "visitor", "GET /api/v1/timeline": "visitor", "GET /api/v1/compare": "visitor", "GET /api/v1/events": "visitor",

	"GET /api/v1/photos": "visitor", "GET /api/v1/photos/:id/:copy": "visitor",

	"GET /api/v1/conflicts": "viewer", "GET /api/v1/pack": "viewer", "GET /api/v1/walks": "viewer", "GET /api/v1/coverage": "viewer", "GET /api/v1/labels": "viewer", "POST /api/v1/labels": "viewer",
	"GET /api/v1/assets/:id/inspections": "viewer",
	"GET /api/v1/people":                 "viewer", "GET /api/v1/changes": "viewer", "GET /api/v1/:collection/:id/history": "viewer",

	"DELETE /api/v1/session": "person", "PUT /api/v1/session/password": "person",
	"GET /api/v1/tokens": "person", "POST /api/v1/tokens": "person", "DELETE /api/v1/tokens/:id": "person",

	"POST /ogc/collections/:collection/items": "field", "PUT /ogc/collections/:collection/items/:id": "field",
	"PATCH /ogc/collections/:collection/items/:id": "field", "DELETE /ogc/collections/:collection/items/:id": "field",
	"POST /api/v1/assets/:id/install": "field", "POST /api/v1/assets/:id/move": "field", "POST /api/v1/assets/:id/remove": "field",
	"POST /api/v1/assets/:id/restore": "field", "POST /api/v1/assets/:id/replace": "field", "POST /api/v1/operations/:op/undo": "field",
	"POST /api/v1/:collection/:id/versions/:version/restore": "field",

	"POST /api/v1/sync": "field", "POST /api/v1/conflicts/:id/resolve": "field", "POST /api/v1/photos": "field",
	"GET /api/v1/photos/:id/upload": "field", "PATCH /api/v1/photos/:id/upload": "field",

	"POST /api/v1/segments/:id/split": "planner", "POST /api/v1/segments/merge": "planner", "GET /api/v1/segments/:id/lineage": "viewer",

	"POST /api/v1/bulk": "planner", "GET /api/v1/devices": "planner", "POST /api/v1/rescue": "planner",
	"GET /api/v1/investment": "visitor", "GET /api/v1/investment/check": "visitor",
	"GET /api/v1/investment/segments/:id": "visitor", "GET /api/v1/investment/areas/:id": "visitor",
	"GET /api/v1/projects": "viewer", "GET /api/v1/projects/:id": "viewer", "GET /api/v1/entries": "viewer", "GET /api/v1/entries/:id": "viewer",
	"POST /api/v1/projects": "planner", "PUT /api/v1/projects/:id": "planner", "DELETE /api/v1/projects/:id": "planner", "POST /api/v1/projects/:id/apportion": "planner",
	"POST /api/v1/entries": "planner", "POST /api/v1/entries/:id/reverse": "planner", "GET /api/v1/entries/:id/document": "planner", "POST /api/v1/documents": "planner",

	"GET /api/v1/investment/batches": "planner", "POST /api/v1/investment/preview": "planner", "GET /api/v1/investment/template": "planner", "POST /api/v1/investment/import": "planner",

	"GET /metrics":         "admin",
	"GET /api/v1/accounts": "admin", "POST /api/v1/accounts": "admin", "PATCH /api/v1/accounts/:id": "admin",
	"POST /api/v1/classes": "admin", "PUT /api/v1/classes/:id": "admin", "DELETE /api/v1/classes/:id": "admin",
	"POST /api/v1/departments": "admin", "PUT /api/v1/departments/:id": "admin", "DELETE /api/v1/departments/:id": "admin",
}

// ranks of who asks, from the least.
var ranks = map[string]int{"visitor": 0, "nobody": 1, "viewer": 2, "field": 3, "planner": 4, "admin": 5}

// TestEveryRouteForEveryRole walks the whole table. Whoever may, gets past the
// rights, whatever is said of what he sent; whoever may not, is told 401 without
// an account and 403 with one, and changes nothing.
func TestEveryRouteForEveryRole(t *testing.T) {
	t.Parallel()
	for _, anonymous := range []bool{true, false} {
		tw := newTown(t, 1, web.Config{Anonymous: anonymous})
		var known []string
		for line := range rights {
			known = append(known, line)
		}
		table := tw.server.Table()
		slices.Sort(known)
		slices.Sort(table)
		if !slices.Equal(known, table) {
			t.Fatalf("the table of rights does not name every route:\n%v\n%v", known, table)
		}
		for _, line := range table {
			for who := range ranks {
				tw.tryRoute(t, line, who, anonymous)
			}
		}
	}
}

func (tw *town) tryRoute(t *testing.T, line, who string, anonymous bool) {
	t.Helper()
	method, path, _ := strings.Cut(line, " ")
	if path == "/api/v1/events" || line == "POST /api/v1/session" {
		return // the one does not end, the other's 401 is a wrong password: they have tests of their own
	}
	before, err := tw.store.Position(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	got := tw.as(t, who, method, tw.fill(t, path), bodyFor(method)).StatusCode
	want := wantedRefusal(rights[line], who, anonymous)
	refused := 0
	if got == 401 || got == 403 {
		refused = got
	}
	if got >= 500 || refused != want {
		t.Errorf("%s as %s (anonymous %v): %d, want refusal %d", line, who, anonymous, got, want)
	}
	after, err := tw.store.Position(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if want != 0 && after != before {
		t.Errorf("%s as %s: refused, and yet something changed", line, who)
	}
}

// wantedRefusal is the status with which somebody is to be turned away, 0 if not.
func wantedRefusal(least, who string, anonymous bool) int {
	switch {
	case least == "open":
		return 0
	case who == "visitor" && (least != "visitor" || !anonymous):
		return 401
	case least == "visitor":
		return 0
	case least == "person": // everybody here comes with a token
		return 403
	case ranks[who] < ranks[least]:
		return 403
	}
	return 0
}

func bodyFor(method string) any {
	switch method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
		return map[string]any{}
	}
	return nil
}

// fill puts real names into a path, all of them of place.
func (tw *town) fill(t *testing.T, path string) string {
	t.Helper()
	id := ""
	q := assets.In(place)
	if err := tw.store.EachAsset(context.Background(), q, func(a *assets.Asset) error { id = a.ID.String(); return nil }); err != nil {
		t.Fatal(err)
	}
	if id == "" { // the walk deleted it
		id = uuid.NewString()
	}
	filled := strings.NewReplacer(":collection", "assets", ":id", id, ":op", uuid.NewString(), ":version", "1", ":z", "14", ":row", "6503", ":col", "13369", ":hash", "x", ":copy", "thumb", "*", "a.js").Replace(path)
	switch path {
	case "/api/v1/changes", "/api/v1/people", "/api/v1/classes", "/api/v1/departments", "/api/v1/counts", "/api/v1/basemap", "/api/v1/timeline",
		"/api/v1/conflicts", "/api/v1/pack", "/api/v1/walks", "/api/v1/coverage", "/api/v1/devices", "/api/v1/photos", "/api/v1/labels",
		"/api/v1/investment/template", "/api/v1/investment/import", "/api/v1/investment/batches":
		filled += "?jurisdiction=" + place
	case "/api/v1/nearest":
		filled += "?at=113.75,34.75&jurisdiction=" + place
	case "/api/v1/search":
		filled += "?q=x&jurisdiction=" + place
	case "/api/v1/compare":
		filled += "?from=2020-01-01&to=2030-01-01&jurisdiction=" + place
	}
	return filled
}

// TestOnesOwnAndNobodyElses: a person of another place can neither see nor guess
// anything of this one. What is hidden and what does not exist answer alike.
func TestOnesOwnAndNobodyElses(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 3, web.Config{Anonymous: true})
	asset := tw.as(t, "viewer", http.MethodGet, "/ogc/collections/assets/items?limit=1", nil).want(t, 200)
	real := decode[collection](t, asset.body).Features[0].ID
	changes := tw.as(t, "viewer", http.MethodGet, "/api/v1/changes?jurisdiction="+place, nil).want(t, 200)
	op := decode[struct{ Changes []struct{ Op string } }](t, changes.body).Changes[0].Op
	ghost := uuid.NewString()
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/ogc/collections/assets/items/ID", ""},
		{"PUT", "/ogc/collections/assets/items/ID", `{"type":"Feature","geometry":{"type":"Point","coordinates":[113.95,34.75]},"properties":{"class":"0118"}}`},
		{"PATCH", "/ogc/collections/assets/items/ID", `{"properties":{"name":"x"}}`},
		{"DELETE", "/ogc/collections/assets/items/ID", ""},
		{"GET", "/api/v1/assets/ID/history", ""},
		{"POST", "/api/v1/assets/ID/versions/1/restore", "{}"},
		{"POST", "/api/v1/assets/ID/remove", `{"on":"2026-01-01"}`},
		{"POST", "/api/v1/assets/ID/replace", `{"on":"2026-01-01"}`},
		{"GET", "/ogc/collections/segments/items/" + segmentID.String(), ""},
		{"GET", "/api/v1/segments/" + segmentID.String() + "/lineage", ""},
		{"POST", "/api/v1/segments/" + segmentID.String() + "/split", `{"at":[{"chainage_m":100}]}`},
	} {
		body := any(c.body)
		if c.body == "" {
			body = nil
		}
		hidden := tw.as(t, "outsider", c.method, strings.Replace(c.path, "ID", real, 1), body)
		missing := tw.as(t, "outsider", c.method, strings.Replace(c.path, "ID", ghost, 1), body)
		if hidden.StatusCode != 404 || string(hidden.body) != string(missing.body) && !strings.Contains(c.path, "segments") {
			t.Errorf("%s %s: %d %s, missing %s", c.method, c.path, hidden.StatusCode, hidden.body, missing.body)
		}
	}
	for _, path := range []string{"/api/v1/changes?jurisdiction=", "/api/v1/people?jurisdiction=", "/api/v1/counts?jurisdiction=", "/api/v1/classes?jurisdiction=",
		"/api/v1/search?q=x&jurisdiction=", "/api/v1/nearest?at=113.75,34.75&jurisdiction=", "/api/v1/basemap?jurisdiction=", "/api/v1/timeline?jurisdiction=", "/api/v1/events?jurisdiction=",
		"/api/v1/compare?from=2020-01-01&to=2030-01-01&jurisdiction=", "/api/v1/departments?jurisdiction=", "/api/v1/investment/template?jurisdiction=", "/api/v1/investment/batches?jurisdiction="} {
		hidden, missing := tw.as(t, "outsider", "GET", path+place, nil), tw.as(t, "outsider", "GET", path+"990000009", nil)
		if hidden.StatusCode != 404 || strings.Replace(string(hidden.body), place, "990000009", 1) != string(missing.body) {
			t.Errorf("%s: %d %s, missing %s", path, hidden.StatusCode, hidden.body, missing.body)
		}
	}
	tw.as(t, "outsider", "GET", "/api/v1/changes?jurisdiction="+assets.SystemJurisdiction, nil).want(t, 404)
	tw.as(t, "outsider", "POST", "/api/v1/operations/"+op+"/undo", map[string]string{"jurisdiction": place}).want(t, 404)
	tw.as(t, "outsider", "POST", "/api/v1/operations/"+op+"/undo", map[string]string{"jurisdiction": otherPlace}).want(t, 404)
	tw.as(t, "outsider", "POST", "/api/v1/bulk", `{"jurisdiction":"`+place+`","select":{"class":["0118"]},"set":{"name":"x"},"preview":true}`).want(t, 404)
	tw.as(t, "outsider", "POST", "/ogc/collections/assets/items", `{"type":"Feature","geometry":{"type":"Point","coordinates":[113.75,34.75]},"properties":{"class":"0118","jurisdiction":"`+place+`"}}`).want(t, 404)
	// Lists, counts and tiles hold one's own alone, whatever is asked for.
	list := tw.as(t, "outsider", "GET", "/ogc/collections/assets/items", nil).want(t, 200)
	if c := decode[collection](t, list.body); c.NumberMatched != 1 || strings.Contains(string(list.body), place) {
		t.Errorf("%s", list.body)
	}
	if a := tw.as(t, "outsider", "GET", "/ogc/collections/assets/items?jurisdiction="+place, nil).want(t, 200); decode[collection](t, a.body).NumberMatched != 0 {
		t.Errorf("%s", a.body)
	}
	if a := tw.as(t, "outsider", "GET", "/api/v1/jurisdictions", nil).want(t, 200); strings.Contains(string(a.body), place) {
		t.Errorf("%s", a.body)
	}
	for _, path := range []string{"/ogc/collections/assets/tiles/WebMercatorQuad/8/101/208", "/ogc/tiles/WebMercatorQuad/8/101/208"} {
		a := tw.as(t, "outsider", "GET", path, nil).want(t, 200)
		if s := string(a.body); strings.Contains(s, "路灯") || strings.Contains(s, "测试") || strings.Contains(s, "东西路") || !strings.Contains(s, "别") {
			t.Errorf("%s: %q", path, s)
		}
	}
	if a := tw.as(t, "outsider", "GET", "/ogc/collections/areas", nil).want(t, 200); strings.Contains(string(a.body), "113.7") || !strings.Contains(string(a.body), `"interval":[["20`) {
		t.Errorf("the extent tells of another place: %s", a.body)
	}
}

// TestNobodyTakesAnothersID: an object made elsewhere under an id that is known
// hides nothing and takes no writes.
func TestNobodyTakesAnothersID(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 1, web.Config{Anonymous: true})
	id := decode[collection](t, tw.as(t, "viewer", "GET", items, nil).body).Features[0].ID
	twin := map[string]any{"type": "Feature", "id": id, "geometry": map[string]any{"type": "Point", "coordinates": []float64{113.96, 34.75}},
		"properties": map[string]any{"class": "0118", "name": "假", "jurisdiction": otherPlace}}
	tw.as(t, "outsider", "POST", items, twin).want(t, 201)
	for _, who := range []string{"", "viewer", "root"} {
		if p := tw.as(t, who, "GET", items+"/"+id, nil).want(t, 200).feature(t).Properties; p["jurisdiction"] != place {
			t.Errorf("%q sees that of %v", who, p["jurisdiction"])
		}
	}
	for version, who := range []string{"field", "root"} {
		a := tw.as(t, who, "PATCH", items+"/"+id, map[string]any{"properties": map[string]any{"name": who}}, "If-Match", fmt.Sprintf(`"%d"`, version+1)).want(t, 200)
		if p := a.feature(t).Properties; p["jurisdiction"] != place || p["name"] != who {
			t.Errorf("%s wrote to %v", who, p)
		}
	}
	if p := tw.as(t, "outsider", "GET", items+"/"+id, nil).want(t, 200).feature(t).Properties; p["name"] != "假" {
		t.Errorf("%v", p)
	}
}

// TestVisitorsSeeNoPersons: who answers for a thing is for those who work here.
func TestVisitorsSeeNoPersons(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{Anonymous: true})
	person, err := tw.store.AccountNamed(context.Background(), "field")
	if err != nil {
		t.Fatal(err)
	}
	class := decode[assets.Class](t, tw.as(t, "admin", "POST", "/api/v1/classes", map[string]any{"jurisdiction": place, "major": "01", "major_name": "公用设施", "name": "充电桩", "geometry": "point", "icon": "other", "color": "#112233",
		"radius_m": 1, "accuracy_m": 5, "fields": []map[string]any{{"key": "keeper", "name": "负责人", "kind": "person"}, {"key": "power_kw", "name": "功率", "kind": "number", "unit": "kW"}}}).want(t, 201).body)
	made := tw.as(t, "field", "POST", "/ogc/collections/assets/items", map[string]any{"type": "Feature", "geometry": map[string]any{"type": "Point", "coordinates": []float64{113.75, 34.75}},
		"properties": map[string]any{"class": class.Code, "attributes": map[string]any{"keeper": person.ID, "power_kw": 7}}}).want(t, 201).feature(t)
	for who, sees := range map[string]bool{"": false, "viewer": true} {
		for _, path := range []string{"/ogc/collections/assets/items", "/ogc/collections/assets/items/" + made.ID, "/ogc/collections/assets/items?f=html"} {
			a := tw.as(t, who, "GET", path, nil).want(t, 200)
			if strings.Contains(string(a.body), person.ID.String()) != sees || !strings.Contains(string(a.body), "power_kw") {
				t.Errorf("%s as %q: %s", path, who, a.body)
			}
		}
	}
}
