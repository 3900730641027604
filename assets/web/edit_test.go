package web_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"streetbook/assets"
	"streetbook/assets/web"
)

const items = "/ogc/collections/assets/items"

// lamp is a feature for the body of a request.
func lamp(lon, lat float64, properties map[string]any) map[string]any {
	all := map[string]any{"jurisdiction": place, "class": "0118"}
	for name, value := range properties {
		all[name] = value
	}
	return map[string]any{"type": "Feature", "geometry": map[string]any{"type": "Point", "coordinates": []float64{lon, lat}}, "properties": all}
}

func TestWritingFeatures(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{Anonymous: true})
	id := uuid.Must(uuid.NewV7()).String()
	body := lamp(113.75, 34.7501, map[string]any{"name": "新灯", "installed_on": "2024-05-01", "code": ""})
	body["id"] = id
	made := tw.as(t, "field", "POST", items, body).want(t, 201)
	f := made.feature(t)
	if made.Header.Get("Location") != tw.URL+items+"/"+id || f.ID != id || made.Header.Get("ETag") != `"1"` {
		t.Errorf("%v %s", made.Header, made.body)
	}
	// The store places it and numbers it.
	if p := f.Properties; p["segment"] != segmentID.String() || p["side"] != "left" || p["code"] != "9900000118000001" || p["version"] != 1.0 {
		t.Errorf("%v", p)
	}
	path := items + "/" + id
	got := tw.as(t, "viewer", "GET", path, nil).want(t, 200)
	if got.Header.Get("ETag") != `"1"` {
		t.Errorf("ETag %s", got.Header.Get("ETag"))
	}
	// PUT replaces: what is left out is gone, but for the code; an id in the body says nothing.
	other := lamp(113.76, 34.7501, map[string]any{"condition": "poor", "length_m": nil})
	delete(other["properties"].(map[string]any), "length_m")
	other["id"] = uuid.NewString()
	unseen := tw.as(t, "field", "PUT", path, other).want(t, 428)
	if p := decode[struct{ Current feature }](t, unseen.body).Current; p.ID != id || !strings.Contains(string(unseen.body), `If-Match`) {
		t.Errorf("%s", unseen.body)
	}
	put := tw.as(t, "field", "PUT", path, other, "If-Match", `"1"`).want(t, 200)
	if p := put.feature(t); p.ID != id || p.Properties["name"] != nil || p.Properties["installed_on"] != nil || p.Properties["condition"] != "poor" || p.Properties["code"] != "9900000118000001" {
		t.Errorf("%s", put.body)
	}
	got = tw.as(t, "viewer", "GET", path, nil).want(t, 200)
	if got.Header.Get("ETag") != put.Header.Get("ETag") || put.Header.Get("ETag") != `"2"` {
		t.Errorf("GET has %s, PUT had %s", got.Header.Get("ETag"), put.Header.Get("ETag"))
	}
	// PATCH changes what it names. What a client read it may send back.
	patch := map[string]any{"properties": map[string]any{"name": "改", "version": 2, "class_name": "x"}}
	if p := tw.as(t, "field", "PATCH", path, patch, "If-Match", `W/"2", "2-gz"`).want(t, 200).feature(t); p.Properties["name"] != "改" || p.Properties["condition"] != "poor" {
		t.Errorf("%v", p)
	}
	// The same again is no change.
	if a := tw.as(t, "field", "PATCH", path, patch, "If-Match", "*").want(t, 200); a.Header.Get("ETag") != `"3"` {
		t.Errorf("a change that changes nothing made %s", a.Header.Get("ETag"))
	}
	// A stale writer is told what there is now.
	stale := tw.as(t, "planner", "PATCH", path, map[string]any{"properties": map[string]any{"name": "老"}}, "If-Match", `"2"`).want(t, 412)
	if p := decode[struct{ Current feature }](t, stale.body).Current; p.Properties["name"] != "改" || p.ID != id {
		t.Errorf("%s", stale.body)
	}
	// Deleted is gone from every read, and comes back as it was.
	tw.as(t, "field", "DELETE", path, nil).want(t, 428)
	tw.as(t, "field", "DELETE", path, nil, "If-Match", `"3"`).want(t, 204)
	tw.as(t, "viewer", "GET", path, nil).want(t, 404)
	tw.as(t, "field", "DELETE", path, nil).want(t, 404)
	for _, method := range []string{"DELETE", "PUT"} {
		if a := tw.as(t, "field", method, path, other, "If-Match", `"4"`).want(t, 412); !strings.Contains(string(a.body), `"current":null`) {
			t.Errorf("%s: the writer is not told that it is deleted: %s", method, a.body)
		}
	}
	if a := tw.as(t, "viewer", "GET", items, nil); decode[collection](t, a.body).NumberMatched != 0 {
		t.Errorf("%s", a.body)
	}
	if p := tw.as(t, "field", "POST", "/api/v1/assets/"+id+"/restore", map[string]string{"on": "2026-01-01"}, "If-Match", "*").want(t, 200).feature(t); p.Properties["name"] != "改" || p.Properties["version"] != 5.0 {
		t.Errorf("%v", p)
	}
	// Nothing is there: 404; with a condition, the condition is not met.
	ghost := items + "/" + uuid.NewString()
	tw.as(t, "field", "PUT", ghost, other).want(t, 404)
	tw.as(t, "field", "PUT", ghost, other, "If-Match", `"1"`).want(t, 412)
	// An id is given once.
	body["properties"].(map[string]any)["name"] = "noch eine"
	tw.as(t, "field", "POST", items+"?duplicate=allow", body).want(t, 409)
}

func TestEveryWrongFieldIsNamed(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	class := decode[assets.Class](t, tw.as(t, "admin", "POST", "/api/v1/classes", map[string]any{"jurisdiction": place, "major": "01", "major_name": "公用设施", "name": "箱", "geometry": "point", "icon": "other", "color": "#112233",
		"radius_m": 0, "accuracy_m": 5, "fields": []map[string]any{
			{"key": "height_m", "name": "高度", "kind": "number", "unit": "m", "min": 1, "max": 20}, {"key": "kind", "name": "类型", "kind": "choice", "choices": []string{"甲", "乙"}},
			{"key": "since", "name": "日期", "kind": "date"}, {"key": "lit", "name": "亮", "kind": "flag"}, {"key": "office", "name": "部门", "kind": "department"},
			{"key": "number", "name": "编号", "kind": "text", "required": true}}}).want(t, 201).body).Code
	fields := func(body any) (names []string) {
		a := tw.as(t, "field", "POST", items, body).want(t, 422)
		for _, e := range decode[struct {
			Errors []struct{ Field, Detail string }
		}](t, a.body).Errors {
			names = append(names, e.Field)
			if e.Detail == "" {
				t.Errorf("%s: no sentence", e.Field)
			}
		}
		if names == nil {
			names = append(names, decode[problem](t, a.body).Field)
		}
		slices.Sort(names)
		return names
	}
	cases := []struct {
		name string
		body any
		want string
	}{
		{"everything", lamp(113.75, 34.75, map[string]any{"class": class, "condition": "x", "installed_on": "2024-13-01", "accuracy_m": "far", "colour": "red", "attributes": map[string]any{
			"height_m": 99, "kind": "丙", "since": "yesterday", "lit": "yes", "office": "x", "extra": 1}}),
			"properties.accuracy_m properties.attributes.extra properties.attributes.height_m properties.attributes.kind properties.attributes.lit properties.attributes.number properties.attributes.office properties.attributes.since properties.colour properties.condition properties.installed_on"},
		{"place and properties", lamp(113.75, 95, map[string]any{"class": class, "name": 5, "condition": "x", "attributes": map[string]any{"height_m": "x", "number": "1"}}),
			"geometry.coordinates properties.attributes.height_m properties.condition properties.name"},
		{"attributes alone", lamp(113.75, 34.75, map[string]any{"class": class, "attributes": map[string]any{"height_m": 0, "number": ""}}), "properties.attributes.height_m properties.attributes.number"},
		{"nobody's department", lamp(113.75, 34.75, map[string]any{"class": class, "attributes": map[string]any{"number": "1", "office": uuid.NewString()}}), "properties.attributes.office"},
		{"no such class", lamp(113.75, 34.75, map[string]any{"class": "9999"}), "properties.class"},
		{"no geometry", map[string]any{"type": "Feature", "geometry": nil, "properties": map[string]any{"class": "0118"}}, "geometry"},
		{"out of range", lamp(213.75, 34.75, nil), "geometry.coordinates"},
		{"open ring", map[string]any{"type": "Feature", "geometry": map[string]any{"type": "Polygon", "coordinates": [][][]float64{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}}}, "properties": map[string]any{"class": "0118"}}, "geometry.coordinates[0]"},
		{"a line for a point", map[string]any{"type": "Feature", "geometry": map[string]any{"type": "LineString", "coordinates": [][]float64{{113.7, 34.7}, {113.8, 34.7}}}, "properties": map[string]any{"class": "0118"}}, "geometry"},
		{"born removed", lamp(113.75, 34.75, map[string]any{"status": "removed"}), "status"},
	}
	for _, c := range cases {
		if got := strings.Join(fields(c.body), " "); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	for _, c := range []struct {
		name, body string
		status     int
		headers    []string
	}{
		{"not JSON", `{"type":`, 400, nil},
		{"twice", `{"type":"Feature","type":"Feature","geometry":null,"properties":{}}`, 400, nil},
		{"an array", `[]`, 422, nil},
		{"NUL", `{"type":"Feature","geometry":{"type":"Point","coordinates":[113.7,34.7]},"properties":{"class":"0118","name":"a\u0000b"}}`, 400, nil},
		{"deep", `{"type":"Feature","geometry":null,"properties":{"attributes":` + strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40) + `}}`, 400, nil},
		{"another type", `{}`, 415, []string{"Content-Type", "text/plain"}},
		{"an op that is none", `{"type":"Feature","geometry":{"type":"Point","coordinates":[113.7,34.7]},"properties":{"class":"0118"}}`, 400, []string{"Idempotency-Key", "x"}},
	} {
		tw.as(t, "field", "POST", items, c.body, c.headers...).want(t, c.status)
	}
	if a := tw.as(t, "viewer", "GET", items, nil); decode[collection](t, a.body).NumberMatched != 0 {
		t.Errorf("something was stored: %s", a.body)
	}
}

func TestDuplicateGuard(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	first := tw.as(t, "field", "POST", items, lamp(113.75, 34.75, nil)).want(t, 201).feature(t)
	twin := lamp(113.75001, 34.75, nil) // 0.9 m further east
	a := tw.as(t, "field", "POST", items, twin).want(t, 409)
	found := decode[struct {
		Candidates []struct {
			ID        string
			DistanceM float64 `json:"distance_m"`
		}
	}](t, a.body).Candidates
	if len(found) != 1 || found[0].ID != first.ID || found[0].DistanceM < 0.8 || found[0].DistanceM > 1 {
		t.Errorf("%s", a.body)
	}
	twin["properties"].(map[string]any)["class"] = "0119" // another class may stand beside it
	tw.as(t, "field", "POST", items, twin).want(t, 201)
	twin["properties"].(map[string]any)["class"] = "0118"
	tw.as(t, "field", "POST", items+"?duplicate=allow", twin).want(t, 201)
	tw.as(t, "field", "POST", items+"?duplicate=yes", twin).want(t, 400)
}

// TestTwoWritersOneObject: exactly one wins, the other gets 412 and both states.
func TestTwoWritersOneObject(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 1, web.Config{})
	id := decode[collection](t, tw.as(t, "viewer", "GET", items, nil).body).Features[0].ID
	for version := 1; version <= 10; version++ {
		answers := make([]answer, 2)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() {
				answers[i] = tw.as(t, "field", "PATCH", items+"/"+id, map[string]any{"properties": map[string]any{"name": fmt.Sprint(version, "-", i)}}, "If-Match", fmt.Sprintf(`"%d"`, version))
			})
		}
		wg.Wait()
		won, lost := answers[0], answers[1]
		if won.StatusCode != 200 {
			won, lost = lost, won
		}
		won.want(t, 200)
		lost.want(t, 412)
		current := decode[struct{ Current feature }](t, lost.body).Current.Properties["name"]
		if current != won.feature(t).Properties["name"] {
			t.Errorf("the loser is shown %v", current)
		}
	}
}

// TestConcurrentCreatesAreNumberedWithoutGaps: 200 at once, every code once, no
// gap, no code of a deleted asset again.
func TestConcurrentCreatesAreNumberedWithoutGaps(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	const n = 200
	codes := make([]string, n)
	var wg sync.WaitGroup
	limit := make(chan struct{}, 40)
	for i := range n {
		wg.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			a := tw.as(t, "field", "POST", items, lamp(113.71+float64(i)*0.0003, 34.76, nil))
			if a.StatusCode != 201 {
				t.Errorf("%d: %s", a.StatusCode, a.body)
				return
			}
			codes[i], _ = a.feature(t).Properties["code"].(string)
		})
	}
	wg.Wait()
	slices.Sort(codes)
	for i, code := range codes {
		if want := fmt.Sprintf("9900000118%06d", i+1); code != want {
			t.Fatalf("code %d is %s, want %s", i, code, want)
		}
	}
	// A code that somebody brings is kept if it is free, and passed over later.
	tw.as(t, "field", "POST", items, lamp(113.75, 34.78, map[string]any{"code": "9900000118000202"})).want(t, 201)
	tw.as(t, "field", "POST", items, lamp(113.76, 34.78, map[string]any{"code": "9900000118000202"})).want(t, 409)
	for _, want := range []string{"9900000118000201", "9900000118000203"} {
		made := tw.as(t, "field", "POST", items+"?duplicate=allow", lamp(113.77, 34.78, nil)).want(t, 201).feature(t)
		if made.Properties["code"] != want {
			t.Errorf("code %v, want %s", made.Properties["code"], want)
		}
		tw.as(t, "field", "DELETE", items+"/"+made.ID, nil, "If-Match", `"1"`).want(t, 204)
	}
}

// TestTheSameOperationManyTimes is applied once and answered alike, also in
// parallel; with another body it is refused.
func TestTheSameOperationManyTimes(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	op := uuid.NewString()
	answers := make([]answer, 5)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			answers[i] = tw.as(t, "field", "POST", items, lamp(113.75, 34.75, nil), "Idempotency-Key", op)
		})
	}
	wg.Wait()
	for _, a := range answers {
		if a.want(t, 201); a.Header.Get("Location") != answers[0].Header.Get("Location") || string(a.body) != string(answers[0].body) {
			t.Errorf("%s\n%s", a.body, answers[0].body)
		}
	}
	id := answers[0].feature(t).ID
	tw.as(t, "field", "POST", items, lamp(113.76, 34.75, nil), "Idempotency-Key", op).want(t, 422)
	// After others wrote, the answer is still that of the first time.
	tw.as(t, "field", "PATCH", items+"/"+id, map[string]any{"properties": map[string]any{"name": "x"}}, "If-Match", `"1"`).want(t, 200)
	again := tw.as(t, "field", "POST", items, lamp(113.75, 34.75, nil), "Idempotency-Key", op).want(t, 201)
	if string(again.body) != string(answers[0].body) {
		t.Errorf("%s", again.body)
	}
	n, err := tw.store.Count(context.Background(), assets.CollectionAssets, assets.In(place))
	if err != nil || n != 1 {
		t.Errorf("%d assets (%v)", n, err)
	}
	del := uuid.NewString()
	for range 3 {
		tw.as(t, "field", "DELETE", items+"/"+id, nil, "If-Match", `"2"`, "Idempotency-Key", del).want(t, 204)
	}
}

// TestLenientTokens write without saying what they saw; history names them.
func TestLenientTokens(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 1, web.Config{})
	account, err := tw.store.AccountNamed(context.Background(), "planner")
	if err != nil {
		t.Fatal(err)
	}
	tw.tokens["qgis"] = tw.addToken(t, account, assets.Token{Name: "QGIS", Role: assets.RolePlanner, Lenient: true})
	id := decode[collection](t, tw.as(t, "viewer", "GET", items, nil).body).Features[0].ID
	tw.as(t, "qgis", "PATCH", items+"/"+id, map[string]any{"properties": map[string]any{"name": "x"}}).want(t, 200)
	if a := tw.as(t, "viewer", "GET", "/api/v1/assets/"+id+"/history", nil).want(t, 200); !strings.Contains(string(a.body), `"planner (QGIS)"`) {
		t.Errorf("%s", a.body)
	}
}

func TestLifeCycle(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	f := tw.as(t, "field", "POST", items, lamp(113.75, 34.75, map[string]any{"status": "planned"})).want(t, 201).feature(t)
	verb := func(name string, status int, body map[string]any, version int) answer {
		t.Helper()
		return tw.as(t, "field", "POST", "/api/v1/assets/"+f.ID+"/"+name, body, "If-Match", fmt.Sprintf(`"%d"`, version)).want(t, status)
	}
	verb("install", 422, map[string]any{"on": "someday"}, 1)
	verb("install", 422, map[string]any{"on": "2026-01-01", "name": "x"}, 1)
	if p := verb("install", 200, map[string]any{"on": "2026-01-01"}, 1).feature(t).Properties; p["status"] != "in_service" || p["installed_on"] != "2026-01-01" {
		t.Errorf("%v", p)
	}
	verb("install", 409, map[string]any{"on": "2026-01-01"}, 2)
	moved := verb("move", 200, map[string]any{"on": "2026-02-01", "geometry": map[string]any{"type": "Point", "coordinates": []float64{113.76, 34.7501}}, "accuracy_m": 2}, 2).feature(t)
	if p := moved.Properties; p["segment"] != segmentID.String() || p["accuracy_m"] != 2.0 {
		t.Errorf("%v", p)
	}
	verb("remove", 422, map[string]any{"on": "2025-01-01"}, 3) // before it was installed
	if p := verb("remove", 200, map[string]any{"on": "2026-03-01"}, 3).feature(t).Properties; p["status"] != "removed" || p["removed_on"] != "2026-03-01" {
		t.Errorf("%v", p)
	}
	if p := verb("restore", 200, map[string]any{"on": "2026-04-01"}, 4).feature(t).Properties; p["status"] != "in_service" || p["removed_on"] != nil {
		t.Errorf("%v", p)
	}
	both := decode[struct{ Retired, Created feature }](t, verb("replace", 201, map[string]any{"on": "2026-05-01", "name": "换新"}, 5).body)
	old, made := both.Retired.Properties, both.Created.Properties
	if old["replaced_by"] != both.Created.ID || made["replaces"] != f.ID || old["status"] != "removed" || made["installed_on"] != "2026-05-01" || made["name"] != "换新" || made["code"] == old["code"] {
		t.Errorf("%+v", both)
	}
	// The status is nobody's to write.
	if p := tw.as(t, "field", "PATCH", items+"/"+both.Created.ID, map[string]any{"properties": map[string]any{"status": "removed"}}, "If-Match", `"1"`).want(t, 200).feature(t); p.Properties["status"] != "in_service" {
		t.Errorf("%v", p)
	}
}

// TestReshapingASegmentPlacesItsAssetsAnew: where things stand follows the street.
func TestReshapingASegmentPlacesItsAssetsAnew(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 5, web.Config{})
	path := "/ogc/collections/segments/items/" + segmentID.String()
	tw.as(t, "field", "PATCH", path, map[string]any{"properties": map[string]any{"name": "x"}}, "If-Match", `"1"`).want(t, 403)
	line := func(lat float64) map[string]any {
		return map[string]any{"geometry": map[string]any{"type": "LineString", "coordinates": [][]float64{{113.71, lat}, {113.79, lat}}}}
	}
	on := func() (n int) {
		for _, f := range decode[struct{ Features []feature }](t, tw.as(t, "viewer", "GET", items, nil).body).Features {
			if f.Properties["segment"] != nil {
				n++
			}
		}
		return n
	}
	if on() != 5 {
		t.Fatalf("%d on the segment", on())
	}
	tw.as(t, "planner", "PATCH", path, line(34.76), "If-Match", `"1"`).want(t, 200)
	if on() != 0 {
		t.Errorf("%d on a segment a kilometre away", on())
	}
	tw.as(t, "planner", "PATCH", path, line(34.7502), "If-Match", `"2"`).want(t, 200)
	if on() != 5 {
		t.Errorf("%d on the segment that came back", on())
	}
	tw.as(t, "planner", "DELETE", path, nil, "If-Match", `"3"`).want(t, 204)
	if on() != 0 {
		t.Errorf("%d on a segment that is gone", on())
	}
}

func TestCatalogueNeverBreaksRecords(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	class := map[string]any{"jurisdiction": place, "major": "01", "major_name": "公用设施", "name": "充电桩", "geometry": "point", "icon": "other", "color": "#112233", "radius_m": 0, "accuracy_m": 5,
		"fields": []map[string]any{{"key": "power_kw", "name": "功率", "kind": "number"}}}
	tw.as(t, "planner", "POST", "/api/v1/classes", class).want(t, 403)
	made := decode[assets.Class](t, tw.as(t, "admin", "POST", "/api/v1/classes", class).want(t, 201).body)
	if len(made.Code) != 4 || made.Code[:2] != "01" || !made.Local || made.Jurisdiction != place {
		t.Errorf("%+v", made)
	}
	path := "/api/v1/classes/" + made.ID.String()
	f := tw.as(t, "field", "POST", items, lamp(113.75, 34.75, map[string]any{"class": made.Code, "attributes": map[string]any{"power_kw": 7}})).want(t, 201).feature(t)
	if f.Properties["class_name"] != "充电桩" {
		t.Errorf("%v", f.Properties)
	}
	change := func(fields any, status int, match string) answer {
		t.Helper()
		class["fields"] = fields
		return tw.as(t, "admin", "PUT", path, class, "If-Match", match).want(t, status)
	}
	change([]map[string]any{{"key": "power_kw", "name": "功率", "kind": "flag"}}, 409, `"1"`)
	change([]map[string]any{{"key": "power_kw", "name": "功率", "kind": "number", "max": 5}}, 409, `"1"`)
	class["geometry"] = "line"
	change([]map[string]any{{"key": "power_kw", "name": "功率", "kind": "number"}}, 409, `"1"`)
	class["geometry"] = "point"
	change([]map[string]any{{"key": "plug", "name": "接口", "kind": "text", "required": true}}, 200, `"1"`)
	tw.as(t, "admin", "PUT", path, class, "If-Match", `"1"`).want(t, 412)
	// The record keeps what the class no longer asks for, and can still be edited.
	if p := tw.as(t, "field", "PATCH", items+"/"+f.ID, map[string]any{"properties": map[string]any{"name": "一号"}}, "If-Match", `"1"`).want(t, 200).feature(t); fmt.Sprint(p.Properties["attributes"]) != "map[power_kw:7]" {
		t.Errorf("%v", p.Properties["attributes"])
	}
	// Who writes attributes now must fill in what is required now.
	tw.as(t, "field", "PATCH", items+"/"+f.ID, map[string]any{"properties": map[string]any{"attributes": map[string]any{"power_kw": nil}}}, "If-Match", `"2"`).want(t, 422)
	tw.as(t, "field", "PATCH", items+"/"+f.ID, map[string]any{"properties": map[string]any{"attributes": map[string]any{"plug": "CCS2"}}}, "If-Match", `"2"`).want(t, 200)
	tw.as(t, "admin", "DELETE", path, nil, "If-Match", `"2"`).want(t, 409)
	tw.as(t, "field", "DELETE", items+"/"+f.ID, nil, "If-Match", `"3"`).want(t, 204)
	tw.as(t, "admin", "DELETE", path, nil, "If-Match", `"2"`).want(t, 204)
	// Its code is not given to another class.
	if again := decode[assets.Class](t, tw.as(t, "admin", "POST", "/api/v1/classes", class).want(t, 201).body); again.Code == made.Code {
		t.Errorf("code %s", again.Code)
	}
}

func TestDepartments(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	d := decode[assets.Department](t, tw.as(t, "admin", "POST", "/api/v1/departments", map[string]string{"jurisdiction": place, "code": "C1", "name": "城管科"}).want(t, 201).body)
	tw.as(t, "admin", "POST", "/api/v1/departments", map[string]string{"jurisdiction": place, "code": "C1", "name": "另一个"}).want(t, 409)
	tw.as(t, "admin", "PUT", "/api/v1/departments/"+d.ID.String(), map[string]string{"code": "C1", "name": "城市管理科"}, "If-Match", `"1"`).want(t, 200)
	list := tw.as(t, "viewer", "GET", "/api/v1/departments?jurisdiction="+place, nil).want(t, 200)
	if !strings.Contains(string(list.body), "城市管理科") {
		t.Errorf("%s", list.body)
	}
	tw.as(t, "admin", "DELETE", "/api/v1/departments/"+d.ID.String(), nil, "If-Match", `"2"`).want(t, 204)
}
