package web_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"streetbook/assets/web"
)

// opBody is an operation of a phone.
type opBody = map[string]any

func newOp(noun, kind, id string, base int, value any) opBody {
	o := opBody{"op": uuid.Must(uuid.NewV7()).String(), "noun": noun, "id": id, "kind": kind, "at": "2020-02-02T08:00:00+08:00", "value": value}
	if base > 0 {
		o["base"] = base
	}
	return o
}

type clash struct {
	Field              string
	Base, Mine, Theirs any
}

type synced struct {
	Op, Outcome, Noun, ID, Code string
	Version                     int
	Seq                         int64
	At                          string
	ReceivedAt                  string `json:"received_at"`
	Merged                      []string
	Conflict                    *struct {
		ID, Kind string
		Fields   []clash
	}
	Twins   []struct{ ID string }
	Problem *problem
}

var phone = uuid.Must(uuid.NewV7()).String()

// sync sends operations as somebody, whose jurisdiction is the only one he has.
func (tw *town) sync(t testing.TB, who string, ops ...opBody) []synced {
	t.Helper()
	a := tw.as(t, who, "POST", "/api/v1/sync", map[string]any{"device": phone, "ops": ops}).want(t, 200)
	results := decode[struct{ Results []synced }](t, a.body).Results
	if len(results) != len(ops) {
		t.Fatalf("%d results of %d ops: %s", len(results), len(ops), a.body)
	}
	for i, r := range results {
		if r.Op != ops[i]["op"] || r.ID != ops[i]["id"] || (r.Problem == nil) == (r.Outcome == "refused") {
			t.Fatalf("result %d of %v: %+v", i, ops[i], r)
		}
	}
	return results
}

func newLamp(lon float64, more map[string]any) map[string]any {
	value := map[string]any{"class": "0118", "name": "灯", "condition": "good", "geometry": map[string]any{"type": "Point", "coordinates": []float64{lon, 34.7501}}}
	for name, v := range more {
		value[name] = v
	}
	return value
}

func newUUID() string { return uuid.Must(uuid.NewV7()).String() }

func (tw *town) properties(t testing.TB, id string) map[string]any {
	t.Helper()
	return tw.as(t, "viewer", "GET", items+"/"+id, nil).want(t, 200).feature(t).Properties
}

func TestSyncGivesReceiptsThatStay(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	id, twin := newUUID(), newUUID()
	create := newOp("asset", "create", id, 0, newLamp(113.75, map[string]any{"accuracy_m": 3.5}))
	results := tw.sync(t, "field", create, newOp("asset", "create", twin, 0, newLamp(113.750001, nil)), newOp("asset", "update", id, 1, map[string]any{"condition": "poor"}))
	first := results[0]
	if first.Outcome != "applied" || first.Version != 1 || first.Code != "9900000118000001" || first.Seq == 0 || first.At != "2020-02-02T00:00:00Z" || first.ReceivedAt < "2021" {
		t.Errorf("%+v", first)
	}
	if r := results[1]; r.Outcome != "applied" || len(r.Twins) != 1 || r.Twins[0].ID != id {
		t.Errorf("a near twin is a hint: %+v", r)
	}
	if r := results[2]; r.Outcome != "applied" || r.Version != 2 || r.Seq != first.Seq+2 {
		t.Errorf("%+v", r)
	}
	if p := tw.properties(t, id); p["condition"] != "poor" || p["segment"] != segmentID.String() || p["side"] != "left" || p["accuracy_m"] != 3.5 {
		t.Errorf("%v", p)
	}
	// The same again, by whoever and however it is spelt, has the same receipt.
	again := tw.sync(t, "planner", create, create)
	for _, r := range again {
		if r.Outcome != "already" || r.Version != first.Version || r.Seq != first.Seq || r.ReceivedAt != first.ReceivedAt || r.Code != first.Code {
			t.Errorf("%+v, first %+v", r, first)
		}
	}
	// Another body under the same op changes nothing, nor do those that change nothing stay without receipt.
	other := newOp("asset", "create", id, 0, newLamp(113.76, nil))
	other["op"] = create["op"]
	same := newOp("asset", "update", id, 2, map[string]any{"condition": "poor"})
	results = tw.sync(t, "field", other, same, same)
	if r := results[0]; r.Outcome != "refused" || r.Problem.Type != "/problems/op_reused" || r.Problem.Status != 422 {
		t.Errorf("%+v", r)
	}
	if results[1].Outcome != "applied" || results[1].Version != 2 || results[2].Outcome != "already" || results[2].Seq != results[1].Seq {
		t.Errorf("%+v", results)
	}
	same["value"] = map[string]any{"condition": "fair"}
	if r := tw.sync(t, "field", same)[0]; r.Outcome != "refused" || r.Problem.Type != "/problems/op_reused" {
		t.Errorf("%+v", r)
	}
}

func TestSyncRefusesWithReasonsAndTraceless(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 1, web.Config{})
	gone, there := newUUID(), newUUID()
	tw.sync(t, "field", newOp("asset", "create", there, 0, newLamp(113.75, nil)), newOp("asset", "create", gone, 0, newLamp(113.76, nil)), newOp("asset", "delete", gone, 1, nil))
	before, err := tw.store.Head(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, kind, field string
		op                opBody
	}{
		{"not arrived", "not_yet", "id", newOp("asset", "update", newUUID(), 1, map[string]any{"name": "x"})},
		{"from a version to come", "not_yet", "id", newOp("asset", "update", there, 7, map[string]any{"name": "x"})},
		{"delete before create", "not_yet", "id", newOp("asset", "delete", newUUID(), 1, nil)},
		{"late create", "gone", "id", newOp("asset", "create", gone, 0, newLamp(113.76, nil))},
		{"created twice", "conflict", "id", newOp("asset", "create", there, 0, newLamp(113.77, nil))},
		{"no class", "invalid", "class", newOp("asset", "create", newUUID(), 0, newLamp(113.75, map[string]any{"class": "9999"}))},
		{"no base", "invalid", "base", newOp("asset", "update", there, 0, map[string]any{"name": "x"})},
		{"no place", "invalid", "geometry", newOp("asset", "create", newUUID(), 0, map[string]any{"class": "0118"})},
		{"half a place", "invalid", "geometry.coordinates", newOp("asset", "create", newUUID(), 0, newLamp(113, map[string]any{"geometry": map[string]any{"type": "Point", "coordinates": []float64{1}}}))},
		{"unknown member", "invalid", "colour", newOp("asset", "update", there, 1, map[string]any{"colour": "red"})},
		{"wrong choice", "invalid", "condition", newOp("asset", "update", there, 1, map[string]any{"condition": "splendid"})},
		{"unknown noun", "invalid", "noun", newOp("money", "create", newUUID(), 0, map[string]any{})},
		{"unknown kind", "invalid", "kind", newOp("asset", "explode", there, 1, map[string]any{})},
		{"another's place", "not_found", "jurisdiction", newOp("asset", "create", newUUID(), 0, newLamp(113.95, map[string]any{"jurisdiction": otherPlace}))},
		{"inspection of nothing", "not_yet", "asset", newOp("inspection", "create", newUUID(), 0, map[string]any{"asset": newUUID(), "result": "found"})},
		{"inspection of a deleted one", "gone", "asset", newOp("inspection", "create", newUUID(), 0, map[string]any{"asset": gone, "result": "found"})},
		{"walk of no street", "invalid", "sides.0.segment", newOp("walk", "create", newUUID(), 0, map[string]any{"started_at": "2026-01-01T00:00:00Z", "ended_at": "2026-01-01T01:00:00Z",
			"sides": []any{map[string]any{"segment": newUUID(), "side": "left"}}})},
		{"wrong step", "conflict", "status", newOp("asset", "install", there, 1, map[string]any{"on": "2026-01-01"})},
		{"NUL", "invalid", "name", newOp("asset", "update", there, 1, map[string]any{"name": fmt.Sprintf("a%cb", 1)})},
	}
	for _, c := range cases {
		r := tw.sync(t, "field", c.op)[0]
		if r.Outcome != "refused" || r.Problem.Type != "/problems/"+c.kind || r.Problem.Field != c.field || r.Problem.Detail == "" {
			t.Errorf("%s: %+v %+v", c.name, r, r.Problem)
		}
	}
	if after, err := tw.store.Head(t.Context(), place); err != nil || after != before {
		t.Errorf("refusals left a trace: %d to %d, %v", before, after, err)
	}
	// A refused operation may be mended under the same op: it left no trace.
	op := newOp("asset", "update", there, 1, map[string]any{"condition": "splendid"})
	tw.sync(t, "field", op)
	op["value"] = map[string]any{"condition": "fair"}
	if r := tw.sync(t, "field", op)[0]; r.Outcome != "applied" {
		t.Errorf("%+v", r)
	}
	tw.as(t, "viewer", "POST", "/api/v1/sync", map[string]any{"device": phone, "ops": []any{}}).want(t, 403)
	tw.as(t, "field", "POST", "/api/v1/sync", map[string]any{"device": phone, "ops": []any{}, "x": 1}).want(t, 422)
	tw.as(t, "field", "POST", "/api/v1/sync", map[string]any{"device": phone, "ops": make([]opBody, 0)}).want(t, 200)
}

func TestSyncMergesAndKeepsBothOfAConflict(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	id := newUUID()
	tw.sync(t, "field", newOp("asset", "create", id, 0, newLamp(113.75, map[string]any{"attributes": map[string]any{"owner": "a", "department": "x"}})))
	// Two phones, different fields, one of them of the attributes: both survive.
	one := newOp("asset", "update", id, 1, map[string]any{"condition": "poor", "attributes": map[string]any{"owner": "b"}})
	two := newOp("asset", "update", id, 1, map[string]any{"name": "新名", "attributes": map[string]any{"department": nil}})
	results := tw.sync(t, "field", one, two)
	if r := results[1]; r.Outcome != "merged" || fmt.Sprint(r.Merged) != "[attributes.department name]" || r.Version != 3 {
		t.Errorf("%+v", r)
	}
	if p := tw.properties(t, id); p["condition"] != "poor" || p["name"] != "新名" || fmt.Sprint(p["attributes"]) != "map[owner:b]" {
		t.Errorf("%v", p)
	}
	// The same field to the same value is no conflict; to another it is, and the rest still goes in.
	if r := tw.sync(t, "planner", newOp("asset", "update", id, 1, map[string]any{"condition": "poor"}))[0]; r.Outcome != "merged" || r.Version != 3 {
		t.Errorf("%+v", r)
	}
	clashing := newOp("asset", "update", id, 1, map[string]any{"condition": "dangerous", "installed_on": "2020-01-01"})
	r := tw.sync(t, "field", clashing)[0]
	if r.Outcome != "conflict" || r.Version != 4 || fmt.Sprint(r.Merged) != "[installed_on]" || len(r.Conflict.Fields) != 1 || r.Conflict.Fields[0] != (clash{"condition", "good", "dangerous", "poor"}) {
		t.Errorf("%+v", r)
	}
	if p := tw.properties(t, id); p["condition"] != "poor" || p["installed_on"] != "2020-01-01" {
		t.Errorf("%v", p)
	}
	if again := tw.sync(t, "field", clashing)[0]; again.Outcome != "already" || again.Conflict == nil || again.Conflict.ID != r.Conflict.ID {
		t.Errorf("%+v", again)
	}
	// It is listed with both values, and solved once, by whoever sees it.
	listed := func(open string) []map[string]any {
		a := tw.as(t, "viewer", "GET", "/api/v1/conflicts?jurisdiction="+place+"&open="+open, nil).want(t, 200)
		return decode[struct{ Conflicts []map[string]any }](t, a.body).Conflicts
	}
	if l := listed("true"); len(l) != 1 || l[0]["object"] != id || l[0]["name"] != "新名" || l[0]["current"] != 4.0 || l[0]["actor"] != "field (test)" {
		t.Errorf("%v", l)
	}
	path := "/api/v1/conflicts/" + r.Conflict.ID + "/resolve"
	tw.as(t, "viewer", "POST", path, map[string]any{"choice": "mine"}).want(t, 403)
	tw.as(t, "outsider", "POST", path, map[string]any{"choice": "mine"}).want(t, 404)
	tw.as(t, "field", "POST", path, map[string]any{"choice": "both"}).want(t, 422)
	tw.as(t, "planner", "POST", path, map[string]any{"choice": "mine"}, "Idempotency-Key", phone).want(t, 200)
	tw.as(t, "planner", "POST", path, map[string]any{"choice": "mine"}, "Idempotency-Key", phone).want(t, 200)
	tw.as(t, "field", "POST", path, map[string]any{"choice": "theirs"}).want(t, 409)
	if p := tw.properties(t, id); p["condition"] != "dangerous" || p["version"] != 5.0 {
		t.Errorf("%v", p)
	}
	if l := listed("false"); len(listed("true")) != 0 || len(l) != 1 || l[0]["resolved"] == nil || l[0]["fields"] == nil {
		t.Errorf("%v", l)
	}
}

func TestSyncDeleteAgainstEdit(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	a, b, c := newUUID(), newUUID(), newUUID()
	for i, id := range []string{a, b, c} {
		tw.sync(t, "field", newOp("asset", "create", id, 0, newLamp(113.74+float64(i)/100, nil)))
	}
	// Somebody edited what a phone deletes: the thing stays, and people decide.
	tw.sync(t, "planner", newOp("asset", "update", a, 1, map[string]any{"name": "改"}))
	r := tw.sync(t, "field", newOp("asset", "delete", a, 1, nil))[0]
	if r.Outcome != "conflict" || r.Conflict.Kind != "delete_edit" || len(r.Conflict.Fields) != 1 || r.Conflict.Fields[0].Theirs != "改" {
		t.Errorf("%+v", r)
	}
	tw.properties(t, a)
	tw.as(t, "field", "POST", "/api/v1/conflicts/"+r.Conflict.ID+"/resolve", map[string]any{"choice": "mine"}).want(t, 200)
	tw.as(t, "viewer", "GET", items+"/"+a, nil).want(t, 404)
	// Somebody deleted what a phone edits: it stays deleted until somebody wants it back.
	deletion := newOp("asset", "delete", b, 1, nil)
	tw.sync(t, "planner", deletion)
	r = tw.sync(t, "field", newOp("asset", "update", b, 1, map[string]any{"condition": "fair", "geometry": map[string]any{"type": "Point", "coordinates": []float64{113.77, 34.7499}}}))[0]
	if r.Outcome != "conflict" || r.Conflict.Kind != "edit_delete" {
		t.Errorf("%+v", r)
	}
	tw.as(t, "viewer", "GET", items+"/"+b, nil).want(t, 404)
	tw.as(t, "field", "POST", "/api/v1/conflicts/"+r.Conflict.ID+"/resolve", map[string]any{"choice": "mine"}).want(t, 200)
	if p := tw.properties(t, b); p["condition"] != "fair" || p["side"] != "right" {
		t.Errorf("%v", p)
	}
	// Deleting twice is done once; the late replay of the first delete deletes nothing anew.
	if r := tw.sync(t, "planner", deletion)[0]; r.Outcome != "already" {
		t.Errorf("%+v", r)
	}
	tw.properties(t, b)
	tw.sync(t, "field", newOp("asset", "delete", c, 1, nil))
	if r := tw.sync(t, "planner", newOp("asset", "delete", c, 1, nil))[0]; r.Outcome != "applied" || r.Version != 2 {
		t.Errorf("%+v", r)
	}
	if r := tw.sync(t, "planner", newOp("asset", "restore", c, 2, map[string]any{"on": "2026-01-01"}))[0]; r.Outcome != "applied" || r.Version != 3 {
		t.Errorf("%+v", r)
	}
	// The life cycle.
	results := tw.sync(t, "field", newOp("asset", "remove", c, 3, map[string]any{"on": "2026-01-02"}), newOp("asset", "restore", c, 4, map[string]any{"on": "2026-01-03"}),
		newOp("asset", "update", c, 5, map[string]any{"geometry": map[string]any{"type": "Point", "coordinates": []float64{113.72, 34.7502}}}))
	if results[2].Version != 6 || tw.properties(t, c)["status"] != "in_service" {
		t.Errorf("%+v %v", results, tw.properties(t, c))
	}
}

// TestSyncOfEditsOnTopOfEdits: a phone edits one thing several times without the
// network while somebody else edits it too. Its own edits never clash with one
// another, and theirs are seen.
func TestSyncOfEditsOnTopOfEdits(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	id := newUUID()
	tw.sync(t, "field", newOp("asset", "create", id, 0, newLamp(113.75, nil)))
	one := newOp("asset", "update", id, 1, map[string]any{"condition": "poor"})
	two := newOp("asset", "update", id, 1, map[string]any{"condition": "dangerous", "name": "乙"})
	two["after"], two["was"] = one["op"], map[string]any{"condition": "poor"}
	last := newOp("asset", "delete", id, 1, nil)
	last["after"], last["was"] = two["op"], map[string]any{"condition": "dangerous", "name": "乙"}
	if r := tw.sync(t, "field", two)[0]; r.Outcome != "refused" || r.Problem.Type != "/problems/not_yet" || r.Problem.Field != "after" {
		t.Errorf("%+v", r)
	}
	tw.sync(t, "planner", newOp("asset", "update", id, 1, map[string]any{"name": "甲"}))
	results := tw.sync(t, "field", one, two, last)
	if results[0].Outcome != "merged" || results[1].Outcome != "conflict" || results[2].Outcome != "conflict" {
		t.Errorf("%+v", results)
	}
	if f := results[1].Conflict.Fields; len(f) != 1 || f[0] != (clash{"name", "灯", "乙", "甲"}) || tw.properties(t, id)["condition"] != "dangerous" {
		t.Errorf("%+v", f)
	}
	if f := results[2].Conflict.Fields; len(f) != 1 || f[0].Field != "name" || f[0].Theirs != "甲" {
		t.Errorf("%+v", f)
	}
}

func TestWalksCoverSides(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	asset, walk, look := newUUID(), newUUID(), newUUID()
	results := tw.sync(t, "field", newOp("asset", "create", asset, 0, newLamp(113.75, nil)),
		newOp("walk", "create", walk, 0, map[string]any{"started_at": "2026-03-01T22:00:00Z", "ended_at": "2026-03-01T23:00:00Z", "track": map[string]any{"type": "LineString", "coordinates": [][]float64{{113.71, 34.75}, {113.79, 34.75}}},
			"sides": []any{map[string]any{"segment": segmentID, "side": "left"}}}),
		newOp("walk", "create", newUUID(), 0, map[string]any{"started_at": "2026-03-05T02:00:00Z", "ended_at": "2026-03-05T02:00:00Z", "track": nil, "sides": []any{map[string]any{"segment": segmentID, "side": "left"}}}),
		newOp("inspection", "create", look, 0, map[string]any{"asset": asset, "result": "not_found", "note": "不见了", "geometry": map[string]any{"type": "Point", "coordinates": []float64{113.75, 34.75}}}))
	for _, r := range results {
		if r.Outcome != "applied" || r.Version != 1 {
			t.Fatalf("%+v %+v", r, r.Problem)
		}
	}
	type side struct {
		Last *string
		Days []struct{ On, By string }
	}
	type segment struct {
		Segment     string
		Left, Right side
	}
	covered := func(more string) segment {
		a := tw.as(t, "viewer", "GET", "/api/v1/coverage?jurisdiction="+place+more, nil).want(t, 200)
		return decode[struct{ Segments []segment }](t, a.body).Segments[0]
	}
	if c := covered(""); c.Segment != segmentID.String() || *c.Left.Last != "2026-03-05" || len(c.Left.Days) != 2 || c.Left.Days[1].On != "2026-03-02" || c.Right.Last != nil {
		t.Errorf("%+v", c)
	}
	if c := covered("&to=2026-03-03"); *c.Left.Last != "2026-03-02" {
		t.Errorf("%+v", c)
	}
	tw.as(t, "viewer", "GET", "/api/v1/coverage?jurisdiction="+place+"&from=x", nil).want(t, 400)
	a := tw.as(t, "viewer", "GET", "/api/v1/walks?jurisdiction="+place+"&limit=1", nil).want(t, 200)
	if w := decode[struct {
		Walks []struct {
			ID    string
			Track struct{ Type string }
		}
		Next string
	}](t, a.body); len(w.Walks) != 1 || w.Walks[0].ID != walk || w.Walks[0].Track.Type != "LineString" || w.Next != walk {
		t.Errorf("%s", a.body)
	}
	a = tw.as(t, "viewer", "GET", "/api/v1/assets/"+asset+"/inspections", nil).want(t, 200)
	if l := decode[struct{ Inspections []struct{ ID, Result string } }](t, a.body).Inspections; len(l) != 1 || l[0].ID != look || l[0].Result != "not_found" {
		t.Errorf("%s", a.body)
	}
	// The pack holds it all, and says from where the feed goes on.
	a = tw.as(t, "field", "GET", "/api/v1/pack?jurisdiction="+place, nil).want(t, 200)
	type list struct{ Features []feature }
	pack := decode[struct {
		Epoch                            string
		Seq                              int64
		Segments, Areas, Assets, Basemap list
		Classes, Inspections, Coverage   []any
	}](t, a.body)
	head, err := tw.store.Head(t.Context(), place)
	if err != nil || pack.Seq != head || len(pack.Segments.Features) != 1 || len(pack.Areas.Features) != 2 || len(pack.Assets.Features) != 1 || len(pack.Basemap.Features) != 1 ||
		len(pack.Classes) < 80 || len(pack.Inspections) != 1 || len(pack.Coverage) != 1 {
		t.Errorf("%v %d %.300s", err, head, a.body)
	}
	if a := tw.as(t, "field", "GET", "/api/v1/pack?jurisdiction="+place+"&segments="+newUUID(), nil).want(t, 200); len(decode[struct{ Assets list }](t, a.body).Assets.Features) != 0 {
		t.Errorf("%s", a.body)
	}
	if a := tw.as(t, "viewer", "GET", "/api/v1/changes?jurisdiction="+place, nil).want(t, 200); decode[struct{ Epoch string }](t, a.body).Epoch != pack.Epoch {
		t.Errorf("%s", a.body)
	}
	tw.as(t, "planner", "POST", "/api/v1/segments/"+segmentID.String()+"/split", `{"at":[{"chainage_m":1000},{"chainage_m":2000}]}`, "If-Match", "*").want(t, 201)
	if c := covered(""); c.Segment == segmentID.String() || len(c.Left.Days) != 2 || c.Right.Last != nil {
		t.Errorf("a part of what was walked: %+v", c)
	}
}

func TestDevicesAndEpochs(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	type heartbeat struct {
		Epoch   string
		Results []synced
	}
	beat := func(more map[string]any) heartbeat {
		body := map[string]any{"device": phone, "name": "小米", "app": "1.0", "ops": []any{}}
		for k, v := range more {
			body[k] = v
		}
		return decode[heartbeat](t, tw.as(t, "field", "POST", "/api/v1/sync", body).want(t, 200).body)
	}
	first := beat(map[string]any{"unsent": map[string]any{"ops": 3, "photos": 2, "oldest": "2026-01-01T00:00:00Z"}})
	a := tw.as(t, "planner", "GET", "/api/v1/devices?jurisdiction="+place, nil).want(t, 200)
	if d := decode[struct{ Devices []map[string]any }](t, a.body).Devices; len(d) != 1 || d[0]["device"] != phone || d[0]["unsent_ops"] != 3.0 || d[0]["account"] != "field" || d[0]["oldest_unsent"] != "2026-01-01T00:00:00Z" {
		t.Errorf("%s", a.body)
	}
	r := tw.sync(t, "field", newOp("asset", "create", newUUID(), 0, newLamp(113.75, nil)))[0]
	// A receipt that the database knows changes nothing; one that it does not know says that it was restored.
	seen := map[string]any{"epoch": first.Epoch, "seq": r.Seq, "op": r.Op}
	if beat(map[string]any{"seen": seen}).Epoch != first.Epoch {
		t.Error("a new epoch without reason")
	}
	seen["op"] = newUUID()
	next := beat(map[string]any{"seen": seen}).Epoch
	if next == first.Epoch || beat(map[string]any{"seen": seen}).Epoch != next {
		t.Errorf("epochs %s, %s", first.Epoch, next)
	}
}

// TestRestoreLosesNothingPhonesHold: a database of an older state answers the
// phone, which then offers its journal again: all of it is there once more, and
// nothing twice.
func TestRestoreLosesNothingPhonesHold(t *testing.T) {
	t.Parallel()
	tw, old := newTown(t, 0, web.Config{}), newTown(t, 0, web.Config{})
	epoch, err := old.store.Epoch(t.Context()) // a backup has the epoch of what it was made of
	if err != nil {
		t.Fatal(err)
	}
	var journal []opBody
	var last synced
	for i := range 20 {
		id := newUUID()
		create := newOp("asset", "create", id, 0, newLamp(113.72+float64(i)/400, nil))
		update := newOp("asset", "update", id, 1, map[string]any{"name": fmt.Sprint("第", i)})
		journal = append(journal, create, update)
		if i < 10 { // what the backup holds
			old.sync(t, "field", create, update)
		}
		last = tw.sync(t, "field", create, update)[1]
	}
	beat := map[string]any{"device": phone, "ops": []any{}, "seen": map[string]any{"epoch": epoch, "seq": last.Seq, "op": last.Op}}
	type answer struct{ Epoch string }
	if a := decode[answer](t, old.as(t, "field", "POST", "/api/v1/sync", beat).want(t, 200).body); a.Epoch == epoch.String() {
		t.Error("the restored database was not noticed")
	}
	for i, r := range old.sync(t, "field", journal...) {
		if want := map[bool]string{true: "already", false: "applied"}[i < 20]; r.Outcome != want {
			t.Errorf("%d: %+v", i, r)
		}
	}
	if a := old.as(t, "viewer", "GET", items+"?limit=100", nil).want(t, 200); decode[collection](t, a.body).NumberMatched != 20 {
		t.Errorf("%.300s", a.body)
	}
}
