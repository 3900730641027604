package live_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"streetbook/assets"
	"streetbook/assets/postgis"
	"streetbook/geo"
)

// purse is the money of a jurisdiction: what it can fall on, what for, and what
// was booked.
type purse struct {
	segments, projects, entries []uuid.UUID
}

func (w *town) fund(place string) {
	p := &purse{}
	w.money[place] = p
	if err := w.store.EachSegment(w.t.Context(), assets.In(place), func(s *assets.Segment) error { p.segments = append(p.segments, s.ID); return nil }); err != nil {
		w.t.Fatal(err)
	}
	for i := range 3 {
		project := assets.Project{Code: fmt.Sprint("P", i), Name: "项目", Kind: assets.ProjectRoad, Fund: "district", Status: "active", Targets: w.targets(place), Rule: assets.Rule{Kind: assets.RuleLength}}
		if err := w.store.AddProject(w.t.Context(), w.write(), place, &project); err != nil {
			w.t.Fatal(err)
		}
		p.projects = append(p.projects, project.ID)
	}
}

func (w *town) targets(place string) (list []assets.TargetRef) {
	for range 1 + w.rand.IntN(4) {
		t := assets.TargetRef{Noun: assets.TargetSegment, ID: pick(w, w.money[place].segments)}
		if !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return list
}

// spend books, reverses or divides money anew. What is refused changes nothing.
func (w *town) spend(o postgis.Write, place string) {
	ctx, p := context.Background(), w.money[place]
	switch w.rand.IntN(6) {
	case 0:
		if len(p.entries) > 0 {
			w.store.Reverse(ctx, o, place, pick(w, p.entries), "2024-06-01", "记错")
		}
	case 1:
		w.store.Reapportion(ctx, o, place, pick(w, p.projects), assets.AnyVersion, w.targets(place), assets.Rule{Kind: assets.RuleCount}, "按数量", false)
	default:
		e := assets.Entry{Project: pick(w, p.projects), On: "2024-05-01", Kind: pick(w, assets.EntryKinds), Amount: 1 + assets.Fen(w.rand.Int64N(100_000_000))}
		if w.rand.IntN(3) == 0 {
			e.Targets = w.targets(place)
		}
		made, err := w.store.BookEntries(ctx, o, place, []assets.Entry{e}, false)
		if err == nil {
			p.entries = append(p.entries, made[0].ID)
		}
	}
}

// split divides a segment at random, if it is there.
func (w *town) split(o postgis.Write, place string) {
	p, metres := w.money[place], 50+w.rand.Float64()*500
	target := postgis.Target{Collection: assets.CollectionSegments, Jurisdiction: place, ID: pick(w, p.segments), Match: assets.AnyVersion}
	done, err := w.store.SplitSegment(context.Background(), o, target, []assets.Cut{{ChainageM: &metres}}, nil)
	if err == nil {
		p.segments = append(p.segments, done.Made[0].ID, done.Made[1].ID)
	}
}

// TestATileShowsWhatWasPaidLast asks for the same tile before and after a booking,
// and after an asset on its segment became worse.
func TestATileShowsWhatWasPaidLast(t *testing.T) {
	t.Parallel()
	w := newTown(t, 30)
	l := start(t, w.store)
	place := places[0]
	e := assets.Entry{Project: w.money[place].projects[0], On: "2024-05-01", Kind: assets.EntryPayment, Amount: 123_45}
	id := w.ids[place][0]
	worse := func(condition string) {
		target := postgis.Target{Collection: assets.CollectionAssets, Jurisdiction: place, ID: id, Match: assets.AnyVersion}
		if _, err := w.store.ReviseAsset(t.Context(), w.write(), target, func(a *assets.Asset) error { a.Condition = condition; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for _, change := range []func(){
		func() {},
		func() {
			if _, err := w.store.BookEntries(t.Context(), w.write(), place, []assets.Entry{e}, false); err != nil {
				t.Fatal(err)
			}
		},
		func() { worse(assets.ConditionGood) }, func() { worse(assets.ConditionDangerous) },
	} {
		change()
		m := present(t, l)
		collections, queries := []string{assets.CollectionSegments}, []assets.Query{{View: assets.Whole}}
		drawn, err := l.Draw(t.Context(), m, geo.Tile{}, false, collections, queries, func(ctx context.Context, collection string, q assets.Query) ([]byte, error) {
			return w.store.Tile(ctx, collection, geo.Tile{}, q)
		})
		if err != nil {
			t.Fatal(err)
		}
		want, err := w.store.Tile(t.Context(), assets.CollectionSegments, geo.Tile{}, queries[0])
		if err != nil {
			t.Fatal(err)
		}
		sameTile(t, "the world", drawn.Bytes, want)
	}
}
