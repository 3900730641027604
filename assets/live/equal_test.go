package live_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sort"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/live"
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
	answered := 0
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
		w.compareTile(m, geo.Tile{Z: 0})
		for range 3 {
			w.compareTile(m, w.tile())
		}
	}
	if answered < *rounds*20 {
		t.Errorf("memory answered %d of %d questions", answered, *rounds*30)
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

// tile is one of the town, somewhere between the whole and a house.
func (w *town) tile() geo.Tile {
	z := 9 + w.rand.IntN(11)
	x, y := geo.Mercator(w.point())
	return geo.Tile{Z: z, X: int(x * float64(int(1)<<z)), Y: int(y * float64(int(1)<<z))}
}

func (w *town) compareTile(m *live.Moment, t geo.Tile) {
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
	}
}

// sameTile compares two tiles feature by feature, coordinates to one unit.
func sameTile(t testing.TB, name string, got, want []byte) {
	t.Helper()
	a, b := decoded(t, got), decoded(t, want)
	if len(a) != len(b) {
		t.Fatalf("%s: memory draws %d features, PostGIS %d\n%v\n%v", name, len(a), len(b), a, b)
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
	sort.Slice(list, func(i, j int) bool { return fmt.Sprint(list[i]) < fmt.Sprint(list[j]) })
	return list
}

// near reports whether points are the same to one unit, and what they cover of
// other shapes.
func near(a, b orb.Geometry) bool {
	x, y := a.Bound(), b.Bound()
	for i := range 2 {
		if d := x.Min[i] - y.Min[i]; d > 1 || d < -1 {
			return false
		}
		if d := x.Max[i] - y.Max[i]; d > 1 || d < -1 {
			return false
		}
	}
	return a.GeoJSONType() == b.GeoJSONType()
}
