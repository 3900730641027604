package web_test

import (
	"fmt"
	"testing"
	"time"

	"streetbook/assets"
	"streetbook/assets/blob"
	"streetbook/assets/postgis"
	"streetbook/assets/postgis/postgistest"
	"streetbook/assets/web"
)

// TestClassesChangeUnderAQueue: what a phone queued for a class that is gone, or
// that asks for more since, is refused at the field that is to be filled in, and
// goes through when it is. Nothing else in the batch waits for it.
func TestClassesChangeUnderAQueue(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	newClass := func(name string, fields ...map[string]any) assets.Class {
		return decode[assets.Class](t, tw.as(t, "admin", "POST", "/api/v1/classes", map[string]any{"jurisdiction": place, "major": "01", "major_name": "公用设施", "name": name,
			"geometry": "point", "icon": "other", "color": "#112233", "radius_m": 0, "accuracy_m": 5, "fields": fields}).want(t, 201).body)
	}
	doomed, stricter := newClass("旧类"), newClass("新规")
	of := func(class assets.Class, more map[string]any) map[string]any {
		value := newLamp(113.75, more)
		value["class"] = class.Code
		return value
	}
	gone, asked, fine := newOp("asset", "create", newUUID(), 0, of(doomed, nil)), newOp("asset", "create", newUUID(), 0, of(stricter, nil)), newOp("asset", "create", newUUID(), 0, newLamp(113.76, nil))
	tw.as(t, "admin", "DELETE", "/api/v1/classes/"+doomed.ID.String(), nil, "If-Match", `"1"`).want(t, 204)
	tw.as(t, "admin", "PUT", "/api/v1/classes/"+stricter.ID.String(), map[string]any{"name": "新规", "geometry": "point", "icon": "other", "color": "#112233", "radius_m": 0, "accuracy_m": 5,
		"fields": []map[string]any{{"key": "owner", "name": "权属", "kind": "text", "required": true}}}, "If-Match", `"1"`).want(t, 200)
	results := tw.sync(t, "field", gone, asked, fine)
	for i, field := range []string{"class", "attributes.owner"} {
		if r := results[i]; r.Outcome != "refused" || r.Problem.Type != "/problems/invalid" || r.Problem.Field != field {
			t.Errorf("%s: %+v %+v", field, r, r.Problem)
		}
	}
	if results[2].Outcome != "applied" {
		t.Errorf("%+v", results[2])
	}
	// Mended, under the operations of before: they left no trace.
	gone["value"], asked["value"] = of(stricter, map[string]any{"attributes": map[string]any{"owner": "甲"}}), of(stricter, map[string]any{"attributes": map[string]any{"owner": "乙"}})
	for _, r := range tw.sync(t, "field", gone, asked, fine) {
		if r.Outcome == "refused" {
			t.Errorf("%+v", r.Problem)
		}
	}
}

// TestClocksOrderNothing: a phone that is years off is told apart by what the
// server received, never refused, and its later edit stands.
func TestClocksOrderNothing(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	id := newUUID()
	create := newOp("asset", "create", id, 0, newLamp(113.75, nil))
	tw.sync(t, "field", create)
	for i, at := range []string{"2099-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "2026-01-01T00:00:00.123456789+08:00"} {
		o := newOp("asset", "update", id, i+1, map[string]any{"name": at})
		o["at"] = at
		before := time.Now().Add(-time.Minute)
		r := tw.sync(t, "field", o)[0]
		said, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		got, err := time.Parse(time.RFC3339, r.At)
		received, receivedErr := time.Parse(time.RFC3339, r.ReceivedAt)
		if r.Outcome != "applied" || r.Version != i+2 || err != nil || receivedErr != nil || !got.Equal(said.Truncate(time.Microsecond)) || received.Before(before) || received.After(time.Now().Add(time.Minute)) {
			t.Errorf("%s: %+v", at, r)
		}
		if p := tw.properties(t, id); p["name"] != at {
			t.Errorf("%v", p["name"])
		}
		if again := tw.sync(t, "field", o)[0]; again.Outcome != "already" || again.At != r.At {
			t.Errorf("%+v, first %+v", again, r)
		}
	}
	// Its walks are of the day that it says, and an inspection is when it was made.
	r := tw.sync(t, "field", newOp("walk", "create", newUUID(), 0, map[string]any{"started_at": "2099-01-01T00:00:00Z", "ended_at": "2098-01-01T00:00:00Z", "sides": []any{}}))[0]
	if r.Outcome != "refused" || r.Problem.Field != "ended_at" {
		t.Errorf("%+v %+v", r, r.Problem)
	}
}

// TestOtherAppsAreRefusedByName: what a newer or older app says that this server
// does not know is refused at the member, of that operation alone.
func TestOtherAppsAreRefusedByName(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	newer, deeper, fine := newOp("asset", "create", newUUID(), 0, newLamp(113.75, nil)), newOp("asset", "create", newUUID(), 0, newLamp(113.76, map[string]any{"mood": "gay"})), newOp("asset", "create", newUUID(), 0, newLamp(113.77, nil))
	newer["priority"] = 1
	body := map[string]any{"device": phone, "app": "99.0.0-beta", "ops": []any{newer, deeper, fine}}
	results := decode[struct{ Results []synced }](t, tw.as(t, "field", "POST", "/api/v1/sync", body).want(t, 200).body).Results
	for i, field := range []string{"priority", "mood"} {
		if r := results[i]; r.Outcome != "refused" || r.Problem.Type != "/problems/invalid" || r.Problem.Field != field || r.Op != body["ops"].([]any)[i].(opBody)["op"] {
			t.Errorf("%s: %+v %+v", field, r, r.Problem)
		}
	}
	if results[2].Outcome != "applied" {
		t.Errorf("%+v", results[2])
	}
	if p := decode[problem](t, tw.as(t, "field", "POST", "/api/v1/sync", map[string]any{"device": phone, "ops": []any{}, "battery": 3}).want(t, 422).body); p.Field != "battery" {
		t.Errorf("%+v", p)
	}
}

// TestRevokedPhonesKeepWhatTheyHold: whoever is no longer let in gets 401 or 403
// for the whole batch and changes nothing; let in again, the same batch goes
// through.
func TestRevokedPhonesKeepWhatTheyHold(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	field, err := tw.store.AccountNamed(t.Context(), "field")
	if err != nil {
		t.Fatal(err)
	}
	batch := map[string]any{"device": phone, "ops": []any{newOp("asset", "create", newUUID(), 0, newLamp(113.75, nil)), newOp("asset", "create", newUUID(), 0, newLamp(113.76, nil))}}
	change := func(body map[string]any) {
		t.Helper()
		tw.as(t, "root", "PATCH", "/api/v1/accounts/"+field.ID.String(), body, "If-Match", "*").want(t, 200)
	}
	before := tw.head(t)
	for _, c := range []struct {
		change, back map[string]any
		status       int
	}{
		{map[string]any{"disabled": true}, map[string]any{"disabled": false}, 401},
		{map[string]any{"roles": map[string]any{place: "viewer"}}, map[string]any{"roles": map[string]any{place: "field"}}, 403},
	} {
		change(c.change)
		tw.as(t, "field", "POST", "/api/v1/sync", batch).want(t, c.status)
		if tw.head(t) != before {
			t.Error("who was turned away changed something")
		}
		change(c.back)
	}
	for range 2 {
		tw.as(t, "field", "POST", "/api/v1/sync", batch).want(t, 200)
	}
	if after := tw.head(t); after != before+2 {
		t.Errorf("%d to %d", before, after)
	}
}

func (tw *town) head(t testing.TB) int64 {
	t.Helper()
	seq, err := tw.store.Head(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

// disabledMeanwhile holds the place, and says so by a lock that isHeld looks for,
// until somebody waits for it; then it disables the account field. The one who
// waited has just begun a batch.
const disabledMeanwhile = `do $$ begin
	perform from jurisdiction where code = '990000001' for update;
	perform pg_advisory_xact_lock(1);
	loop
		exit when exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock');
		perform pg_sleep(0.01), pg_stat_clear_snapshot();
	end loop;
	update account set disabled_at = now() where name = 'field';
end $$`

const isHeld = `do $$ begin
	if pg_try_advisory_xact_lock(1) then
		raise exception 'nobody holds the place';
	end if;
end $$`

// TestDisabledWithinABatch: an account that is disabled while its batch is under
// way does no more of it. Signed in again, the phone sends all of it, and what
// was done is known.
func TestDisabledWithinABatch(t *testing.T) {
	t.Parallel()
	url := postgistest.URL(t)
	store, err := postgis.Open(t.Context(), url, postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	tw := newTownOn(t, store, 0, web.Config{})
	ended := make(chan error, 1)
	go func() { ended <- postgistest.Exec(t.Context(), url, disabledMeanwhile) }()
	for postgistest.Exec(t.Context(), url, isHeld) != nil {
		if len(ended) > 0 {
			t.Fatal(<-ended)
		}
	}
	ops := []any{newOp("asset", "create", newUUID(), 0, newLamp(113.75, nil)), newOp("asset", "create", newUUID(), 0, newLamp(113.76, nil))}
	before := tw.head(t)
	tw.as(t, "field", "POST", "/api/v1/sync", map[string]any{"device": phone, "ops": ops}).want(t, 401)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if after := tw.head(t); after != before+1 {
		t.Errorf("%d to %d", before, after)
	}
	results := decode[struct{ Results []synced }](t, tw.as(t, "planner", "POST", "/api/v1/sync", map[string]any{"device": phone, "ops": ops}).want(t, 200).body).Results
	if fmt.Sprint(results[0].Outcome, results[1].Outcome) != "alreadyapplied" {
		t.Errorf("%+v", results)
	}
}

// TestSameKeyOtherBody: whatever differs, an operation that is known stays what it
// was, and the other one is refused by name.
func TestSameKeyOtherBody(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	id := newUUID()
	create := newOp("asset", "create", id, 0, newLamp(113.75, nil))
	update := newOp("asset", "update", id, 1, map[string]any{"name": "甲"})
	tw.sync(t, "field", create, update)
	before := tw.head(t)
	others := []map[string]any{{"at": "2020-02-02T08:00:01+08:00"}, {"base": 2}, {"base": nil}, {"id": newUUID()}, {"kind": "delete"}, {"was": map[string]any{"name": "乙"}},
		{"after": create["op"]}, {"value": map[string]any{}}, {"value": map[string]any{"name": "甲", "condition": "poor"}}, {"kind": "remove", "value": map[string]any{"on": "2026-01-01"}}}
	var probes []opBody
	for i := range 500 {
		probe := opBody{}
		for name, v := range update {
			probe[name] = v
		}
		for name, v := range others[i%len(others)] {
			probe[name] = v
		}
		if i >= len(others) {
			probe["at"] = fmt.Sprintf("2021-01-01T00:%02d:%02dZ", i/60, i%60)
		}
		probes = append(probes, probe)
	}
	for len(probes) > 0 {
		n := min(100, len(probes))
		for i, r := range tw.sync(t, "field", probes[:n]...) {
			if r.Outcome != "refused" || r.Problem.Type != "/problems/op_reused" || r.Problem.Status != 422 {
				t.Errorf("%v: %+v %+v", probes[i], r, r.Problem)
			}
		}
		probes = probes[n:]
	}
	if after := tw.head(t); after != before {
		t.Errorf("%d to %d", before, after)
	}
}

// TestEditsOfALostHistory: what was made from a version that a restore took away
// is not merged against another of the same number. What it says it saw is held
// against what is there, and where it says nothing only equal values merge.
func TestEditsOfALostHistory(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	lost, err := tw.store.Epoch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	old, fresh, taken := newUUID(), newUUID(), newUUID() // the second is edited after the backup only, the third removed
	rename := func(id string, base int, name string) {
		t.Helper()
		if r := tw.sync(t, "field", newOp("asset", "update", id, base, map[string]any{"name": name}))[0]; r.Outcome != "applied" {
			t.Fatalf("%+v", r)
		}
	}
	tw.sync(t, "field", newOp("asset", "create", old, 0, newLamp(113.75, nil)), newOp("asset", "create", fresh, 0, newLamp(113.76, nil)), newOp("asset", "create", taken, 0, newLamp(113.77, nil)))
	rename(old, 1, "甲")
	present, err := tw.store.ContinueEpoch(t.Context(), lost, "restored")
	if err != nil || present == lost {
		t.Fatal(err)
	}
	rename(old, 2, "乙")
	rename(fresh, 1, "乙")
	tw.sync(t, "field", newOp("asset", "remove", taken, 1, map[string]any{"on": "2026-01-01"}))
	of := func(epoch any, kind, id string, value, was map[string]any) opBody {
		o := newOp("asset", kind, id, 2, value)
		o["epoch"] = epoch
		if was != nil {
			o["was"] = was
		}
		return o
	}
	name := func(s string) map[string]any { return map[string]any{"name": s} }
	above := func(o opBody) opBody { o["base"] = 99; return o } // what is there now
	for i, c := range []struct {
		op      opBody
		outcome string
		name    string // the object's afterwards
		fields  int    // that clash
	}{
		{of(lost, "update", fresh, name("丙"), nil), "conflict", "乙", 1},
		{of(lost, "update", fresh, name("丙"), name("甲")), "conflict", "乙", 1},
		{of(lost, "update", fresh, name("乙"), nil), "merged", "乙", 0},
		{of(lost, "update", fresh, name("丙"), name("乙")), "merged", "丙", 0},
		{of(newUUID(), "update", fresh, name("丁"), nil), "conflict", "丙", 1},
		{of(lost, "remove", fresh, map[string]any{"on": "2026-01-01"}, nil), "conflict", "丙", 2},
		{of(lost, "delete", fresh, nil, nil), "conflict", "丙", 6},
		{of(present, "update", fresh, name("丁"), nil), "conflict", "丙", 1}, // of this history, and behind: as ever
		{of(nil, "update", fresh, name("戊"), name("丙")), "merged", "戊", 0},
		{of(lost, "update", old, map[string]any{"condition": "poor"}, nil), "merged", "乙", 0}, // its version 2 was in the backup
		{of(lost, "update", old, name("丙"), nil), "conflict", "乙", 1},
		{above(of(lost, "update", old, name("丙"), nil)), "conflict", "乙", 1},
		{above(of(lost, "update", old, map[string]any{"condition": "dangerous"}, map[string]any{"condition": "poor"})), "merged", "乙", 0},
		{of(lost, "update", taken, map[string]any{"condition": "poor"}, map[string]any{"condition": "good"}), "merged", "灯", 0},
		{of(newUUID(), "update", fresh, map[string]any{"status": "planned"}, map[string]any{"status": "in_service"}), "merged", "戊", 0},
	} {
		r := tw.sync(t, "field", c.op)[0]
		fields := 0
		if r.Conflict != nil {
			fields = len(r.Conflict.Fields)
		}
		if r.Outcome != c.outcome || fields != c.fields {
			t.Errorf("%d: %+v %+v", i, r, r.Conflict)
		}
		if p := tw.properties(t, c.op["id"].(string)); p["name"] != c.name {
			t.Errorf("%d: the name is %v", i, p["name"])
		}
		if again := tw.sync(t, "field", c.op)[0]; again.Outcome != "already" || again.Seq != r.Seq {
			t.Errorf("%d: %+v, first %+v", i, again, r)
		}
	}
	a := tw.as(t, "viewer", "GET", "/api/v1/conflicts?open=true&jurisdiction="+place, nil).want(t, 200)
	for _, c := range decode[struct{ Conflicts []struct{ Base *int } }](t, a.body).Conflicts[:2] {
		if *c.Base != 0 {
			t.Errorf("the base of a conflict is version %d, which is not the one it was made from", *c.Base)
		}
	}
	// Only verbs change the status of what is there.
	if a, b := tw.properties(t, taken)["status"], tw.properties(t, fresh)["status"]; a != "removed" || b != "in_service" {
		t.Errorf("what was removed is %v, what is in service is %v", a, b)
	}
	// Of this life, or of one that is not told, a version that is not there is still to come.
	for _, epoch := range []any{present, nil} {
		if r := tw.sync(t, "field", above(of(epoch, "update", old, name("己"), nil)))[0]; r.Outcome != "refused" || r.Problem.Type != "/problems/not_yet" {
			t.Errorf("%v: %+v", epoch, r)
		}
	}
	// A life that was noticed late shares nothing that could be told.
	if _, err := tw.store.NewEpoch(t.Context(), present, "noticed"); err != nil {
		t.Fatal(err)
	}
	o := of(present, "update", old, map[string]any{"condition": "fair"}, nil)
	if r := tw.sync(t, "field", o)[0]; r.Outcome != "conflict" {
		t.Errorf("%+v", r)
	}
}

// TestOldPhonesComeBack: more than a year later everything that a phone ever sent
// is known, its photos with their receipts, and nothing of it is done again.
func TestOldPhonesComeBack(t *testing.T) {
	t.Parallel()
	url := postgistest.URL(t)
	store, err := postgis.Open(t.Context(), url, postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	tw := newTownOn(t, store, 0, web.Config{Blobs: blob.In(t.TempDir())})
	var journal []opBody
	for i := range 5 {
		id := newUUID()
		journal = append(journal, newOp("asset", "create", id, 0, newLamp(113.74+float64(i)/100, nil)), newOp("asset", "update", id, 1, map[string]any{"condition": "poor"}),
			newOp("inspection", "create", newUUID(), 0, map[string]any{"asset": id, "result": "found"}))
	}
	gone := journal[0]["id"].(string)
	journal = append(journal, newOp("asset", "delete", gone, 2, nil), newOp("asset", "update", gone, 2, map[string]any{"condition": "fair"}))
	first := tw.sync(t, "field", journal...)
	asset, b := journal[3]["id"].(string), photograph(t, 1, 80)
	shot := tw.announce(t, asset, b, "image/jpeg")
	tw.piece(t, "field", shot.Upload, 0, b).want(t, 200)
	before := tw.head(t)
	const later = 400 * 24 * time.Hour
	if err := postgistest.Exec(t.Context(), url, `update operation set at = at - interval '400 days'; update photo set stored_at = stored_at - interval '400 days'`); err != nil {
		t.Fatal(err)
	}
	if err := tw.server.Sweep(t.Context(), time.Now().Add(later)); err != nil {
		t.Fatal(err)
	}
	for i, r := range tw.sync(t, "field", journal...) {
		if r.Outcome != "already" || r.Version != first[i].Version || r.Seq != first[i].Seq || r.ReceivedAt != first[i].ReceivedAt || (r.Conflict == nil) != (first[i].Conflict == nil) {
			t.Errorf("%+v, first %+v", r, first[i])
		}
	}
	if again := tw.announce(t, asset, b, "image/jpeg"); again.Photo != shot.Photo || again.Receipt == nil || again.Receipt.SHA256 != sumOf(b) {
		t.Errorf("%+v", again)
	}
	if after := tw.head(t); after != before {
		t.Errorf("%d to %d", before, after)
	}
}
