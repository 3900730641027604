package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"streetbook/assets/web"
)

type retiredAnswer struct {
	Op      string
	Kind    string
	Retired []struct {
		ID      string
		Version int
	}
	Created []feature
}

type investmentAnswer struct {
	Total string
	Rows  []struct {
		Segment, Name, Amount string
		Retired, Key          bool
		From                  []struct{ ID, Name, Amount string }
	}
}

// TestSplitAndMergeOverTheWire splits a segment with money on it, looks at the
// money both ways, merges the parts again, and undoes that.
func TestSplitAndMergeOverTheWire(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 3, web.Config{Anonymous: true})
	project := decode[struct{ ID string }](t, tw.as(t, "planner", "POST", "/api/v1/projects", map[string]any{"jurisdiction": place, "code": "P-1", "name": "白改黑", "kind": "pavement", "fund": "district", "status": "active",
		"targets": []map[string]any{{"noun": "segment", "id": segmentID}}}).want(t, 201).body)
	booked := func(voucher string) string {
		return decode[struct{ ID string }](t, tw.as(t, "planner", "POST", "/api/v1/entries", map[string]any{"project": project.ID, "on": "2024-05-01", "kind": "payment", "amount": "1000.01", "voucher": voucher}).want(t, 201).body).ID
	}
	entry := booked("V-1")
	path := "/api/v1/segments/" + segmentID.String()
	cut := map[string]any{"at": []any{map[string]any{"chainage_m": 1000}}, "parts": []any{map[string]any{"name": "西段"}}}
	tw.as(t, "field", "POST", path+"/split", cut, "If-Match", "*").want(t, 403)
	tw.as(t, "planner", "POST", path+"/split", cut).want(t, 428)
	if a := tw.as(t, "planner", "POST", path+"/split", cut, "If-Match", `"7"`).want(t, 412); !strings.Contains(string(a.body), `"current"`) {
		t.Errorf("%s", a.body)
	}
	for name, body := range map[string]string{"nowhere": `{"at":[]}`, "nothing": `{"at":[{}]}`, "both": `{"at":[{"chainage_m":9,"point":[113.75,34.75]}]}`, "a point of three": `{"at":[{"point":[1,2,3]}]}`, "off the globe": `{"at":[{"point":[999,2]}]}`,
		"far": `{"at":[{"point":[113.75,34.76]}]}`, "at the end": `{"at":[{"chainage_m":0.2}]}`, "unknown": `{"at":[{"chainage_m":9}],"x":1}`} {
		if a := tw.as(t, "planner", "POST", path+"/split", body, "If-Match", "*"); a.StatusCode != 422 && a.StatusCode != 400 {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	op := uuid.NewString()
	first := tw.as(t, "planner", "POST", path+"/split", cut, "If-Match", `"1"`, "Idempotency-Key", op).want(t, 201)
	if again := tw.as(t, "planner", "POST", path+"/split", cut, "If-Match", `"1"`, "Idempotency-Key", op).want(t, 201); string(again.body) != string(first.body) {
		t.Errorf("the same again: %s, was %s", again.body, first.body)
	}
	split := decode[retiredAnswer](t, first.body)
	if split.Kind != "split" || len(split.Created) != 2 || split.Retired[0].Version != 2 || split.Created[0].Properties["name"] != "西段" {
		t.Fatalf("%s", first.body)
	}
	a, b := split.Created[0].ID, split.Created[1].ID
	tw.as(t, "viewer", "GET", "/ogc/collections/segments/items/"+segmentID.String(), nil).want(t, 404)
	tw.as(t, "viewer", "GET", "/ogc/collections/segments/items/"+a, nil).want(t, 200)
	tw.as(t, "planner", "POST", path+"/split", cut, "If-Match", "*").want(t, 410)
	tw.as(t, "planner", "POST", path+"/versions/1/restore", nil, "If-Match", "*").want(t, 409)
	ask := func(query string) investmentAnswer {
		return decode[investmentAnswer](t, tw.as(t, "", "GET", "/api/v1/investment?by=segment&jurisdiction="+place+query, nil).want(t, 200).body)
	}
	if d := ask(""); len(d.Rows) != 3 || !d.Rows[0].Retired || d.Rows[0].Amount != "1000.01" {
		t.Errorf("booked %+v", d)
	}
	if d := ask("&lineage=current"); len(d.Rows) != 2 || d.Total != "1000.01" || d.Rows[0].Segment != b || d.Rows[0].Retired || len(d.Rows[0].From) != 1 || d.Rows[0].From[0].ID != segmentID.String() {
		t.Errorf("current %+v", d)
	}
	tw.as(t, "", "GET", "/api/v1/investment?by=segment&lineage=ancient&jurisdiction="+place, nil).want(t, 400)
	for _, f := range []string{"csv", "xlsx"} {
		tw.as(t, "viewer", "GET", "/api/v1/investment?by=segment&lineage=current&f="+f+"&jurisdiction="+place, nil).want(t, 200)
	}
	e := tw.as(t, "viewer", "GET", "/api/v1/entries/"+entry, nil).want(t, 200)
	if s := string(e.body); !strings.Contains(s, `"successors":[{"id":"`) || !strings.Contains(s, `"retired":true`) {
		t.Errorf("entry %s", s)
	}
	for query, want := range map[string]int{"&segment=" + a: 0, "&segment=" + a + "&lineage=current": 1, "&segment=" + segmentID.String(): 1} {
		if got := len(decode[struct{ Entries []any }](t, tw.as(t, "viewer", "GET", "/api/v1/entries?jurisdiction="+place+query, nil).want(t, 200).body).Entries); got != want {
			t.Errorf("%s: %d entries, want %d", query, got, want)
		}
	}
	h := tw.as(t, "viewer", "GET", path+"/history", nil).want(t, 200)
	if !strings.Contains(string(h.body), `"lineage":[{"kind":"split"`) {
		t.Errorf("history %s", h.body)
	}
	both := map[string]any{"ids": []string{b, a}, "name": "又一条", "code": "LD-9"}
	tw.as(t, "planner", "POST", "/api/v1/segments/merge", map[string]any{"ids": []string{b, uuid.NewString()}}).want(t, 422)
	tw.as(t, "planner", "POST", "/api/v1/segments/merge", map[string]any{"ids": []string{b}}).want(t, 422)
	tw.as(t, "planner", "POST", "/api/v1/segments/merge", map[string]any{"ids": []string{b, a}, "versions": []int{1, 2}}).want(t, 412)
	tw.as(t, "field", "POST", "/api/v1/segments/merge", both).want(t, 403)
	tw.as(t, "outsider", "POST", "/api/v1/segments/merge", both).want(t, 422)
	merged := decode[retiredAnswer](t, tw.as(t, "planner", "POST", "/api/v1/segments/merge", both).want(t, 201).body)
	if merged.Kind != "merge" || len(merged.Retired) != 2 || len(merged.Created) != 1 || fmt.Sprint(merged.Created[0].Properties["code"]) != "LD-9" {
		t.Fatalf("%+v", merged)
	}
	if d := ask("&lineage=current"); len(d.Rows) != 1 || d.Rows[0].Segment != merged.Created[0].ID || d.Rows[0].Amount != "1000.01" {
		t.Errorf("merged %+v", d)
	}
	l := decode[struct{ Links []struct{ Kind string } }](t, tw.as(t, "viewer", "GET", "/api/v1/segments/"+a+"/lineage", nil).want(t, 200).body)
	if len(l.Links) != 4 || l.Links[0].Kind != "split" || l.Links[3].Kind != "merge" {
		t.Errorf("lineage %+v", l)
	}
	tw.as(t, "planner", http.MethodPost, "/api/v1/operations/"+merged.Op+"/undo", map[string]string{"jurisdiction": place}).want(t, 200)
	booked("V-2")
	tw.as(t, "planner", http.MethodPost, "/api/v1/operations/"+split.Op+"/undo", map[string]string{"jurisdiction": place}).want(t, 409)
	if d := ask("&lineage=current"); len(d.Rows) != 2 || d.Total != "2000.02" {
		t.Errorf("booked after the split: %+v", d)
	}
	tw.as(t, "", "GET", "/api/v1/investment/check?jurisdiction="+place, nil).want(t, 200)
}

// TestHostileSplitsAndMerges puts what nobody means into each member: it is
// refused, or taken for what it says.
func TestHostileSplitsAndMerges(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{})
	whole := segmentID.String()
	cut := func() (a, b string) {
		t.Helper()
		done := decode[retiredAnswer](t, tw.as(t, "root", "POST", "/api/v1/segments/"+whole+"/split", `{"at":[{"chainage_m":2}]}`, "If-Match", "*").want(t, 201).body)
		return done.Created[0].ID, done.Created[1].ID
	}
	for _, v := range hostileValues {
		for _, body := range []string{`{"at":%s}`, `{"at":[%s]}`, `{"at":[{"chainage_m":%s}]}`, `{"at":[{"point":%s}]}`, `{"at":[{"chainage_m":2}],"parts":%s}`, `{"at":[{"chainage_m":2}],"parts":[%s]}`,
			`{"at":[{"chainage_m":2}],"parts":[{"id":%s}]}`, `{"at":[{"chainage_m":2}],"parts":[{"name":%s}]}`, `{"at":[{"chainage_m":2}],"parts":[{"code":%s}]}`} {
			tw.provoke(t, "POST", "/api/v1/segments/"+whole+"/split", fmt.Sprintf(body, v), "*")
			if list := decode[collection](t, tw.as(t, "root", "GET", "/ogc/collections/segments/items?limit=1000", nil).want(t, 200).body).Features; len(list) > 1 {
				merged := decode[retiredAnswer](t, tw.as(t, "root", "POST", "/api/v1/segments/merge", map[string]any{"ids": []string{list[0].ID, list[1].ID}, "name": "整"}).want(t, 201).body)
				whole = merged.Created[0].ID
			}
		}
	}
	a, b := cut()
	for _, v := range hostileValues {
		for _, body := range []string{`{"ids":%s}`, `{"ids":["` + a + `",%s]}`, `{"ids":["` + a + `","` + b + `"],"versions":%s}`, `{"ids":["` + a + `","` + b + `"],"versions":[1,%s]}`} {
			tw.provoke(t, "POST", "/api/v1/segments/merge", fmt.Sprintf(body, v), "*")
		}
	}
}
