package web_test

import (
	"strings"
	"testing"

	"streetbook/assets/web"
)

// TestEveryListIsAPageToo: a person who follows a link sees a table, a program
// gets JSON, and nothing that is stored becomes markup.
func TestEveryListIsAPageToo(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 1, web.Config{})
	id := decode[collection](t, tw.as(t, "viewer", "GET", items, nil).body).Features[0].ID
	tw.as(t, "field", "PATCH", items+"/"+id, map[string]any{"properties": map[string]any{"name": "<script>alert(1)</script>"}}, "If-Match", `"1"`).want(t, 200)
	here := "?jurisdiction=" + place
	for path, text := range map[string]string{
		"/api/v1/jurisdictions": place, "/api/v1/accounts" + here: "PLANNER", "/api/v1/people" + here: "PLANNER", "/api/v1/classes" + here: "路灯",
		"/api/v1/departments" + here: "0 条", "/api/v1/changes" + here: "field (test)", "/api/v1/timeline" + here: "20", "/api/v1/assets/" + id + "/history": "field (test)",
		"/api/v1/compare" + here + "&from=2020-01-01&to=2999-01-01": "&lt;script&gt;", "/api/v1/search" + here + "&q=script": "&lt;script&gt;",
	} {
		page := tw.as(t, "admin", "GET", path, nil, "Accept", "text/html,application/xhtml+xml,*/*;q=0.8").want(t, 200)
		if kind := page.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/html") || !strings.Contains(string(page.body), text) || strings.Contains(string(page.body), "<script") {
			t.Errorf("%s: %s without %q: %s", path, kind, text, page.body)
		}
		join := map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]
		for f, status := range map[string]int{"json": 200, "html": 200, "xml": 400} {
			tw.as(t, "admin", "GET", path+join+"f="+f, nil).want(t, status)
		}
		if a := tw.as(t, "admin", "GET", path, nil).want(t, 200); !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
			t.Errorf("%s: a program gets %s", path, a.Header.Get("Content-Type"))
		}
	}
	first := tw.as(t, "admin", "GET", "/api/v1/changes"+here+"&limit=1&f=html", nil).want(t, 200)
	if !strings.Contains(string(first.body), `rel="next"`) || !strings.Contains(string(first.body), "since=1") {
		t.Errorf("there is no way on: %s", first.body)
	}
}
