package web_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/postgis"
	"streetbook/assets/postgis/postgistest"
	"streetbook/assets/web"
	"streetbook/geo"
)

const place = "990000001"

var (
	segmentID = uuid.MustParse("0195b2a0-0000-7000-8000-00000000000a")
	page      = fstest.MapFS{
		"index.html":     {Data: []byte(`<!doctype html><script type="importmap">{"imports":{"a":"/static/HASH/a.js"}}</script><script type="module" src="/static/HASH/a.js"></script>`)},
		"a.js":           {Data: []byte("export const a = \"" + strings.Repeat("a.js ", 400) + "\";\n")},
		"field.html":     {Data: []byte(`<!doctype html><script type="importmap">{"imports":{"a":"/static/HASH/a.js"}}</script><script type="module" src="/static/HASH/a.js"></script>`)},
		"sw.js":          {Data: []byte("const shell = '/static/HASH/';")},
		"icons/logo.svg": {Data: []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)},
		"secret.go":      {Data: []byte("package secret")},
	}
)

func square(x, y, side float64) orb.Polygon {
	return orb.Polygon{{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}}
}

// site is a running server with one jurisdiction, one segment and n lamps.
type site struct {
	*httptest.Server
	store *postgis.Store
}

func newSite(t testing.TB, n int) site {
	t.Helper()
	return newSiteWith(t, n, web.Config{Version: "test", Anonymous: true}).site
}

// servedSite is a site with its server.
type servedSite struct {
	site
	server *web.Server
}

func newSiteWith(t testing.TB, n int, c web.Config) servedSite {
	t.Helper()
	return newSiteOn(t, postgistest.New(t), n, c)
}

func newSiteOn(t testing.TB, store *postgis.Store, n int, c web.Config) servedSite {
	t.Helper()
	furnish(t, store, n)
	if c.Log == nil {
		c.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	}
	server, err := web.New(store, page, c)
	if err != nil {
		t.Fatal(err)
	}
	return servedSite{serve(t, server, store), server}
}

func serve(t testing.TB, server *web.Server, store *postgis.Store) site {
	s := site{httptest.NewServer(server.Handler()), store}
	t.Cleanup(s.Close)
	return s
}

// furnish puts a jurisdiction with one segment and n lamps into a store.
func furnish(t testing.TB, store *postgis.Store, n int) {
	t.Helper()
	r := assets.Registry{
		Jurisdiction: assets.Jurisdiction{Code: place, Name: "测试街道"},
		Areas:        []assets.Area{{Code: place, Name: "测试街道", Level: assets.LevelBoundary, Geometry: square(113.7, 34.7, 0.1)}, {Code: "1", Name: "社区", Level: assets.LevelCommunity, Geometry: orb.MultiPolygon{square(113.7, 34.7, 0.1)}}},
		Segments: []assets.Segment{{Header: assets.Header{ID: segmentID}, Code: "LD-001", Name: "东西路", Road: "东西路", Status: assets.StatusInService,
			Key: true, Geometry: orb.LineString{{113.71, 34.75}, {113.79, 34.75}}}},
		Assets:  lamps(n),
		Basemap: []assets.BasemapFeature{{Kind: assets.BasemapWater, Name: "河", Geometry: square(113.72, 34.72, 0.01)}},
	}
	w, err := postgis.NewWrite("test")
	if err != nil {
		t.Fatal(err)
	}
	if err := store.AddRegistry(context.Background(), w, r); err != nil {
		t.Fatal(err)
	}
}

func lamps(n int) []assets.Asset {
	list := make([]assets.Asset, n)
	for i := range list {
		list[i] = assets.Asset{Class: "0118", Name: fmt.Sprint("路灯", i), Status: assets.StatusInService, Condition: assets.Conditions[i%4],
			Source: "test", Attributes: json.RawMessage(`{"note":"<b>\"x\"</b>"}`), Geometry: orb.Point{113.71 + 0.08*float64(i)/float64(n), 34.7501}}
	}
	return list
}

// get asks without transparent decompression.
func (s site) get(t testing.TB, path string, header ...string) (*http.Response, []byte) {
	t.Helper()
	return s.do(t, http.MethodGet, path, header...)
}

func (s site) do(t testing.TB, method, path string, header ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequest(method, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, body
}

func decode[T any](t testing.TB, body []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return v
}

type problem struct {
	Type, Title, Detail, Field string
	Status                     int
}

func TestBadRequestsNameTheField(t *testing.T) {
	t.Parallel()
	s := newSite(t, 1)
	const items = "/ogc/collections/assets/items"
	cases := []struct {
		path, field string
		status      int
	}{
		{items + "?limit=0", "limit", 400},
		{items + "?limit=-1", "limit", 400},
		{items + "?limit=1.5", "limit", 400},
		{items + "?limit=", "limit", 400},
		{items + "?limit=1e3", "limit", 400},
		{items + "?bbox=1,2,3", "bbox", 400},
		{items + "?bbox=", "bbox", 400},
		{items + "?bbox=NaN,0,1,1", "bbox", 400},
		{items + "?bbox=0,0,1e400,1", "bbox", 400},
		{items + "?bbox=200,0,201,1", "bbox", 400},
		{items + "?bbox=0,9,1,1", "bbox", 400},
		{items + "?colour=red", "colour", 400},
		{items + "?LIMIT=1", "LIMIT", 400},
		{items + "?limit=1&limit=2", "limit", 400},
		{items + "?condition=splendid", "condition", 400},
		{items + "?segment=1", "segment", 400},
		{items + "?class=%00", "class", 400},
		{items + "?class=%ff", "class", 400},
		{items + "?datetime=yesterday", "datetime", 400},
		{items + "?datetime=2024-01-02/2024-01-01", "datetime", 400},
		{items + "?after=x", "after", 400},
		{items + "?f=xml", "f", 400},
		{items + "?a=%zz", "query", 400},
		{"/ogc/collections/segments/items?key=maybe", "key", 400},
		{"/ogc/collections/areas/items?residents=many", "residents", 400},
		{items + "/abc", "id", 404},
		{items + "/" + uuid.Nil.String(), "id", 404},
		{items + "/..%2f..%2fetc", "id", 404},
		{"/ogc/collections/money/items", "collection", 404},
		{"/ogc?x=1", "x", 400},
		{"/ogc/conformance?x=1", "x", 400},
		{"/ogc/collections?x=1", "x", 400},
		{"/healthz?x=1", "x", 400},
		{"/ogc/collections/assets/tiles/WebMercatorQuad/99/0/0", "tileMatrix", 400},
		{"/ogc/collections/assets/tiles/WebMercatorQuad/1/2/0", "tileRow", 400},
		{"/ogc/collections/assets/tiles/WebMercatorQuad/1/0/2", "tileCol", 400},
		{"/ogc/collections/assets/tiles/WebMercatorQuad/a/0/0", "tileMatrix", 400},
		{"/ogc/collections/assets/tiles/Other/1/0/0", "", 404},
		{"/api/v1/counts", "jurisdiction", 400},
		{"/api/v1/classes?jurisdiction=12", "jurisdiction", 400},
		{"/api/v1/classes?jurisdiction=999999999", "jurisdiction", 404},
		{"/api/v1/classes?jurisdiction=000000000", "jurisdiction", 404},
		{"/api/v1/search?jurisdiction=990000001", "q", 400},
		{"/api/v1/search?jurisdiction=990000001&q=" + strings.Repeat("x", 200), "q", 400},
		{"/api/v1/search?jurisdiction=990000001&q=a%00b", "q", 400},
		{"/nothing", "", 404},
		{"/static/0000000000000000/a.js", "", 404},
	}
	for _, c := range cases {
		res, body := s.get(t, c.path)
		p := decode[problem](t, body)
		if res.StatusCode != c.status || p.Status != c.status || p.Field != c.field || p.Title == "" || p.Type == "" {
			t.Errorf("%s: %d %s", c.path, res.StatusCode, body)
		}
		if got := res.Header.Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s: %s", c.path, got)
		}
		for _, leak := range []string{"select ", "SQLSTATE", "pgx", "goroutine", ".go:", "strconv"} {
			if strings.Contains(string(body), leak) {
				t.Errorf("%s tells %q: %s", c.path, leak, body)
			}
		}
	}
}

func TestProblemsSpeakBothLanguages(t *testing.T) {
	t.Parallel()
	s := newSite(t, 0)
	_, zh := s.get(t, "/ogc/collections/assets/items?limit=0", "Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8")
	_, en := s.get(t, "/ogc/collections/assets/items?limit=0", "Accept-Language", "en-GB,en;q=0.9")
	if !strings.Contains(string(zh), "整数") || !strings.Contains(string(en), "whole number") {
		t.Errorf("%s\n%s", zh, en)
	}
}

type collection struct {
	Type     string
	Features []struct {
		Type       string
		ID         string
		Geometry   json.RawMessage
		Properties map[string]any
	}
	Links                         []struct{ Href, Rel, Type string }
	NumberMatched, NumberReturned int
}

func (c collection) link(rel string) string {
	for _, l := range c.Links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}

func TestFeaturesAreRFC7946(t *testing.T) {
	t.Parallel()
	s := newSite(t, 20)
	for _, name := range assets.Collections {
		res, body := s.get(t, "/ogc/collections/"+name+"/items")
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/geo+json" || res.Header.Get("Content-Crs") == "" {
			t.Fatalf("%s: %d %v", name, res.StatusCode, res.Header)
		}
		c := decode[collection](t, body)
		if c.Type != "FeatureCollection" || c.NumberReturned != len(c.Features) || c.NumberMatched != c.NumberReturned || c.link("next") != "" {
			t.Errorf("%s: %d of %d, next %q", name, c.NumberReturned, c.NumberMatched, c.link("next"))
		}
		for _, f := range c.Features {
			if _, err := geo.ParseGeometry(f.Geometry); err != nil || f.Type != "Feature" || f.ID == "" {
				t.Errorf("%s: %+v (%v)", name, f, err)
			}
			for _, p := range assets.Properties(name) {
				if _, ok := f.Properties[p.Name]; !ok {
					t.Errorf("%s: property %s is not in the feature", name, p.Name)
				}
			}
			one, single := s.get(t, "/ogc/collections/"+name+"/items/"+f.ID)
			if g := decode[struct{ ID string }](t, single); one.StatusCode != 200 || g.ID != f.ID {
				t.Errorf("%s/%s: %d", name, f.ID, one.StatusCode)
			}
		}
	}
}

func TestPagingWalksEverythingOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, 55)
	seen := map[string]int{}
	next := s.URL + "/ogc/collections/assets/items?limit=10&condition=good,fair,poor,dangerous&bbox=113,34,114,35"
	for pages := 0; next != ""; pages++ {
		if pages > 10 {
			t.Fatal("paging does not end")
		}
		u, err := url.Parse(next)
		if err != nil {
			t.Fatal(err)
		}
		_, body := s.get(t, u.RequestURI())
		c := decode[collection](t, body)
		for _, f := range c.Features {
			seen[f.ID]++
		}
		if pages == 2 { // somebody adds a lamp meanwhile
			w, err := postgis.NewWrite("test")
			if err != nil {
				t.Fatal(err)
			}
			if err := s.store.AddAssets(context.Background(), w, place, lamps(1)); err != nil {
				t.Fatal(err)
			}
		}
		next = c.link("next")
	}
	if len(seen) < 55 {
		t.Errorf("%d of 55 were seen", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was seen %d times", id, n)
		}
	}
	// The last page has no next, also when it is exactly full.
	_, body := s.get(t, "/ogc/collections/assets/items?limit=56")
	if c := decode[collection](t, body); c.NumberReturned != 56 || c.link("next") != "" {
		t.Errorf("%d returned, next %q", c.NumberReturned, c.link("next"))
	}
	_, body = s.get(t, "/ogc/collections/assets/items?limit=99999999999999999999")
	if c := decode[collection](t, body); c.NumberReturned != 56 {
		t.Errorf("a huge limit returns %d", c.NumberReturned)
	}
}

func TestMethodsAndHeaders(t *testing.T) {
	t.Parallel()
	s := newSite(t, 50)
	const items = "/ogc/collections/assets/items"
	if res, body := s.do(t, http.MethodHead, items); res.StatusCode != 200 || len(body) != 0 || res.Header.Get("ETag") == "" {
		t.Errorf("HEAD: %d %q %v", res.StatusCode, body, res.Header)
	}
	if res, _ := s.do(t, http.MethodOptions, items); res.StatusCode != 200 || !strings.Contains(res.Header.Get("Allow"), "GET") || res.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("OPTIONS: %d %v", res.StatusCode, res.Header)
	}
	if res, body := s.do(t, http.MethodPut, items); res.StatusCode != 405 || res.Header.Get("Allow") == "" || decode[problem](t, body).Status != 405 {
		t.Errorf("PUT: %d %v %s", res.StatusCode, res.Header, body)
	}
	for _, path := range []string{items, items + "?limit=1", "/ogc", "/ogc/", "/ogc/collections", "/api/v1/jurisdictions", "/", "/api/v1/basemap?jurisdiction=990000001",
		"/ogc/collections/assets/tiles/WebMercatorQuad/10/406/835"} {
		first, plain := s.get(t, path)
		if first.StatusCode != 200 || first.Header.Get("X-Content-Type-Options") != "nosniff" || first.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: %d %v", path, first.StatusCode, first.Header)
		}
		again, body := s.get(t, path, "If-None-Match", first.Header.Get("ETag"))
		if again.StatusCode != 304 || len(body) != 0 {
			t.Errorf("%s with its ETag: %d, %d bytes", path, again.StatusCode, len(body))
		}
		zipped, small := s.get(t, path, "Accept-Encoding", "gzip")
		if zipped.Header.Get("ETag") == first.Header.Get("ETag") {
			t.Errorf("%s: the compressed bytes have the tag of the plain ones", path)
		}
		if zipped.Header.Get("Content-Encoding") == "gzip" {
			r, err := gzip.NewReader(strings.NewReader(string(small)))
			if err != nil {
				t.Fatal(err)
			}
			unzipped, err := io.ReadAll(r)
			if err != nil || len(unzipped) < len(plain)-2 || len(unzipped) > len(plain)+2 { // the time stamp may differ in length
				t.Errorf("%s: %d bytes unzipped, %d plain (%v)", path, len(unzipped), len(plain), err)
			}
		} else if len(plain) > 1024 {
			t.Errorf("%s: %d bytes are not compressed", path, len(plain))
		}
		if res, _ := s.get(t, path, "Accept-Encoding", "gzip;q=0"); res.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: gzip;q=0 is compressed", path)
		}
	}
	if res, _ := s.get(t, "/ogc", "Accept", "image/png"); res.StatusCode != 406 {
		t.Errorf("an impossible Accept: %d", res.StatusCode)
	}
	if res, _ := s.get(t, "/ogc/collections/assets/tiles/WebMercatorQuad/10/0/0"); res.StatusCode != 204 {
		t.Errorf("an empty tile: %d", res.StatusCode)
	}
}

func TestAWriteChangesTheTag(t *testing.T) {
	t.Parallel()
	s := newSite(t, 3)
	first, _ := s.get(t, "/ogc/collections/assets/items")
	w, err := postgis.NewWrite("test")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.store.AddAssets(context.Background(), w, place, lamps(1)); err != nil {
		t.Fatal(err)
	}
	if res, _ := s.get(t, "/ogc/collections/assets/items", "If-None-Match", first.Header.Get("ETag")); res.StatusCode != 200 {
		t.Errorf("after a write the old tag is answered %d", res.StatusCode)
	}
}

func TestCountsAndSearch(t *testing.T) {
	t.Parallel()
	s := newSite(t, 40)
	_, body := s.get(t, "/api/v1/counts?jurisdiction=990000001&condition=poor&class=0118")
	c := decode[assets.Counts](t, body)
	if c.Total != 10 || c.ByClass["0118"] != 10 || c.ByCondition["good"] != 10 || c.BySegment[segmentID].Poor != 10 || c.BySegment[segmentID].Total != 10 {
		t.Errorf("%s", body)
	}
	_, body = s.get(t, "/api/v1/search?jurisdiction=990000001&q="+url.QueryEscape("东西"))
	if hits := decode[struct{ Results []assets.Hit }](t, body).Results; len(hits) != 1 || hits[0].Noun != "segment" || hits[0].ID != segmentID {
		t.Errorf("%s", body)
	}
	_, body = s.get(t, "/api/v1/search?jurisdiction=990000001&limit=1&q=9900000118000007")
	if hits := decode[struct{ Results []assets.Hit }](t, body).Results; len(hits) != 1 || hits[0].Noun != "asset" || hits[0].Detail != "东西路" {
		t.Errorf("%s", body)
	}
	_, body = s.get(t, "/api/v1/search?jurisdiction=990000001&q=%25")
	if hits := decode[struct{ Results []assets.Hit }](t, body).Results; len(hits) != 0 {
		t.Errorf("a wildcard finds %s", body)
	}
}

func TestPageAndStaticFiles(t *testing.T) {
	t.Parallel()
	s := newSite(t, 0)
	res, body := s.get(t, "/")
	if strings.Contains(string(body), "HASH") || !strings.Contains(res.Header.Get("Content-Security-Policy"), "'sha256-") {
		t.Fatalf("%s\n%v", body, res.Header)
	}
	policy := res.Header.Get("Content-Security-Policy")
	_, rest, _ := strings.Cut(string(body), `src="`)
	script, _, _ := strings.Cut(rest, `"`)
	res, _ = s.get(t, script)
	if res.StatusCode != 200 || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/javascript") {
		t.Errorf("%s: %d %v", script, res.StatusCode, res.Header)
	}
	if res.Header.Get("Content-Security-Policy") != policy {
		t.Errorf("a worker may do other things than its page: %v", res.Header)
	}
	for _, path := range []string{strings.Replace(script, "a.js", "secret.go", 1), strings.Replace(script, "a.js", "..%2fa.js", 1), strings.Replace(script, "a.js", "", 1)} {
		if res, _ := s.get(t, path); res.StatusCode != 404 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

func TestHealthWithoutDatabase(t *testing.T) {
	t.Parallel()
	store, err := postgis.Open(context.Background(), "host=/nonexistent dbname=x", postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	server, err := web.New(store, page, web.Config{Anonymous: true})
	if err != nil {
		t.Fatal(err)
	}
	s := site{Server: httptest.NewServer(server.Handler())}
	defer s.Close()
	if res, _ := s.get(t, "/healthz"); res.StatusCode != 200 {
		t.Errorf("healthz: %d", res.StatusCode)
	}
	for _, path := range []string{"/readyz", "/ogc/collections/assets/items", "/api/v1/jurisdictions"} {
		res, body := s.get(t, path)
		if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" || strings.Contains(string(body), "nonexistent") {
			t.Errorf("%s: %d %v %s", path, res.StatusCode, res.Header, body)
		}
	}
}

func BenchmarkItems1000(b *testing.B) {
	s := newSite(b, 5000)
	b.ReportAllocs()
	for b.Loop() {
		if res, body := s.get(b, "/ogc/collections/assets/items?limit=1000"); res.StatusCode != 200 {
			b.Fatalf("%s", body)
		}
	}
}
