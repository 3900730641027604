package web_test

import (
	"net/http"
	"strings"
	"testing"

	"streetbook/assets/live"
	"streetbook/assets/postgis/postgistest"
	"streetbook/assets/web"
)

// TestMetrics: what happened is in the figures, by route and never by address, and
// they are read in Prometheus' own format.
func TestMetrics(t *testing.T) {
	t.Parallel()
	store := postgistest.New(t)
	memory := live.Start(store, live.Options{})
	t.Cleanup(memory.Stop)
	tw := newTownOn(t, store, 3, web.Config{Live: memory})
	tw.as(t, "viewer", http.MethodGet, "/ogc/collections/assets/items", nil).want(t, 200)
	tw.as(t, "viewer", http.MethodGet, "/nowhere/secret", nil).want(t, 404)
	tw.as(t, "field", http.MethodPost, "/api/v1/sync", map[string]any{"device": "0190a000-0000-7000-8000-000000000001", "ops": []any{map[string]any{
		"op": "0190a000-0000-7000-8000-000000000002", "noun": "asset", "id": "0190a000-0000-7000-8000-000000000003", "kind": "update", "base": 1,
		"at": "2026-11-25T08:00:00Z", "value": map[string]any{"name": "x"}}}}).want(t, 200)
	answer := tw.as(t, "admin", http.MethodGet, "/metrics", nil).want(t, 200)
	if kind := answer.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain; version=0.0.4") {
		t.Errorf("Content-Type %q", kind)
	}
	text := string(answer.body)
	for _, line := range []string{
		`streetbook_request_seconds_count{method="GET",route="/ogc/collections/:collection/items",status="2xx"} 1`,
		`streetbook_request_seconds_count{method="GET",route="none",status="4xx"} 1`,
		`streetbook_synced_total{outcome="refused"} 1`, `streetbook_synced_total{outcome="applied"} 0`,
		"streetbook_live_answers ", "streetbook_live_lag_seconds ", "streetbook_database_connections_most 16", "go_goroutines ", "process_resident_memory_bytes ",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("no line %q in\n%.3000s", line, text)
		}
	}
	if strings.Contains(text, "secret") {
		t.Error("an address is in the figures")
	}
	tw.as(t, "admin", http.MethodGet, "/metrics?x=1", nil).want(t, 400)
}
