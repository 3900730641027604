package web_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"streetbook/assets"
)

const chrome = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"

func TestFormatsAreNegotiated(t *testing.T) {
	t.Parallel()
	s := newSite(t, 3)
	cases := []struct {
		path, accept string
		status       int
		mediaType    string
	}{
		{"/ogc", "", 200, "application/json"},
		{"/ogc", "*/*", 200, "application/json"},
		{"/ogc", "application/*", 200, "application/json"},
		{"/ogc", chrome, 200, "text/html; charset=utf-8"},
		{"/ogc?f=json", chrome, 200, "application/json"},
		{"/ogc?f=html", "application/json", 200, "text/html; charset=utf-8"},
		{"/ogc", "application/json;q=0.4, text/html;q=0.5", 200, "text/html; charset=utf-8"},
		{"/ogc", "application/json, text/html", 200, "application/json"},
		{"/ogc", "text/html;q=0, */*;q=0.1", 200, "application/json"},
		{"/ogc", "*/*;q=0", 406, "application/problem+json"},
		{"/ogc", "image/png", 406, "application/problem+json"},
		{"/ogc?f=", "", 400, "application/problem+json"},
		{"/ogc?f=png", "", 400, "application/problem+json"},
		{"/ogc/collections/assets/items", "", 200, "application/geo+json"},
		{"/ogc/collections/assets/items?f=json", "", 200, "application/geo+json"},
		{"/ogc/collections/assets/items", "application/geo+json", 200, "application/geo+json"},
		{"/ogc/collections/assets/items", chrome, 200, "text/html; charset=utf-8"},
		{"/ogc/api", "", 200, "application/vnd.oai.openapi+json;version=3.0"},
		{"/ogc/api", "application/vnd.oai.openapi+json;version=3.0", 200, "application/vnd.oai.openapi+json;version=3.0"},
		{"/ogc/collections/assets/tiles/WebMercatorQuad", "", 200, "application/json"},
		{"/ogc/collections/assets/tiles/WebMercatorQuad?f=tilejson", "", 200, "application/vnd.mapbox.tile+json"},
		{"/ogc/collections/assets/tiles/WebMercatorQuad/10/406/835", chrome, 200, "application/vnd.mapbox-vector-tile"},
		{"/ogc/collections/assets/tiles/WebMercatorQuad/10/406/835", "image/png", 406, "application/problem+json"},
		{"/ogc/tiles/WebMercatorQuad/10/406/835?jurisdiction=" + place, "", 200, "application/vnd.mapbox-vector-tile"},
	}
	for _, c := range cases {
		var header []string
		if c.accept != "" {
			header = []string{"Accept", c.accept}
		}
		res, body := s.get(t, c.path, header...)
		if res.StatusCode != c.status || res.Header.Get("Content-Type") != c.mediaType {
			t.Errorf("%s, Accept %q: %d %s %.200s", c.path, c.accept, res.StatusCode, res.Header.Get("Content-Type"), body)
		}
		if !strings.Contains(strings.Join(res.Header.Values("Vary"), ","), "Accept") {
			t.Errorf("%s: Vary %q", c.path, res.Header.Values("Vary"))
		}
	}
}

// TestLinksKeepTheirWord follows every link from the landing page on, as a
// client does that states nothing, and finds what the link says.
func TestLinksKeepTheirWord(t *testing.T) {
	t.Parallel()
	s := newSite(t, 3)
	seen := map[string]bool{}
	var follow func(from string, body []byte)
	follow = func(from string, body []byte) {
		for _, l := range linksIn(t, body) {
			if l.Templated {
				continue
			}
			if !strings.HasPrefix(l.Href, s.URL) || l.Rel == "" || l.Type == "" || strings.Contains(l.Type, "charset") {
				t.Errorf("%s: link %+v", from, l)
				continue
			}
			if seen[l.Href] {
				continue
			}
			seen[l.Href] = true
			res, next := s.get(t, strings.TrimPrefix(l.Href, s.URL))
			if got := strings.TrimSuffix(res.Header.Get("Content-Type"), "; charset=utf-8"); res.StatusCode != 200 || got != l.Type {
				t.Errorf("%s: link %+v gives %d %s", from, l, res.StatusCode, got)
			}
			if strings.Contains(l.Type, "json") {
				follow(l.Href, next)
			}
		}
	}
	_, body := s.get(t, "/ogc")
	follow("/ogc", body)
	if len(seen) < 40 {
		t.Errorf("only %d links: %v", len(seen), seen)
	}
	for _, path := range []string{"/ogc", "/ogc/conformance", "/ogc/collections", "/ogc/collections/areas", "/ogc/collections/areas/items"} {
		_, body := s.get(t, path)
		rels := map[string]int{}
		for _, l := range decode[struct{ Links []apiLink }](t, body).Links {
			rels[l.Rel]++
		}
		if rels["self"] != 1 || rels["alternate"] != 1 {
			t.Errorf("%s: %v", path, rels)
		}
	}
}

type apiLink struct {
	Href, Rel, Type string
	Templated       bool
}

// linksIn finds the members called links at any depth.
func linksIn(t *testing.T, body []byte) (list []apiLink) {
	t.Helper()
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for name, x := range v {
				if _, ok := x.([]any); ok && name == "links" {
					text, err := json.Marshal(x)
					if err != nil {
						t.Fatal(err)
					}
					list = append(list, decode[[]apiLink](t, text)...)
					continue
				}
				walk(x)
			}
		}
	}
	if bytes.HasPrefix(body, []byte(`{"components"`)) { // the API definition describes links, and has none
		return nil
	}
	walk(decode[any](t, body))
	return list
}

func TestPagesForPeople(t *testing.T) {
	t.Parallel()
	s := newSite(t, 30)
	for _, path := range []string{"/ogc", "/ogc/conformance", "/ogc/collections", "/ogc/collections/assets", "/ogc/api", "/ogc/tiles", "/ogc/tileMatrixSets",
		"/ogc/tileMatrixSets/WebMercatorQuad", "/ogc/collections/assets/tiles", "/ogc/collections/assets/tiles/WebMercatorQuad"} {
		res, zh := s.get(t, path, "Accept", chrome, "Accept-Language", "zh-CN")
		_, en := s.get(t, path, "Accept", chrome, "Accept-Language", "en")
		if res.StatusCode != 200 || !bytes.Contains(zh, []byte(`lang="zh-CN"`)) || !bytes.Contains(en, []byte(`lang="en"`)) {
			t.Errorf("%s: %d %.300s", path, res.StatusCode, zh)
		}
		if !strings.Contains(res.Header.Get("Content-Security-Policy"), "style-src 'sha256-") || !strings.Contains(strings.Join(res.Header.Values("Vary"), ","), "Accept-Language") {
			t.Errorf("%s: %v", path, res.Header)
		}
	}
	res, body := s.get(t, "/ogc/collections/assets/items?limit=10", "Accept", chrome)
	rows := bytes.Count(body, []byte("<tr>")) - 1
	if res.StatusCode != 200 || rows != 10 || bytes.Contains(body, []byte("<b>")) || !bytes.Contains(body, []byte("&lt;b&gt;")) {
		t.Errorf("%d, %d rows: %.2000s", res.StatusCode, rows, body)
	}
	next := regexp.MustCompile(`class="next" rel="next" href="([^"]+)"`).FindSubmatch(body)
	if next == nil {
		t.Fatal("a page of 10 of 30 has no next page")
	}
	u, err := url.Parse(strings.ReplaceAll(string(next[1]), "&amp;", "&"))
	if err != nil {
		t.Fatal(err)
	}
	if res, more := s.get(t, u.RequestURI(), "Accept", chrome); res.StatusCode != 200 || bytes.Equal(more, body) {
		t.Errorf("the next page: %d", res.StatusCode)
	}
	feature := regexp.MustCompile(`href="([^"]+/items/[0-9a-f-]{36}\?f=html)"`).FindSubmatch(body)
	if feature == nil {
		t.Fatal("no row leads to its feature")
	}
	res, body = s.get(t, strings.TrimPrefix(string(feature[1]), s.URL))
	if res.StatusCode != 200 || !bytes.Contains(body, []byte("<h1>路灯")) || res.Header.Get("ETag") == `"1"` {
		t.Errorf("%d %v %s", res.StatusCode, res.Header, body)
	}
}

func TestTilesets(t *testing.T) {
	t.Parallel()
	s := newSite(t, 3)
	_, body := s.get(t, "/ogc/tileMatrixSets/WebMercatorQuad")
	set := decode[struct {
		TileMatrices []struct {
			ID                        string
			ScaleDenominator          float64
			MatrixWidth, MatrixHeight int
		}
	}](t, body)
	if m := set.TileMatrices; len(m) != 23 || m[0].ScaleDenominator != 559082264.0287178 || m[1].MatrixWidth != 2 || m[22].MatrixHeight != 1<<22 {
		t.Errorf("%s", body)
	}
	_, body = s.get(t, "/ogc/tiles/WebMercatorQuad?f=tilejson")
	tiles := decode[struct {
		TileJSON     string
		Tiles        []string
		Bounds       []float64
		VectorLayers []struct{ ID string } `json:"vector_layers"`
	}](t, body)
	if tiles.TileJSON != "3.0.0" || len(tiles.VectorLayers) != 3 || len(tiles.Bounds) != 4 {
		t.Fatalf("%s", body)
	}
	path := strings.NewReplacer("{z}", "10", "{y}", "406", "{x}", "835", s.URL, "").Replace(tiles.Tiles[0])
	res, all := s.get(t, path)
	joined := 0
	for _, name := range assets.Collections {
		_, one := s.get(t, "/ogc/collections/"+name+"/tiles/WebMercatorQuad/10/406/835")
		joined += len(one)
		if !bytes.Contains(all, one) {
			t.Errorf("the layer %s is not in the tile of everything", name)
		}
	}
	if res.StatusCode != http.StatusOK || joined != len(all) {
		t.Errorf("%s: %d, %d bytes, %d in the layers", path, res.StatusCode, len(all), joined)
	}
}
