package postgis_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/postgis"
	"streetbook/assets/postgis/postgistest"
)

const place = "990000001"

// square is a closed ring of side degrees with its lower left corner at x, y.
func square(x, y, side float64) orb.Polygon {
	return orb.Polygon{{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}}
}

func write(t *testing.T) postgis.Write {
	t.Helper()
	w, err := postgis.NewWrite("tester")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// newPlace returns a store with one jurisdiction, 0.1 degrees square, and one
// segment through it from west to east.
func newPlace(t *testing.T) *postgis.Store {
	t.Helper()
	store := postgistest.New(t)
	r := assets.Registry{
		Jurisdiction: assets.Jurisdiction{Code: place, Name: "测试街道", Source: "test"},
		Areas:        []assets.Area{{Code: place, Name: "测试街道", Level: assets.LevelBoundary, Geometry: square(113.7, 34.7, 0.1)}, {Header: assets.Header{ID: uuid.MustParse("0195b2a0-0000-7000-8000-00000000000c")}, Code: "990000001001", Name: "社区", Level: assets.LevelCommunity, Geometry: square(113.7, 34.7, 0.1)}},
		Segments: []assets.Segment{{Header: assets.Header{ID: uuid.MustParse("0195b2a0-0000-7000-8000-00000000000a")}, Code: "LD-001", Name: "东西路", Road: "东西路",
			Status: assets.StatusInService, Key: true, Geometry: orb.LineString{{113.71, 34.75}, {113.79, 34.75}}}},
	}
	if err := store.AddRegistry(context.Background(), write(t), r); err != nil {
		t.Fatal(err)
	}
	return store
}

func lamp(x, y float64) assets.Asset {
	return assets.Asset{Class: "0118", Name: "路灯", Status: assets.StatusInService, Condition: assets.ConditionGood, Source: "test", Geometry: orb.Point{x, y}}
}

func TestWriteIsRowVersionAndChange(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newPlace(t)
	list := []assets.Asset{lamp(113.75, 34.7501)}
	if err := store.AddAssets(ctx, write(t), place, list); err != nil {
		t.Fatal(err)
	}
	a, err := store.Asset(ctx, assets.Whole, list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if a.Version != 1 || a.Code != "9900000118000001" || a.Place.Side != assets.SideLeft || a.Place.Segment == nil || a.Place.Community == nil {
		t.Errorf("stored asset is %+v", a)
	}
	if *a.Place.OffsetM < 11 || *a.Place.OffsetM > 11.2 {
		t.Errorf("offset is %v m, want about 11.1", *a.Place.OffsetM)
	}
	changes, err := store.Changes(ctx, place, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	last := changes[len(changes)-1]
	if last.Seq != int64(len(changes)) || last.Noun != "asset" || last.ID != a.ID || last.Kind != assets.KindCreate || last.Actor != "tester" {
		t.Errorf("last change is %+v", last)
	}
	var after struct {
		Code     string
		Geometry struct {
			Type        string
			Coordinates []float64
		}
	}
	if err := json.Unmarshal(last.After, &after); err != nil || after.Code != a.Code || after.Geometry.Type != "Point" {
		t.Errorf("after is %s (%v)", last.After, err)
	}
}

func TestAssetsAreReadWithTheNameOfTheirClass(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newPlace(t)
	shared := assets.Class{Profile: assets.ProfileCJT, Code: "0118", Name: "路灯", Geometry: "point", Icon: "lamp", Color: "#cf8200"}
	other := shared
	other.Profile, other.Name = assets.ProfileGBT, "别的东西"
	if err := store.AddMissingClasses(ctx, write(t), assets.SystemJurisdiction, []assets.Class{shared, other}); err != nil {
		t.Fatal(err)
	}
	list := []assets.Asset{lamp(113.75, 34.7501)}
	if err := store.AddAssets(ctx, write(t), place, list); err != nil {
		t.Fatal(err)
	}
	check := func(want string) {
		t.Helper()
		one, err := store.Asset(ctx, assets.Whole, list[0].ID)
		if err != nil || one.ClassName != want {
			t.Errorf("the class is called %q (%v), want %q", one.ClassName, err, want)
		}
		if err := store.EachAsset(ctx, assets.Query{View: assets.Whole}, func(a *assets.Asset) error {
			if a.ClassName != want {
				t.Errorf("in a list the class is called %q, want %q", a.ClassName, want)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	}
	check("路灯")
	own := shared
	own.Name = "本街路灯"
	if err := store.AddMissingClasses(ctx, write(t), place, []assets.Class{own}); err != nil {
		t.Fatal(err)
	}
	check("本街路灯")
}

func TestSameOpIsAppliedOnce(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newPlace(t)
	w := write(t)
	a := lamp(113.75, 34.7501)
	a.ID = uuid.MustParse("0195b2a0-0000-7000-8000-000000000001")
	var wait sync.WaitGroup
	for range 5 {
		wait.Go(func() {
			if err := store.AddAssets(ctx, w, place, []assets.Asset{a}); err != nil {
				t.Errorf("repeated op: %v", err)
			}
		})
	}
	wait.Wait()
	n, err := store.Count(ctx, assets.CollectionAssets, assets.Query{View: assets.Whole})
	if err != nil || n != 1 {
		t.Errorf("%d assets after five times the same op (%v), want 1", n, err)
	}
	a.Name = "另一个"
	if err := store.AddAssets(ctx, w, place, []assets.Asset{a}); assets.ErrorCode(err) != assets.Reused {
		t.Errorf("same op with another body: %v, want %s", err, assets.Reused)
	}
}

func TestSeqIsGaplessUnderConcurrency(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newPlace(t)
	before, err := store.Changes(ctx, place, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for i := range 40 {
		w := write(t)
		wait.Go(func() {
			a := lamp(113.72+float64(i)/1000, 34.7501)
			if i%4 == 3 {
				a.Status = "unheard-of" // refused: must leave no trace
			}
			err := store.AddAssets(ctx, w, place, []assets.Asset{a})
			if (err != nil) != (i%4 == 3) {
				t.Errorf("write %d: %v", i, err)
			}
		})
	}
	wait.Wait()
	changes, err := store.Changes(ctx, place, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(changes)-len(before), 30; got != want {
		t.Errorf("%d changes, want %d", got, want)
	}
	codes := map[string]bool{}
	for i, c := range changes {
		if c.Seq != int64(i+1) {
			t.Fatalf("change %d has seq %d", i+1, c.Seq)
		}
		if c.Noun == "asset" {
			var after struct{ Code string }
			if err := json.Unmarshal(c.After, &after); err != nil {
				t.Fatal(err)
			}
			codes[after.Code] = true
		}
	}
	for i := 1; i <= 30; i++ {
		if code := fmt.Sprintf("9900000118%06d", i); !codes[code] {
			t.Errorf("code %s was not given out: there is a gap", code)
		}
	}
}

func TestVerifyFindsAnEditedEntry(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newPlace(t)
	for i := range 5 {
		if err := store.AddAssets(ctx, write(t), place, []assets.Asset{lamp(113.72+float64(i)/1000, 34.75)}); err != nil {
			t.Fatal(err)
		}
	}
	if v := verification(t, store); v.Broken != 0 || v.Changes != 9 { // jurisdiction, boundary, community, segment, five lamps
		t.Fatalf("fresh history: %+v", v)
	}
	if err := store.Tamper(ctx, `update change set after = replace(after::text, '路灯', '路燈')::json where jurisdiction = '990000001' and seq = 6`); err != nil {
		t.Fatal(err)
	}
	if v := verification(t, store); v.Broken != 6 {
		t.Errorf("edited entry 6, verify says %+v", v)
	}
}

func verification(t *testing.T, store *postgis.Store) postgis.Verification {
	t.Helper()
	list, err := store.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range list {
		if v.Jurisdiction == place {
			return v
		}
	}
	t.Fatal("the jurisdiction was not verified")
	return postgis.Verification{}
}
