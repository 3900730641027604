package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// discarded takes an answer and keeps nothing of it.
type discarded struct {
	header http.Header
	status int
}

func (d *discarded) Header() http.Header              { return d.header }
func (d *discarded) Write(b []byte) (int, error)      { return len(b), nil }
func (d *discarded) WriteHeader(status int)           { d.status = status }
func (d *discarded) SetWriteDeadline(time.Time) error { return nil }

// benchmarkAnswer asks for one path again and again, without a network.
func benchmarkAnswer(b *testing.B, path string) {
	p := newPair(b, 1000)
	handler := p.on.server.Handler()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	b.ReportAllocs()
	for b.Loop() {
		d := &discarded{header: http.Header{}}
		if handler.ServeHTTP(d, r); d.status != http.StatusOK {
			b.Fatal(d.status)
		}
	}
}

func BenchmarkCachedTile(b *testing.B) {
	benchmarkAnswer(b, "/ogc/collections/assets/tiles/WebMercatorQuad/12/1625/3342?jurisdiction="+place)
}

func BenchmarkFeature(b *testing.B) {
	benchmarkAnswer(b, "/ogc/collections/segments/items/"+segmentID.String())
}
func BenchmarkItems(b *testing.B)  { benchmarkAnswer(b, "/ogc/collections/assets/items?limit=1000") }
func BenchmarkCounts(b *testing.B) { benchmarkAnswer(b, "/api/v1/counts?jurisdiction="+place) }

// BenchmarkPage is what other answers are measured by: bytes that are there.
func BenchmarkPage(b *testing.B) { benchmarkAnswer(b, "/") }
