package live_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/live"
	"streetbook/assets/postgis"
	"streetbook/assets/postgis/postgistest"
)

var rounds = flag.Int("rounds", 30, "rounds of writes and questions of the equality tests")

var places = []string{"990000001", "990000002"}

// town is a store with a small registry, written to at random.
type town struct {
	t     testing.TB
	store *postgis.Store
	rand  *rand.Rand
	ids   map[string][]uuid.UUID // of assets, by jurisdiction
	ops   []operation
	money map[string]*purse
}

type operation struct {
	jurisdiction string
	op           uuid.UUID
}

func newTown(t testing.TB, n int) *town {
	t.Helper()
	return furnished(t, postgistest.New(t), n)
}

func furnished(t testing.TB, store *postgis.Store, n int) *town {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	w := &town{t: t, store: store, rand: rand.New(rand.NewPCG(seed, 1)), ids: map[string][]uuid.UUID{}, money: map[string]*purse{}}
	for i, place := range places {
		r := assets.Registry{Jurisdiction: assets.Jurisdiction{Code: place, Name: "街道"}, Areas: []assets.Area{
			{Code: place, Name: "街道", Level: assets.LevelBoundary, Geometry: square(113.7, 34.7, 0.1)},
			{Code: "1", Name: "社区", Level: assets.LevelCommunity, Geometry: orb.MultiPolygon{square(113.7, 34.7, 0.05)}},
			{Code: "2", Name: "楼院", Level: assets.LevelCompound, Geometry: orb.Polygon{square(113.72, 34.72, 0.03)[0], square(113.73, 34.73, 0.01)[0]}}}}
		for k := range 20 {
			r.Areas = append(r.Areas, assets.Area{Code: fmt.Sprint("x", k), Name: "楼院", Level: assets.LevelCompound, Geometry: orb.Polygon{w.star(w.point(), 0.0005, 0.01)}})
			r.Segments = append(r.Segments, assets.Segment{Code: fmt.Sprint("LD-", k), Name: fmt.Sprint("路段", k%7), Road: "路", Key: k%2 == 0,
				Status: assets.Statuses[k%3], Geometry: orb.LineString{w.point(), w.point(), w.point()}})
		}
		if err := w.store.AddRegistry(t.Context(), w.write(), r); err != nil {
			t.Fatal(err)
		}
		w.add(place, n/(i+1))
		w.fund(place)
	}
	return w
}

func square(x, y, side float64) orb.Polygon {
	return orb.Polygon{{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}}
}

func (w *town) write() postgis.Write {
	o, err := postgis.NewWrite("test")
	if err != nil {
		w.t.Error(err)
	}
	return o
}

// point is somewhere in the town, now and then on a coarse grid, so that edges meet.
func (w *town) point() orb.Point {
	p := orb.Point{113.7 + w.rand.Float64()*0.1, 34.7 + w.rand.Float64()*0.1}
	if w.rand.IntN(3) == 0 {
		p = orb.Point{113.7 + float64(w.rand.IntN(20))*0.005, 34.7 + float64(w.rand.IntN(20))*0.005}
	}
	return p
}

func (w *town) shape() orb.Geometry {
	p := w.point()
	switch w.rand.IntN(12) {
	case 0:
		return orb.LineString{p, w.point(), w.point()}
	case 1:
		return square(p[0], p[1], 0.001+w.rand.Float64()*0.02)
	case 2:
		return orb.MultiPoint{p, w.point()}
	case 3:
		return orb.MultiLineString{{p, {p[0] + 0.01, p[1]}}, {w.point(), {113.6, 34.6}}}
	case 4:
		size := math.Pow(10, -2-3*w.rand.Float64())
		star := orb.Polygon{w.star(p, size/2, size)}
		if w.rand.IntN(2) == 0 {
			star = append(star, square(p[0]-size/8, p[1]-size/8, size/4)[0])
		}
		return star
	}
	return p
}

// star is a ring between two distances around a place, of any number of corners.
func (w *town) star(p orb.Point, least, most float64) orb.Ring {
	ring := make(orb.Ring, 10+w.rand.IntN(40))
	for i := range ring {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(len(ring)-1))
		r := least + (most-least)*w.rand.Float64()
		ring[i] = orb.Point{p[0] + r*cos, p[1] + r*sin}
	}
	ring[len(ring)-1] = ring[0]
	return ring
}

var classes = []string{"0118", "0101", "0303", "9999"}

func pick[T any](w *town, list []T) T { return list[w.rand.IntN(len(list))] }

func (w *town) asset() assets.Asset {
	a := assets.Asset{Class: pick(w, classes), Name: pick(w, []string{"", "路灯", "a\"b", "  x"}), Status: pick(w, assets.Statuses), Condition: pick(w, assets.Conditions),
		Source: pick(w, []string{"", "test", "survey"}), InstalledOn: pick(w, []string{"", "2020-01-31"}), Geometry: w.shape(),
		Attributes: json.RawMessage(pick(w, []string{`{}`, `{"note": "<b>"}`, `{"a":1,"z":[1,2]}`}))}
	if w.rand.IntN(2) == 0 {
		v := w.rand.Float64() * 10
		a.AccuracyM = &v
	}
	return a
}

func (w *town) add(place string, n int) {
	list := make([]assets.Asset, n)
	for i := range list {
		list[i] = w.asset()
	}
	o := w.write()
	if err := w.store.AddAssets(context.Background(), o, place, list); err != nil {
		w.t.Error(err)
		return
	}
	w.ops = append(w.ops, operation{place, o.Op})
	for i := range list {
		w.ids[place] = append(w.ids[place], list[i].ID)
	}
}

// change does something to the registry. What is refused changes nothing.
func (w *town) change() {
	ctx, place := context.Background(), pick(w, places)
	target := postgis.Target{Collection: assets.CollectionAssets, Jurisdiction: place, ID: pick(w, w.ids[place]), Match: assets.AnyVersion}
	o := w.write()
	w.ops = append(w.ops, operation{place, o.Op})
	switch w.rand.IntN(12) {
	case 0:
		w.add(place, 1+w.rand.IntN(30))
	case 1, 2:
		w.store.Delete(ctx, o, target)
	case 3:
		w.store.Return(ctx, o, target, 1)
	case 4:
		undone := pick(w, w.ops)
		w.store.Undo(ctx, o, undone.jurisdiction, undone.op)
	case 5:
		g := assets.Segment{Name: "新路", Status: assets.StatusInService, Geometry: orb.LineString{w.point(), w.point()}}
		w.store.CreateSegment(ctx, o, place, &g)
	case 6:
		w.changeSegment(place)
	case 7, 8, 9:
		w.spend(o, place)
	case 10:
		w.split(o, place)
	default:
		b := w.asset()
		w.store.ReviseAsset(ctx, o, target, func(a *assets.Asset) error {
			a.Name, a.Condition, a.Geometry = b.Name, b.Condition, b.Geometry
			return nil
		})
	}
}

func (w *town) changeSegment(place string) {
	ctx := context.Background()
	var id uuid.UUID
	err := w.store.EachSegment(ctx, assets.In(place), func(s *assets.Segment) error {
		if w.rand.IntN(5) == 0 || id == uuid.Nil {
			id = s.ID
		}
		return nil
	})
	if err != nil || id == uuid.Nil {
		return
	}
	target := postgis.Target{Collection: assets.CollectionSegments, Jurisdiction: place, ID: id, Match: assets.AnyVersion}
	line := orb.LineString{w.point(), w.point()}
	w.store.ReviseSegment(ctx, w.write(), target, func(s *assets.Segment) error { s.Geometry = line; return nil })
}

// question is a query at random.
func (w *town) question() (string, assets.Query) {
	collection := pick(w, []string{assets.CollectionAssets, assets.CollectionAssets, assets.CollectionSegments, assets.CollectionAreas})
	q := assets.Query{View: assets.View{Scope: assets.Everything, Public: w.rand.IntN(2) == 0}, Limit: 1 + w.rand.IntN(60)}
	switch w.rand.IntN(4) {
	case 0:
		q.Scope = assets.Only(pick(w, places))
	case 1:
		q.Scope = assets.Only(append([]string{"990000009"}, places...)...)
	}
	for range w.rand.IntN(3) {
		a, b := w.point(), w.point()
		q.Bounds = append(q.Bounds, orb.MultiPoint{a, b}.Bound())
		if w.rand.IntN(4) == 0 {
			q.Bounds[0] = a.Bound()
		}
	}
	equal := map[string][]string{"class": classes, "condition": assets.Conditions, "status": assets.Statuses, "name": {"路灯", "路段1", "社区"},
		"jurisdiction": places, "side": {assets.SideLeft, assets.SideRight}, "source": {"test"}, "key": {"true", "false"}, "level": assets.Levels, "length_m": {"100"}}
	for _, p := range assets.Properties(collection) {
		if values := equal[p.Name]; values != nil && w.rand.IntN(5) == 0 {
			e, err := assets.NewEqual(collection, p.Name, []string{pick(w, values), pick(w, values)})
			if err != nil {
				w.t.Fatal(err)
			}
			q = q.With(e)
		}
	}
	if w.rand.IntN(3) == 0 {
		place := pick(w, places)
		q.After = assets.Key{Jurisdiction: place, ID: pick(w, w.ids[place])}
	}
	return collection, q
}

// lister is what the store and an answer have in common.
type lister interface {
	EachArea(context.Context, assets.Query, func(*assets.Area) error) error
	EachSegment(context.Context, assets.Query, func(*assets.Segment) error) error
	EachAsset(context.Context, assets.Query, func(*assets.Asset) error) error
	Count(context.Context, string, assets.Query) (int64, error)
}

// page is the answer to a question, as bytes.
func page(from lister, collection string, q assets.Query) (out []byte, err error) {
	ctx := context.Background()
	n, err := from.Count(ctx, collection, q)
	if err != nil {
		return nil, err
	}
	out = fmt.Appendf(nil, "%d\n", n)
	line := func(b []byte) error { out = append(b, '\n'); return nil }
	switch collection {
	case assets.CollectionAreas:
		err = from.EachArea(ctx, q, func(a *assets.Area) error { return line(exchange.AppendAreaFeature(out, a, nil)) })
	case assets.CollectionSegments:
		err = from.EachSegment(ctx, q, func(s *assets.Segment) error { return line(exchange.AppendSegmentFeature(out, s, nil)) })
	default:
		err = from.EachAsset(ctx, q, func(a *assets.Asset) error { return line(exchange.AppendAssetFeature(out, a, nil)) })
	}
	return out, err
}

// present waits for the moment that holds all that was written.
func present(t testing.TB, l *live.Live) *live.Moment {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if m := l.Moment(t.Context(), nil); m != nil {
			return m
		}
	}
	t.Fatal("memory did not reach the present within a minute")
	return nil
}

func start(t testing.TB, store *postgis.Store) *live.Live {
	l := live.Start(store, live.Options{})
	t.Cleanup(l.Stop)
	return l
}
