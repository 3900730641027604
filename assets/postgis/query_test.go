package postgis_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	mvtdecode "github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"

	"streetbook/assets"
	"streetbook/assets/postgis"
	"streetbook/geo"
)

// rowOfLamps adds n lamps along the segment, some of them poor.
func rowOfLamps(t *testing.T, store *postgis.Store, n int) []assets.Asset {
	t.Helper()
	list := make([]assets.Asset, n)
	for i := range list {
		list[i] = lamp(113.71+0.08*float64(i)/float64(n), 34.7501)
		if i%5 == 0 {
			list[i].Condition = assets.ConditionPoor
		}
		if i%2 == 0 {
			list[i].Class = "0119"
		}
	}
	if err := store.AddAssets(context.Background(), write(t), place, list); err != nil {
		t.Fatal(err)
	}
	return list
}

func equal(t *testing.T, collection, name string, values ...string) assets.Equal {
	t.Helper()
	e, err := assets.NewEqual(collection, name, values)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestPagingSeesEveryAssetOnceWhileOthersAreAdded(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newPlace(t)
	want := rowOfLamps(t, store, 95)
	seen := map[uuid.UUID]int{}
	q := assets.Query{View: assets.Whole, Limit: 10}
	for {
		n := 0
		err := store.EachAsset(ctx, q, func(a *assets.Asset) error {
			seen[a.ID]++
			n++
			q.After = assets.Key{Jurisdiction: a.Jurisdiction, ID: a.ID}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n < q.Limit {
			break
		}
		rowOfLamps(t, store, 1)
		if len(seen) > 200 {
			t.Fatal("paging does not end")
		}
	}
	for _, a := range want {
		if seen[a.ID] != 1 {
			t.Errorf("asset %s was seen %d times", a.ID, seen[a.ID])
		}
	}
}

func TestFiltersAndCounts(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newPlace(t)
	rowOfLamps(t, store, 100)
	west := orb.Bound{Min: orb.Point{113.7, 34.7}, Max: orb.Point{113.75, 34.8}}
	cases := []struct {
		name  string
		query assets.Query
		want  int64
	}{
		{"everything", assets.Query{View: assets.Whole}, 100},
		{"poor", assets.Query{View: assets.Whole}.With(equal(t, "assets", "condition", "poor")), 20},
		{"poor or good", assets.Query{View: assets.Whole}.With(equal(t, "assets", "condition", "poor", "good")), 100},
		{"class and condition", assets.Query{View: assets.Whole}.With(equal(t, "assets", "class", "0119")).With(equal(t, "assets", "condition", "poor")), 10},
		{"western half", assets.Query{View: assets.Whole, Bounds: []orb.Bound{west}}, 51},
		{"on the segment", assets.Query{View: assets.Whole}.With(equal(t, "assets", "segment", "0195b2a0-0000-7000-8000-00000000000a")), 100},
		{"elsewhere", assets.Query{View: assets.Whole}.With(equal(t, "assets", "jurisdiction", "990000002")), 0},
		{"a box without width", assets.Query{View: assets.Whole, Bounds: []orb.Bound{{Min: orb.Point{113.71, 34.7}, Max: orb.Point{113.71, 34.8}}}}, 1},
		{"a box that is a point", assets.Query{View: assets.Whole, Bounds: []orb.Bound{{Min: orb.Point{113.71, 34.7501}, Max: orb.Point{113.71, 34.7501}}}}, 1},
	}
	for _, c := range cases {
		if n, err := store.Count(ctx, assets.CollectionAssets, c.query); err != nil || n != c.want {
			t.Errorf("%s: %d (%v), want %d", c.name, n, err, c.want)
		}
		counts, err := store.Counts(ctx, c.query)
		if err != nil || counts.Total != c.want {
			t.Errorf("%s: counts say %d (%v), want %d", c.name, counts.Total, err, c.want)
		}
	}
	counts, err := store.Counts(ctx, cases[3].query)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(counts.ByClass, counts.ByCondition); got != "map[0118:10 0119:10] map[good:40 poor:10]" {
		t.Errorf("facets are %s", got)
	}
}

// TestEveryPropertyCanBeAskedFor keeps the wire's names and the columns together.
func TestEveryPropertyCanBeAskedFor(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newPlace(t)
	sample := map[string]string{assets.KindText: "x", assets.KindNumber: "1.5", assets.KindInteger: "2", assets.KindFlag: "true", assets.KindID: uuid.Nil.String(),
		assets.KindDate: "2024-02-29", assets.KindTime: "2024-02-29T08:00:00+08:00"}
	for _, collection := range assets.Collections {
		for _, p := range assets.Properties(collection) {
			value := sample[p.Kind]
			if p.Kind == assets.KindChoice {
				value = p.Values[0]
			}
			if _, err := store.Count(ctx, collection, assets.Query{View: assets.Whole}.With(equal(t, collection, p.Name, value))); err != nil {
				t.Errorf("%s.%s: %v", collection, p.Name, err)
			}
		}
	}
}

// TestMeasuresAgreeWithPostGIS compares lengths, areas and linear referencing
// with the database's own, on the ellipsoid.
func TestMeasuresAgreeWithPostGIS(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newPlace(t)
	line := orb.LineString{{113.734, 34.7515}, {113.7457, 34.7492}, {113.7495, 34.7475}, {113.754, 34.7462}}
	prepared := geo.NewLine(line)
	length, err := store.Number(ctx, `select st_length($1::geometry::geography)`, line)
	if err != nil {
		t.Fatal(err)
	}
	if d := math.Abs(length - geo.Length(line)); d > 0.001 {
		t.Errorf("length differs by %g m", d)
	}
	area, err := store.Number(ctx, `select st_area($1::geometry::geography)`, square(113.719, 34.737, 0.04))
	if err != nil {
		t.Fatal(err)
	}
	if got := geo.Area(square(113.719, 34.737, 0.04)); math.Abs(got/area-1) > 1e-6 {
		t.Errorf("area is %f m², PostGIS says %f", got, area)
	}
	for i := range 60 {
		p := orb.Point{113.732 + float64(i%10)*0.0025, 34.745 + float64(i/10)*0.0012}
		distance, err := store.Number(ctx, `select st_distance($1::geometry::geography, $2::geometry::geography)`, line, p)
		if err != nil {
			t.Fatal(err)
		}
		loc := prepared.Locate(p)
		if d := math.Abs(distance - math.Abs(loc.Offset)); d > 0.05 {
			t.Errorf("offset of %v differs by %g m", p, d)
		}
		if d := geo.Distance(prepared.At(loc.Chainage), loc.Point); d > 0.001 {
			t.Errorf("chainage %g of %v is %g m from its foot", loc.Chainage, p, d)
		}
	}
}

func TestTiles(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newPlace(t)
	rowOfLamps(t, store, 50)
	for _, collection := range assets.Collections {
		mvt, err := store.Tile(ctx, collection, geo.Tile{Z: 10, X: 835, Y: 406}, assets.Query{View: assets.Whole})
		if err != nil || len(mvt) == 0 {
			t.Errorf("%s: %d bytes (%v)", collection, len(mvt), err)
		}
		empty, err := store.Tile(ctx, collection, geo.Tile{Z: 10, X: 0, Y: 0}, assets.Query{View: assets.Whole})
		if err != nil || empty != nil {
			t.Errorf("%s: a tile of the ocean has %d bytes (%v)", collection, len(empty), err)
		}
		for _, edge := range []geo.Tile{{}, {Z: 22, X: 1<<22 - 1, Y: 1<<22 - 1}, {Z: 1, X: 1, Y: 0}} {
			if _, err := store.Tile(ctx, collection, edge, assets.Query{View: assets.Whole}); err != nil {
				t.Errorf("%s %v: %v", collection, edge, err)
			}
		}
	}
}

func TestJurisdictions(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newPlace(t)
	list, err := store.Jurisdictions(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 || list[0].Code != place || list[0].Areas != 2 || list[0].Segments != 1 || list[0].Bounds.IsEmpty() || list[0].CodeOf != assets.StandardCode {
		t.Errorf("listed are %+v", list)
	}
	one, err := store.Jurisdiction(ctx, place)
	if err != nil || one != list[0].Jurisdiction {
		t.Errorf("%+v (%v), listed as %+v", one, err, list[0].Jurisdiction)
	}
	if _, err := store.Jurisdiction(ctx, assets.SystemJurisdiction); assets.ErrorCode(err) != assets.NotFound {
		t.Errorf("the program's own ledger is shown: %v", err)
	}
}

// TestCrowdedTileStandsForEveryAsset checks that the counts of a thinned tile
// add up to what is there, and that it is small.
func TestCrowdedTileStandsForEveryAsset(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newPlace(t)
	list := make([]assets.Asset, 12000)
	for i := range list {
		list[i] = lamp(113.72+0.05*float64(i%120)/120, 34.72+0.05*float64(i/120)/100)
	}
	if err := store.AddAssets(ctx, write(t), place, list); err != nil {
		t.Fatal(err)
	}
	mvt, err := store.Tile(ctx, assets.CollectionAssets, geo.Tile{Z: 8, X: 208, Y: 101}, assets.Query{View: assets.Whole})
	if err != nil || len(mvt) == 0 {
		t.Fatalf("%d bytes (%v)", len(mvt), err)
	}
	layers, err := mvtdecode.Unmarshal(mvt)
	if err != nil {
		t.Fatal(err)
	}
	sum, features := 0.0, layers[0].Features
	for _, f := range features {
		n, many := f.Properties["count"].(float64)
		if _, own := f.Properties["id"]; own == many {
			t.Fatalf("a feature has %v", f.Properties)
		}
		if !many {
			n = 1
		}
		sum += n
	}
	if sum != 12000 || len(features) > 2000 {
		t.Errorf("%d features stand for %v assets, want 12000", len(features), sum)
	}
	// The middle of the cells is where the assets are.
	layers.ProjectToWGS84(maptile.New(208, 101, 8))
	if b := features[0].Geometry.Bound(); b.Min[0] < 113.71 || b.Min[0] > 113.78 || b.Min[1] < 34.71 || b.Min[1] > 34.78 {
		t.Errorf("a thinned asset is at %v", b.Min)
	}
}
