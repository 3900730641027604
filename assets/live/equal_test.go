package live_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/planar"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/live"
	"streetbook/assets/postgis"
	"streetbook/geo"
)

// compare asks memory and the store the same and reports whether memory answered.
func (w *town) compare(m *live.Moment) bool {
	w.t.Helper()
	collection, q := w.question()
	answer, ok := m.Ask(collection, q)
	if !ok {
		return false
	}
	got, err := page(answer, collection, q)
	if err != nil {
		w.t.Fatal(err)
	}
	want, err := page(w.store, collection, q)
	if postgis.IsAway(err) {
		return false
	}
	if err != nil {
		w.t.Fatal(err)
	}
	if p, err := w.store.Position(w.t.Context()); err != nil || p != m.Position() {
		return false // somebody wrote meanwhile
	}
	if string(got) != string(want) {
		w.t.Fatalf("%s %+v:\nmemory  %s\nPostGIS %s", collection, q, got, want)
	}
	return true
}

func TestAnswersEqualThoseOfTheStore(t *testing.T) {
	t.Parallel()
	w := newTown(t, 400)
	l := start(t, w.store)
	answered, drawn := 0, 0
	for range *rounds {
		for range 1 + w.rand.IntN(5) {
			w.change()
		}
		m := present(t, l)
		for range 30 {
			if w.compare(m) {
				answered++
			}
		}
		w.compareCounts(m)
		w.compareItem(m)
		w.compareNearest(m)
		drawn += w.compareTile(m, geo.Tile{Z: 0})
		for range 3 {
			drawn += w.compareTile(m, w.tile())
		}
	}
	if answered < *rounds*20 {
		t.Errorf("memory answered %d of %d questions", answered, *rounds*30)
	}
	// Much of this town is crumpled to a unit or two, which PostGIS has to draw.
	if want := *rounds * 4 * len(assets.Collections); drawn < want*7/10 {
		t.Errorf("memory drew %d of %d tiles", drawn, want)
	}
}

func TestAnswersEqualWhileOthersWrite(t *testing.T) {
	t.Parallel()
	w := newTown(t, 200)
	l := start(t, w.store)
	present(t, l)
	other := &town{t: t, store: w.store, rand: rand.New(rand.NewPCG(w.rand.Uint64(), 2)), ids: map[string][]uuid.UUID{}, ops: w.ops[:1:1], money: w.money}
	for place, ids := range w.ids {
		other.ids[place] = append(other.ids[place], ids...)
	}
	stop := make(chan struct{})
	var writer sync.WaitGroup
	gate := make(chan struct{}, 1) // a writer that never pauses would leave no two equal positions
	writer.Go(func() {
		for {
			select {
			case <-stop:
				return
			case gate <- struct{}{}:
				other.change()
				<-gate
			}
		}
	})
	answered := 0
	for tries := 0; answered < *rounds*3 && tries < *rounds*200; tries++ {
		m := l.Moment(t.Context(), nil)
		if tries%4 == 3 { // every fourth question is asked while the writer holds still
			gate <- struct{}{}
			m = present(t, l)
		}
		if m != nil && w.compare(m) {
			answered++
		}
		if tries%4 == 3 {
			<-gate
		}
	}
	close(stop)
	writer.Wait()
	if answered < *rounds*3 {
		t.Errorf("only %d questions met the same position", answered)
	}
}

func (w *town) compareCounts(m *live.Moment) {
	w.t.Helper()
	_, q := w.question()
	kept := q.Equal[:0]
	for _, e := range q.Equal {
		if e.Property.Name == "class" || e.Property.Name == "condition" {
			kept = append(kept, e)
		}
	}
	q.Equal = kept
	got, ok := m.Counts(q)
	if !ok {
		return
	}
	q.After, q.Limit = assets.Key{}, 0
	want, err := w.store.Counts(w.t.Context(), q)
	if err != nil {
		w.t.Fatal(err)
	}
	a, _ := json.Marshal(got)
	if b, _ := json.Marshal(want); string(a) != string(b) {
		w.t.Fatalf("counts of %+v:\nmemory  %s\nPostGIS %s", q, a, b)
	}
}

func (w *town) compareItem(m *live.Moment) {
	w.t.Helper()
	place := pick(w, places)
	v, id := assets.View{Scope: assets.Only(pick(w, places))}, pick(w, w.ids[place])
	got, ok := m.Asset(v, id)
	want, err := w.store.Asset(w.t.Context(), v, id)
	if ok != (err == nil) {
		w.t.Fatalf("asset %s: memory has it: %v, PostGIS: %v", id, ok, err)
	}
	if a, b := exchange.AppendAssetFeature(nil, &got, nil), exchange.AppendAssetFeature(nil, &want, nil); ok && string(a) != string(b) {
		w.t.Fatalf("memory %s, PostGIS %s", a, b)
	}
	if len(w.money[place].segments) == 0 {
		return
	}
	id = pick(w, w.money[place].segments)
	segment, ok := m.Segment(v, id)
	same, err := w.store.Segment(w.t.Context(), v, id)
	if ok != (err == nil) {
		w.t.Fatalf("segment %s: memory has it: %v, PostGIS: %v", id, ok, err)
	}
	if a, b := exchange.AppendSegmentFeature(nil, &segment, nil), exchange.AppendSegmentFeature(nil, &same, nil); ok && string(a) != string(b) {
		w.t.Fatalf("memory %s, PostGIS %s", a, b)
	}
}

// compareNearest asks for what stands around a position.
func (w *town) compareNearest(m *live.Moment) {
	w.t.Helper()
	n := assets.Near{Query: assets.Query{View: assets.View{Scope: assets.Only(pick(w, places))}}, At: w.point(), WithinM: 1 + w.rand.Float64()*20000, Most: 1 + w.rand.IntN(20)}
	if w.rand.IntN(2) == 0 {
		e, err := assets.NewEqual(assets.CollectionAssets, "class", []string{pick(w, classes)})
		if err != nil {
			w.t.Fatal(err)
		}
		n.Query = n.With(e)
	}
	answered := true
	got, err := n.Nearest(func(q assets.Query, each func(*assets.Asset) error) error {
		a, ok := m.Ask(assets.CollectionAssets, q)
		if answered = answered && ok; !ok {
			return nil
		}
		return a.EachAsset(w.t.Context(), q, each)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	want, err := n.Nearest(func(q assets.Query, each func(*assets.Asset) error) error {
		return w.store.EachAsset(w.t.Context(), q, each)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if answered && !reflect.DeepEqual(got, want) {
		w.t.Fatalf("around %v: memory %v, PostGIS %v", n, got, want)
	}
}

// tile is one of the town, somewhere between the whole and a house.
func (w *town) tile() geo.Tile {
	z := 9 + w.rand.IntN(11)
	x, y := geo.Mercator(w.point())
	return geo.Tile{Z: z, X: int(x * float64(int(1)<<z)), Y: int(y * float64(int(1)<<z))}
}

// compareTile compares the tile of each collection and counts those that memory drew.
func (w *town) compareTile(m *live.Moment, t geo.Tile) (drawn int) {
	w.t.Helper()
	for _, collection := range assets.Collections {
		q := assets.Query{View: assets.Whole}
		got, ok := m.Tile(collection, t, q)
		if !ok {
			continue
		}
		want, err := w.store.Tile(w.t.Context(), collection, t, q)
		if err != nil {
			w.t.Fatal(err)
		}
		sameTile(w.t, fmt.Sprint(collection, t), got, want)
		drawn++
	}
	return drawn
}

// sameTile compares two tiles feature by feature in their order, coordinates to
// one unit.
func sameTile(t testing.TB, name string, got, want []byte) {
	t.Helper()
	a, b := decoded(t, got), decoded(t, want)
	if len(a) != len(b) {
		for i := range min(len(a), len(b)) {
			if a[i].properties["id"] != b[i].properties["id"] {
				t.Fatalf("%s: memory draws %v, PostGIS %v", name, a[i], b[i])
			}
		}
		t.Fatalf("%s: memory draws %d features, PostGIS %d", name, len(a), len(b))
	}
	for i := range a {
		if !reflect.DeepEqual(a[i].properties, b[i].properties) || !near(a[i].geometry, b[i].geometry) {
			t.Fatalf("%s: memory draws %v, PostGIS %v", name, a[i], b[i])
		}
	}
}

type drawn struct {
	properties map[string]any
	geometry   orb.Geometry
}

func decoded(t testing.TB, tile []byte) (list []drawn) {
	t.Helper()
	if len(tile) == 0 {
		return nil
	}
	layers, err := mvt.Unmarshal(tile)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layers {
		for _, f := range l.Features {
			list = append(list, drawn{f.Properties, f.Geometry})
		}
	}
	return list
}

// near reports whether two shapes are the same to one unit: each corner of either
// lies that close to the other, and they enclose the same but for their rims.
func near(a, b orb.Geometry) bool {
	x, y := edgesOf(a), edgesOf(b)
	return a.Dimensions() == b.Dimensions() && lies(x, y) && lies(y, x) && math.Abs(math.Abs(planar.Area(a))-math.Abs(planar.Area(b))) <= rimOf(x)+rimOf(y)
}

// edgesOf are the edges of a shape; a point is one without length.
func edgesOf(g orb.Geometry) (list [][2]orb.Point) {
	switch g := g.(type) {
	case orb.Point:
		return [][2]orb.Point{{g, g}}
	case orb.MultiPoint:
		for _, p := range g {
			list = append(list, [2]orb.Point{p, p})
		}
	case orb.LineString:
		for i := 1; i < len(g); i++ {
			list = append(list, [2]orb.Point{g[i-1], g[i]})
		}
	case orb.Ring:
		return edgesOf(orb.LineString(g))
	case orb.MultiLineString:
		for _, line := range g {
			list = append(list, edgesOf(line)...)
		}
	case orb.Polygon:
		for _, ring := range g {
			list = append(list, edgesOf(ring)...)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			list = append(list, edgesOf(p)...)
		}
	}
	return list
}

func lies(list, to [][2]orb.Point) bool {
	for _, e := range list {
		for _, p := range e {
			least := math.Inf(1)
			for _, o := range to {
				least = min(least, planar.DistanceFromSegment(o[0], o[1], p))
			}
			if least > math.Sqrt2 {
				return false
			}
		}
	}
	return true
}

func rimOf(edges [][2]orb.Point) (sum float64) {
	for _, e := range edges {
		sum += planar.Distance(e[0], e[1])
	}
	return sum / 2
}
