package web_test

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/google/uuid"

	"streetbook/assets/live"
	"streetbook/assets/web"
)

// pair is a town served twice from one database: from PostGIS, and from memory.
type pair struct {
	off, on *town
	live    *live.Live
}

func newPair(t testing.TB, n int) pair {
	t.Helper()
	c := web.Config{Version: "test", Anonymous: true, PublicURL: "http://street.example"}
	off := newTown(t, n, c)
	c.Live = live.Start(off.store, live.Options{})
	t.Cleanup(c.Live.Stop)
	server, err := web.New(off.store, page, c)
	if err != nil {
		t.Fatal(err)
	}
	on := &town{site: serve(t, server, off.store), server: server, tokens: off.tokens}
	p := pair{off, on, c.Live}
	p.settle(t)
	return p
}

// settle waits until memory answers.
func (p pair) settle(t testing.TB) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); p.live.Moment(t.Context(), nil) == nil; {
		if time.Now().After(deadline) {
			t.Fatal("memory did not reach the present within a minute")
		}
	}
}

var timeStamp = regexp.MustCompile(`"timeStamp":"[^"]*"`)

// same asks both servers and compares all that a client can see of the answers.
func (p pair) same(t testing.TB, who, path string, headers ...string) {
	t.Helper()
	a, b := p.off.as(t, who, "GET", path, nil, headers...), p.on.as(t, who, "GET", path, nil, headers...)
	if a.StatusCode != b.StatusCode {
		t.Fatalf("%s as %q: PostGIS %d, memory %d %s", path, who, a.StatusCode, b.StatusCode, b.body)
	}
	for _, name := range []string{"Content-Type", "ETag", "Content-Crs", "Link", "Cache-Control", "Vary"} {
		if fmt.Sprint(a.Header.Values(name)) != fmt.Sprint(b.Header.Values(name)) {
			t.Errorf("%s as %q: %s is %v from PostGIS, %v from memory", path, who, name, a.Header.Values(name), b.Header.Values(name))
		}
	}
	x, y := timeStamp.ReplaceAllString(string(a.body), ""), timeStamp.ReplaceAllString(string(b.body), "")
	if x != y {
		t.Fatalf("%s as %q:\nPostGIS %s\nmemory  %s", path, who, x, y)
	}
}

func TestMemoryAnswersLikeTheDatabase(t *testing.T) {
	t.Parallel()
	p := newPair(t, 120)
	id := uuid.Must(uuid.NewV7()).String()
	body := lamp(113.75, 34.7505, map[string]any{"name": "新灯"})
	body["id"] = id
	made := p.on.as(t, "field", "POST", items, body).want(t, 201)
	position := made.Header.Get("Registry-Position")
	if position == "" {
		t.Error("the answer to a write says no position")
	}
	paths := []string{
		items, items + "?limit=7", items + "?bbox=113.72,34.7,113.75,34.8", items + "?bbox=113.72,34.75,113.72,34.75", items + "?bbox=170,-10,-170,60&limit=3",
		items + "?condition=poor,fair&limit=5", items + "?class=0118&segment=" + segmentID.String(), items + "?side=left&limit=1000", items + "?name=%E6%96%B0%E7%81%AF",
		items + "?crs=http://www.opengis.net/def/crs/EPSG/0/3857&limit=4", items + "?datetime=2020-01-01T00:00:00Z", items + "?filter=condition%3D%27good%27&limit=4",
		items + "?f=html&limit=3", items + "?limit=0", items + "?colour=red", items + "/" + id, items + "/" + uuid.NewString(), items + "/" + id + "?f=html",
		items + "?after=" + place + "." + id, items + "?jurisdiction=" + otherPlace,
		"/ogc/collections/segments/items", "/ogc/collections/segments/items?key=true&bbox=113.7,34.75,113.72,34.76", "/ogc/collections/segments/items?length_m=1",
		"/ogc/collections/segments/items/" + segmentID.String(), "/ogc/collections/areas/items", "/ogc/collections/areas/items?level=community&bbox=113.75,34.75,113.76,34.76",
		"/api/v1/counts?jurisdiction=" + place, "/api/v1/counts?jurisdiction=" + place + "&class=0118&condition=good&bbox=113.7,34.7,113.75,34.8", "/api/v1/counts?jurisdiction=" + otherPlace,
		"/ogc/collections/segments/tiles/WebMercatorQuad/12/1631/3341", "/ogc/collections/assets/tiles/WebMercatorQuad/3/7/0",
		"/ogc/collections/assets/tiles/WebMercatorQuad/12/1631/3341", "/ogc/collections/assets/tiles/WebMercatorQuad/9/203/417", "/ogc/collections/segments/tiles/WebMercatorQuad/14/6525/13367?key=true",
		"/ogc/collections/areas/tiles/WebMercatorQuad/10/406/835", "/ogc/collections/areas/tiles/WebMercatorQuad/13/3253/6683", "/ogc/tiles/WebMercatorQuad/12/1626/3341",
		"/api/v1/nearest?at=113.75,34.7505&jurisdiction=" + place, "/api/v1/nearest?at=113.73,34.75&within=5000&limit=20&condition=poor,fair&jurisdiction=" + place,
		"/api/v1/nearest?at=113.73,34.75&class=0118&within=50000&limit=100&jurisdiction=" + otherPlace,
	}
	check := func() {
		t.Helper()
		p.settle(t)
		for _, who := range []string{"", "viewer", "outsider", "nobody", "root"} {
			for _, path := range paths {
				p.same(t, who, path, "Registry-Position", position)
			}
		}
	}
	check()
	p.on.spend(t, "98765.43")
	check()
	p.on.as(t, "planner", "DELETE", items+"/"+id, nil, "If-Match", "*").want(t, 204)
	check()
	p.on.as(t, "planner", "POST", "/api/v1/segments/"+segmentID.String()+"/split", `{"at":[{"chainage_m":3000}]}`, "If-Match", "*").want(t, 201)
	check()
	p.on.as(t, "viewer", "GET", items, nil, "Registry-Position", "nonsense").want(t, 400)
	p.on.as(t, "viewer", "GET", items, nil, "Registry-Position", place+":999999").want(t, 200) // comes from PostGIS
}

// TestAWriterSeesHisWrite reads what was just written, again and again.
func TestAWriterSeesHisWrite(t *testing.T) {
	t.Parallel()
	p := newPair(t, 5)
	for i := range 30 {
		id := uuid.Must(uuid.NewV7()).String()
		body := lamp(113.71+float64(i)*0.002, 34.7505, nil)
		body["id"] = id
		p.on.as(t, "field", "POST", items, body).want(t, 201)
		p.on.as(t, "viewer", "GET", items+"/"+id, nil).want(t, 200)
		tile := p.on.as(t, "viewer", "GET", "/ogc/collections/assets/tiles/WebMercatorQuad/0/0/0", nil).want(t, 200)
		again := p.on.as(t, "viewer", "GET", "/ogc/collections/assets/tiles/WebMercatorQuad/0/0/0", nil, "If-None-Match", tile.Header.Get("ETag")).want(t, 304)
		if len(again.body) != 0 {
			t.Errorf("304 with %d bytes", len(again.body))
		}
	}
}
