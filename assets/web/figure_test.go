package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"streetbook/assets/web"
)

const segmentItems = "/ogc/collections/segments/items"

// spend makes a project on the segment of the town, and pays for it.
func (tw *town) spend(t testing.TB, amount string) {
	t.Helper()
	p := tw.as(t, "planner", http.MethodPost, "/api/v1/projects", map[string]any{"jurisdiction": place, "code": "P-" + amount, "name": "白改黑", "kind": "pavement", "fund": "district", "status": "active",
		"targets": []map[string]any{{"noun": "segment", "id": segmentID}}}).want(t, 201)
	id := decode[struct{ ID string }](t, p.body).ID
	tw.as(t, "planner", http.MethodPost, "/api/v1/entries", map[string]any{"project": id, "on": "2024-05-01", "kind": "payment", "amount": amount}).want(t, 201)
}

// TestSegmentsShowWhatWasPaid follows the figures of a segment through everything
// that shows it.
func TestSegmentsShowWhatWasPaid(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 3, web.Config{Anonymous: true})
	one := segmentItems + "/" + segmentID.String()
	unpaid := tw.as(t, "", http.MethodGet, one, nil).want(t, 200)
	if s := string(unpaid.body); !strings.Contains(s, `"invested":0.00,"invested_per_m":0.00,"asset_count":3,"condition_mean":`) {
		t.Errorf("%s", s)
	}
	moment := time.Now()
	tw.spend(t, "1234.50")
	paid := tw.as(t, "", http.MethodGet, one, nil, "If-None-Match", unpaid.Header.Get("ETag")).want(t, 200)
	if s := string(paid.body); !strings.Contains(s, `"invested":1234.50,"invested_per_m":0.`) {
		t.Errorf("%s", s)
	}
	tw.as(t, "", http.MethodGet, one, nil, "If-None-Match", paid.Header.Get("ETag")).want(t, 304)
	for filter, want := range map[string]int{"invested > 1234.4": 1, "invested > 1234.5": 0, "invested_per_m < 0.9 and key = true": 1, "asset_count = 3": 1, "condition_mean >= 1 and condition_mean <= 4": 1} {
		list := tw.as(t, "", http.MethodGet, segmentItems+"?filter="+url.QueryEscape(filter), nil).want(t, 200)
		if n := decode[collection](t, list.body).NumberMatched; n != want {
			t.Errorf("%s: %d, want %d", filter, n, want)
		}
	}
	past := tw.as(t, "", http.MethodGet, one+"?datetime="+url.QueryEscape(moment.Format(time.RFC3339Nano)), nil).want(t, 200)
	if s := string(past.body); !strings.Contains(s, `"invested":null,"invested_per_m":null,"asset_count":3,"condition_mean":`) {
		t.Errorf("the past: %s", s)
	}
	if s := string(tw.as(t, "", http.MethodGet, "/ogc/collections/segments/tiles/WebMercatorQuad/8/101/208", nil).want(t, 200).body); !strings.Contains(s, "invested_per_m") || !strings.Contains(s, "condition_mean") {
		t.Errorf("the tile has no figures: %q", s)
	}
	// A writer sends back what it read, and is shown the tag that a reader sees.
	properties := paid.feature(t).Properties
	delete(properties, "version")
	properties["invested"], properties["name"] = 5, "新名"
	put := tw.as(t, "planner", http.MethodPut, one, map[string]any{"type": "Feature", "geometry": decode[struct{ Geometry any }](t, paid.body).Geometry, "properties": properties}, "If-Match", paid.Header.Get("ETag")).want(t, 200)
	again := tw.as(t, "planner", http.MethodGet, one, nil).want(t, 200)
	if put.Header.Get("ETag") != again.Header.Get("ETag") || !strings.Contains(string(put.body), `"invested":1234.50`) {
		t.Errorf("written %s %s, read %s", put.Header.Get("ETag"), put.body, again.Header.Get("ETag"))
	}
}
