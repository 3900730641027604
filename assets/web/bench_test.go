package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"streetbook/assets/live"
	"streetbook/assets/postgis/postgistest"
	"streetbook/assets/web"
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

// BenchmarkCaller is what it costs to know who asks, on a tile in the cache: nothing
// of a visitor, two questions to the database of a token or a session. They are asked
// each time, so that a right that was taken away is away at once.
func BenchmarkCaller(b *testing.B) {
	store := postgistest.New(b)
	memory := live.Start(store, live.Options{})
	b.Cleanup(memory.Stop)
	tw := newTownOn(b, store, 100, web.Config{Live: memory, Anonymous: true})
	for _, who := range []struct{ name, header, value string }{
		{"visitor", "X-Nobody", "1"}, {"token", "Authorization", "Bearer " + tw.tokens["viewer"]}, {"session", "Cookie", tw.signIn(b, "viewer", password)},
	} {
		b.Run(who.name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, "/ogc/collections/assets/tiles/WebMercatorQuad/12/1625/3342?jurisdiction="+place, nil)
			r.Header.Set(who.header, who.value)
			for b.Loop() {
				d := &discarded{header: http.Header{}}
				if tw.server.Handler().ServeHTTP(d, r); d.status != http.StatusOK {
					b.Fatal(d.status)
				}
			}
		})
	}
}
