package web_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"streetbook/assets/web"
)

// hostile values for path, query, header and body.
var hostile = []string{"", "0", "-1", "1e309", "NaN", "null", "true", "[]", "{}", "'", "' or 1=1 --", "\x00", "\u202e", "%", "%00", "../../etc/passwd", "a\r\nb: c", strings.Repeat("9", 400),
	strings.Repeat("(", 3000), "<script>alert(1)</script>", "=cmd()", "\xff\xfe", "2024-13-45", "99999-01-01T00:00:00Z", "-0001-01-01", "1,2,3", "1,2,3,4,5", "180,90,-180,-90", "Infinity",
	"POINT(1 2)", "name = 'x' and", "😀", "01a20d4d-7719-7eae-a207-af98a4f06c86", "00000000-0000-0000-0000-000000000000", `"1"`, "W/\"1\"", "*", "cql2-json", "http://169.254.169.254/", place, "000000000"}

var hostileBodies = []string{`{`, `[]`, `null`, `""`, `1`, `{"a":1e400}`, `{"a":"\ud800"}`, `{"a":"\u0000"}`, strings.Repeat(`[`, 20000), strings.Repeat(`{"a":`, 5000) + `1` + strings.Repeat(`}`, 5000),
	`{"type":"Feature","geometry":{"type":"Point","coordinates":[1e308,1e308]},"properties":{"class":"0118"}}`,
	`{"type":"Feature","geometry":{"type":"Point","coordinates":["1",null]},"properties":{"class":"0118"}}`,
	`{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[]},"properties":{"class":"0118"}}`,
	`{"type":"Feature","geometry":{"type":"Polygon","coordinates":[]},"properties":{"class":"0118"}}`,
	`{"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[1,1],[0,1],[1,0],[0,0]]]]},"properties":{"class":"0118"}}`,
	`{"type":"Feature","geometry":{"type":"Point","coordinates":[113.7,34.7]},"properties":{"class":"0118","accuracy_m":1e99,"attributes":"{\"a\":}"}}`,
	`{"type":"Feature","geometry":{"type":"Point","coordinates":[113.7,34.7]},"properties":[]}`,
	`{"jurisdiction":"` + place + `","select":{"ids":["01a20d4d-7719-7eae-a207-af98a4f06c86"]},"set":{"attributes":{"a":{"b":[1,2,{"c":null}]}}}}`,
	`{"jurisdiction":"` + place + `","select":{"within":{"type":"Polygon","coordinates":[[[0,0],[9,9],[0,9],[9,0],[0,0]]]}},"set":{"name":"x"}}`,
	`{"on":"2024-01-01","geometry":{"type":"LineString","coordinates":[[1,1]]}}`, `{"name":"\u202eroot","password":"` + strings.Repeat("a", 5000) + `"}`}

// TestHostileRequestsNeverBreakTheServer sends nonsense to every route, in the
// name of one who may do everything: each answer is a page, a document or a
// problem, never a fault of the server, and tells nothing of its inside.
func TestHostileRequestsNeverBreakTheServer(t *testing.T) {
	t.Parallel()
	tw := newTown(t, 5, web.Config{Anonymous: true})
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(list []string) string { return list[random.IntN(len(list))] }
	names := []string{"bbox", "bbox-crs", "crs", "datetime", "limit", "after", "filter", "filter-lang", "filter-crs", "f", "jurisdiction", "class", "since", "from", "to", "q", "duplicate", "everywhere", "account", "key", "area_m2"}
	for _, line := range tw.server.Table() {
		method, path, _ := strings.Cut(line, " ")
		if path == "/api/v1/events" {
			continue
		}
		for range 40 {
			here := tw.fill(t, path)
			if random.IntN(3) == 0 { // something wrong in the path
				parts := strings.Split(path, "/")
				for i, part := range parts {
					if strings.HasPrefix(part, ":") || part == "*" {
						parts[i] = url.PathEscape(pick(hostile))
					}
				}
				here = strings.Join(parts, "/")
			}
			query := url.Values{}
			for range random.IntN(3) {
				query.Set(pick(names), pick(hostile))
			}
			if random.IntN(2) == 0 && len(query) > 0 {
				here = strings.SplitN(here, "?", 2)[0] + "?" + query.Encode()
			}
			tw.provoke(t, method, here, pick(hostileBodies), cleanHeader(pick(hostile)))
		}
	}
}

func cleanHeader(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
}

func (tw *town) provoke(t *testing.T, method, path, body, header string) {
	t.Helper()
	var content any
	if method != http.MethodGet && method != http.MethodDelete {
		content = body
	}
	a := tw.as(t, "root", method, path, content, "If-Match", header, "Content-Crs", header, "Accept-Language", header)
	kind := a.Header.Get("Content-Type")
	if a.StatusCode >= 500 || a.StatusCode >= 400 && kind != "application/problem+json" {
		t.Errorf("%s %s: %d %s %.300s\nsent %.200s, %q", method, path, a.StatusCode, kind, a.body, body, header)
	}
	if a.StatusCode < 400 {
		return
	}
	if !json.Valid(a.body) {
		t.Errorf("%s %s: %s", method, path, a.body)
	}
	for _, inside := range []string{"SQLSTATE", "pgx", "goroutine", "/work/", ".go:", "st_", "select ", "ERROR:", "unmarshal", "openapi3"} {
		if strings.Contains(string(a.body), inside) && !strings.Contains(body+path+header, inside) {
			t.Errorf("%s %s tells of its inside: %s", method, path, a.body)
		}
	}
}

// hostileValues are members that no phone sends.
var hostileValues = []string{`null`, `true`, `-1`, `0`, `1e18`, `9223372036854775808`, `1e400`, `""`, `"x"`, `"\u0000"`, `"\ud800"`, `[]`, `[[]]`, `{}`, `{"a":{"b":[1]}}`, `"0000-01-01T00:00:00Z"`, `"9999-12-31T23:59:59Z"`,
	`"-0001-01-01T00:00:00Z"`, `{"type":"Point","coordinates":[1e308,1]}`, `{"type":"LineString","coordinates":[[1,1],[1,1]]}`, `{"type":"GeometryCollection","geometries":[]}`, `"00000000-0000-0000-0000-000000000000"`,
	`[{"segment":"x","side":"left"}]`, `[{"segment":null,"side":null}]`, `"' or 1=1 --"`, `"` + strings.Repeat("长", 3000) + `"`, `[1e999]`, `[200,91]`, `"../../etc/passwd"`}

// TestHostileOperations puts each of them into each member of each kind of
// operation: it is refused or taken for what it says, and the batch goes on.
func TestHostileOperations(t *testing.T) {
	t.Parallel()
	tw, _, asset := newPhotoTown(t, false)
	walk := map[string]any{"started_at": "2026-01-01T00:00:00Z", "ended_at": "2026-01-01T01:00:00Z", "track": nil, "sides": []any{map[string]any{"segment": segmentID, "side": "left"}}, "note": "x"}
	kinds := []func() opBody{
		func() opBody {
			return newOp("asset", "create", newUUID(), 0, newLamp(113.75, map[string]any{"accuracy_m": 1, "attributes": map[string]any{"owner": "a"}, "installed_on": "2020-01-01", "source_crs": "x", "status": "planned"}))
		},
		func() opBody { return newOp("asset", "update", asset, 1, newLamp(113.75, nil)) },
		func() opBody {
			return newOp("inspection", "create", newUUID(), 0, map[string]any{"asset": asset, "result": "found", "condition": "good", "note": "", "accuracy_m": 1, "geometry": nil})
		},
		func() opBody { return newOp("walk", "create", newUUID(), 0, walk) },
		func() opBody {
			return newOp("photo", "create", newUUID(), 0, announcement(asset, []byte("x"), "image/png"))
		},
		func() opBody { return newOp("asset", "install", asset, 1, map[string]any{"on": "2026-01-01"}) },
	}
	try := func(o opBody) {
		a := tw.as(t, "field", "POST", "/api/v1/sync", map[string]any{"device": phone, "ops": []opBody{o}})
		if a.StatusCode >= 500 || strings.Contains(string(a.body), `"status":5`) {
			t.Errorf("%v: %d %s", o, a.StatusCode, a.body)
		}
	}
	for _, made := range kinds {
		for _, v := range hostileValues {
			for name := range made() {
				o := made()
				o[name] = json.RawMessage(v)
				try(o)
			}
			o := made()
			o["was"] = map[string]any{"condition": json.RawMessage(v), "geometry": json.RawMessage(v), "attributes": json.RawMessage(v)}
			try(o)
			for name := range made()["value"].(map[string]any) {
				o, value := made(), map[string]any{}
				for k, had := range o["value"].(map[string]any) {
					value[k] = had
				}
				value[name] = json.RawMessage(v)
				o["value"] = value
				try(o)
			}
		}
	}
	if r := tw.sync(t, "field", newOp("asset", "create", newUUID(), 0, newLamp(113.755, nil)))[0]; r.Outcome != "applied" {
		t.Errorf("%+v", r)
	}
}
