package web_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// TestBasemapInTwoFormats: the same pieces as GeoJSON and as TopoJSON.
func TestBasemapInTwoFormats(t *testing.T) {
	t.Parallel()
	s := newSite(t, 1)
	const path = "/api/v1/basemap?jurisdiction=" + place
	var topology struct {
		Type    string
		Objects struct {
			Basemap struct {
				Geometries []struct {
					Type       string
					Properties struct{ Kind, Name string }
				}
			}
		}
		Arcs [][][2]int
	}
	if _, body := s.get(t, path+"&f=topojson"); json.Unmarshal(body, &topology) != nil || topology.Type != "Topology" {
		t.Fatalf("%s", body)
	}
	pieces := topology.Objects.Basemap.Geometries
	if len(pieces) != 1 || pieces[0].Type != "Polygon" || pieces[0].Properties.Name != "河" || len(topology.Arcs) != 1 || len(topology.Arcs[0]) != 5 {
		t.Errorf("%+v", topology)
	}
	_, plain := s.get(t, path)
	if _, named := s.get(t, path+"&f=geojson"); !bytes.Equal(plain, named) || !bytes.HasPrefix(plain, []byte(`{"type":"FeatureCollection"`)) {
		t.Errorf("%s", named)
	}
	if res, _ := s.get(t, path+"&f=png"); res.StatusCode != http.StatusBadRequest {
		t.Errorf("f=png: %s", res.Status)
	}
}

// TestZstd: who names it gets it, under a tag of its own, and the same content.
func TestZstd(t *testing.T) {
	t.Parallel()
	s := newSite(t, 100)
	for _, path := range []string{"/", items, "/ogc/api"} {
		_, want := s.get(t, path)
		res, body := s.get(t, path, "Accept-Encoding", "gzip, deflate, br, zstd")
		if got := res.Header.Get("Content-Encoding"); got != "zstd" {
			t.Fatalf("%s is sent in %q", path, got)
		}
		r, err := zstd.NewReader(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		r.Close()
		if err != nil || len(got) < len(want)-2 || len(got) > len(want)+2 { // the time stamp may differ in length
			t.Errorf("%s: %d bytes instead of %d (%v)", path, len(got), len(want), err)
		}
		gz, _ := s.get(t, path, "Accept-Encoding", "gzip, *")
		if gz.Header.Get("Content-Encoding") != "gzip" || gz.Header.Get("ETag") == res.Header.Get("ETag") {
			t.Errorf("%s: %q has the tag %s in gzip and %s in zstd", path, gz.Header.Get("Content-Encoding"), gz.Header.Get("ETag"), res.Header.Get("ETag"))
		}
		if again, _ := s.get(t, path, "Accept-Encoding", "zstd", "If-None-Match", res.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s again: %s", path, again.Status)
		}
	}
}
