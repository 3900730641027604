package web_test

import (
	"net/http"
	"testing"

	"streetbook/assets/blob"
	"streetbook/assets/web"
)

// TestADocumentIsOfItsPlace: an entry may name a document that its own place sent.
// The hash of one that another place sent is as unknown as any other.
func TestADocumentIsOfItsPlace(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 0, web.Config{Anonymous: true, Blobs: blob.In(t.TempDir())})
	send := func(who, where, body string) answer {
		return tw.as(t, who, http.MethodPost, "/api/v1/documents?jurisdiction="+where, body, "Content-Type", "application/pdf")
	}
	project := func(who, where string) string {
		a := tw.as(t, who, http.MethodPost, "/api/v1/projects", map[string]any{"jurisdiction": where, "code": "P", "name": "白改黑", "kind": "pavement", "fund": "district", "status": "active"}).want(t, 201)
		return decode[struct{ ID string }](t, a.body).ID
	}
	book := func(who, project, sum string) answer {
		return tw.as(t, who, http.MethodPost, "/api/v1/entries", map[string]any{"project": project, "on": "2024-05-01", "kind": "payment", "amount": "1.00", "document": sum})
	}
	ours, theirs := project("planner", place), project("outsider", otherPlace)
	sum := decode[struct{ SHA256 string }](t, send("planner", place, "%PDF-1.4 ours").want(t, 201).body).SHA256
	send("planner", place, "%PDF-1.4 ours").want(t, 201)
	unknown := book("outsider", theirs, "00"+sum[2:]).want(t, 422)
	if a := book("outsider", theirs, sum).want(t, 422); string(a.body) != string(unknown.body) {
		t.Errorf("that of another place: %s, unknown: %s", a.body, unknown.body)
	}
	book("planner", ours, sum).want(t, 201)
	book("planner", ours, sum).want(t, 201)
	send("outsider", place, "%PDF-1.4 ours").want(t, 404)
	send("outsider", otherPlace, "%PDF-1.4 ours").want(t, 201)
	book("outsider", theirs, sum).want(t, 201)
	send("planner", place, "<html>").want(t, 422)
}

// TestAChangeOrderMayTakeAway books a deduction, and reverses it.
func TestAChangeOrderMayTakeAway(t *testing.T) {
	t.Parallel()
	y := newTreasury(t, 0)
	book := func(kind, amount string) answer {
		return y.as(t, "planner", http.MethodPost, "/api/v1/entries", map[string]any{"project": y.projects[0].ID, "on": "2024-05-01", "kind": kind, "amount": amount,
			"targets": []map[string]any{{"noun": "segment", "id": segmentID}, {"noun": "segment", "id": y.targets[1].ID}}, "rule": map[string]any{"kind": "length"}})
	}
	book("contract", "100.00").want(t, 201)
	made := decode[struct{ ID string }](t, book("change_order", "-30.01").want(t, 201).body)
	if r := y.ask(t, "by=segment&basis=committed"); r.Total != 69_99 || !r.OK {
		t.Errorf("%+v", r)
	}
	y.proven(t, "by=segment&basis=committed")
	for kind, amount := range map[string]string{"payment": "-1.00", "contract": "-1.00", "refund": "-1.00", "change_order": "0.00"} {
		book(kind, amount).want(t, 422)
	}
	y.as(t, "planner", http.MethodPost, "/api/v1/entries/"+made.ID+"/reverse", map[string]string{"on": "2024-06-01", "reason": "记错"}).want(t, 201)
	if r := y.ask(t, "by=segment&basis=committed"); r.Total != 100_00 {
		t.Errorf("%+v", r)
	}
	if check := y.as(t, "viewer", http.MethodGet, "/api/v1/investment/check?jurisdiction="+place, nil).want(t, 200); string(check.body) != `{"ok":true,"difference":"0.00","entry":null,"reason":null,"href":null}`+"\n" {
		t.Errorf("%s", check.body)
	}
}
