package web_test

import (
	"net/http"
	"strings"
	"testing"

	"streetbook/assets/web"
)

// TestPreviewShares: what a form shows while it is filled in is what booking
// would do, and nothing is booked.
func TestPreviewShares(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 3, web.Config{Anonymous: true})
	const path = "/api/v1/investment/preview"
	segment := map[string]any{"noun": "segment", "id": segmentID}
	ask := func(as string, amount string, rule map[string]any, targets ...map[string]any) answer {
		return tw.as(t, as, http.MethodPost, path, map[string]any{"jurisdiction": place, "amount": amount, "targets": targets, "rule": rule, "proportional": rule["kind"] == "manual"})
	}
	for _, c := range []struct {
		name, says string
		rule       map[string]any
	}{
		{"length", `"amount":"100.00","rule":"length"`, map[string]any{"kind": "length"}},
		{"no area", `"amount":"0.00","rule":"area","weight":0`, map[string]any{"kind": "area"}},
		{"nothing of a class", `"unallocated":"100.00"`, map[string]any{"kind": "count", "classes": []string{"9999"}}},
		{"a project's amounts are shares", `"amount":"100.00"`, map[string]any{"kind": "manual", "amounts": []any{map[string]any{"noun": "segment", "id": segmentID, "amount": "5.00"}}}},
	} {
		if a := ask("planner", "100.00", c.rule, segment).want(t, 200); !strings.Contains(string(a.body), c.says) {
			t.Errorf("%s: %s", c.name, a.body)
		}
	}
	if a := ask("planner", "100.00", map[string]any{"kind": "length"}).want(t, 200); !strings.Contains(string(a.body), `"unallocated":"100.00"`) {
		t.Errorf("without targets: %s", a.body)
	}
	ask("planner", "0.00", map[string]any{"kind": "length"}, segment).want(t, 422)
	ask("planner", "1.00", map[string]any{"kind": "length"}, segment, segment).want(t, 422)
	ask("viewer", "1.00", map[string]any{"kind": "length"}, segment).want(t, 403)
	ask("outsider", "1.00", map[string]any{"kind": "length"}, segment).want(t, 404)
	total := tw.as(t, "viewer", http.MethodGet, "/api/v1/investment?by=segment&jurisdiction="+place, nil).want(t, 200)
	if !strings.Contains(string(total.body), `"total":"0.00"`) {
		t.Errorf("a preview booked: %s", total.body)
	}
}
