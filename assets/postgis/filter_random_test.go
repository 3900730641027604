package postgis_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"streetbook/assets"
	"streetbook/assets/cql2"
	"streetbook/geo"
)

// TestEveryCheckedFilterIsAnswered: whatever Check lets through, the database
// answers, and a filter and its negation select different features: together no
// more than all, and as many as the two joined.
func TestEveryCheckedFilterIsAnswered(t *testing.T) {
	t.Parallel()
	store := newPlace(t)
	list := rowOfLamps(t, store, 24)
	more := make([]assets.Asset, 6)
	for i := range more {
		more[i] = list[i]
		more[i].Header, more[i].Code, more[i].Name = assets.Header{}, "", ""
		more[i].InstalledOn = []string{"2024-03-01", ""}[i%2]
	}
	if err := store.AddAssets(context.Background(), write(t), place, more); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		e := anyPredicate(t, 2)
		if _, err := cql2.Check(e, assets.Queryables(assets.CollectionAssets), geo.CRS84); err != nil {
			return // texts that are no times among times
		}
		yes := matching(t, store, assets.CollectionAssets, e, assets.Whole)
		no := matching(t, store, assets.CollectionAssets, cql2.Not{Of: e}, assets.Whole)
		known := matching(t, store, assets.CollectionAssets, cql2.Or{List: []cql2.Expr{e, cql2.Not{Of: e}}}, assets.Whole)
		both := matching(t, store, assets.CollectionAssets, cql2.And{List: []cql2.Expr{e, cql2.Not{Of: e}}}, assets.Whole)
		if yes+no != known || known > 30 || both != 0 {
			t.Fatalf("%#v: %d do, %d do not, %d one of them, %d both, of 30", e, yes, no, known, both)
		}
	})
}

// drawn picks one of a list, each as likely.
func drawn[T any](t *rapid.T, list ...T) T { return rapid.SampledFrom(list).Draw(t, "drawn") }

func anyPredicate(t *rapid.T, levels int) cql2.Expr {
	if levels > 0 {
		one := func() cql2.Expr { return anyPredicate(t, levels-1) }
		switch drawn(t, "and", "or", "not", "", "", "") {
		case "and":
			return cql2.And{List: []cql2.Expr{one(), one()}}
		case "or":
			return cql2.Or{List: []cql2.Expr{one(), one(), one()}}
		case "not":
			return cql2.Not{Of: one()}
		}
	}
	text := func() cql2.Expr { return anyOperand(t, cql2.TypeText) }
	shape := func() cql2.Expr { return anyOperand(t, cql2.TypeGeometry) }
	kind := drawn(t, cql2.TypeText, cql2.TypeNumber, cql2.TypeDate, cql2.TypeTimestamp)
	same := func() cql2.Expr { return anyOperand(t, kind) }
	switch drawn(t, "compare", "equal", "like", "between", "in", "null", "spatial", "temporal") {
	case "compare":
		return cql2.Compare{Op: drawn(t, "=", "<>", "<", "<=", ">", ">="), Left: same(), Right: same()}
	case "equal":
		kind = cql2.TypeID
		return drawn[cql2.Expr](t, cql2.Compare{Op: drawn(t, "=", "<>"), Left: same(), Right: same()}, cql2.In{Value: same(), List: []cql2.Expr{same(), same()}})
	case "like":
		return cql2.Like{Value: text(), Pattern: drawn[cql2.Expr](t, cql2.Text("%"), cql2.Text(`_\_%`), cql2.Text(""), cql2.Call{Name: "casei", Args: []cql2.Expr{cql2.Text("L%")}})}
	case "between":
		return cql2.Between{Value: same(), Low: same(), High: same()}
	case "in":
		return cql2.In{Value: same(), List: []cql2.Expr{same(), same(), same()}}
	case "null":
		return cql2.IsNull{Value: cql2.Property{Name: drawn(t, "geometry", "name", "installed_on", "accuracy_m")}}
	case "spatial":
		return cql2.Call{Name: drawn(t, "s_intersects", "s_equals", "s_disjoint", "s_touches", "s_within", "s_overlaps", "s_crosses", "s_contains"), Args: []cql2.Expr{shape(), shape()}}
	}
	names := []string{"t_disjoint", "t_intersects"}
	for relation, converse := range allen {
		names = append(names, relation, converse)
	}
	slices.Sort(names) // so that a failure can be drawn again
	return cql2.Call{Name: drawn(t, names...), Args: []cql2.Expr{anyTime(t), anyTime(t)}}
}

func anyTime(t *rapid.T) cql2.Expr {
	instant := func() cql2.Expr { return anyOperand(t, drawn(t, cql2.TypeDate, cql2.TypeTimestamp)) }
	if drawn(t, true, false) {
		return instant()
	}
	return cql2.Interval{From: drawn(t, nil, instant()), To: drawn(t, nil, instant())}
}

// anyOperand draws a property or a literal of a type.
func anyOperand(t *rapid.T, kind cql2.Type) cql2.Expr {
	day := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
	property := func(names ...string) cql2.Expr { return cql2.Property{Name: drawn(t, names...)} }
	if (kind == cql2.TypeDate || kind == cql2.TypeTimestamp || kind == cql2.TypeID) && drawn(t, 1, 2, 3) == 1 {
		return drawn[cql2.Expr](t, cql2.Text("2024-03-01"), cql2.Text("2024-03-01T00:00:00Z"), property("name"))
	}
	switch kind {
	case cql2.TypeText:
		return drawn[cql2.Expr](t, property("name", "code", "condition", "side"), cql2.Text("路灯"), cql2.Text("good"), cql2.Text(""),
			cql2.Call{Name: "casei", Args: []cql2.Expr{property("name", "status")}})
	case cql2.TypeNumber:
		return drawn[cql2.Expr](t, property("version", "chainage_m", "offset_m", "accuracy_m"), cql2.Number(1), cql2.Number(-2.5e300), cql2.Number(2000.5))
	case cql2.TypeDate:
		return drawn[cql2.Expr](t, property("installed_on", "removed_on"), cql2.Date{Time: day}, cql2.Date{Time: day.AddDate(1, 0, 0)})
	case cql2.TypeTimestamp:
		return drawn[cql2.Expr](t, property("updated_at"), cql2.Timestamp{Time: day}, cql2.Timestamp{Time: day.Add(time.Nanosecond)})
	case cql2.TypeID:
		return drawn[cql2.Expr](t, property("segment", "community", "replaces"), cql2.Text("0195b2a0-0000-7000-8000-00000000000a"), cql2.Text(uuid.Nil.String()))
	}
	triangle := orb.Polygon{{{113.7, 34.7}, {113.75, 34.7}, {113.75, 34.8}, {113.7, 34.7}}}
	along := orb.LineString{{113.7, 34.7501}, {113.75, 34.7501}}
	return drawn[cql2.Expr](t, property("geometry"), cql2.Box{Of: [4]float64{113.72, 34.7, 113.75, 34.8}}, cql2.Box{Of: [4]float64{150, -90, -150, 90}},
		cql2.Box{Of: [4]float64{113.71, 34.7501, 113.75, 34.7501}}, cql2.Geometry{Of: orb.Point{113.71, 34.7501}}, cql2.Geometry{Of: triangle}, cql2.Geometry{Of: along},
		cql2.Geometry{Of: orb.MultiPoint{{113.71, 34.7501}, {0, 0}}}, cql2.Geometry{Of: orb.MultiLineString{along, {{0, 0}, {1, 1}}}},
		cql2.Geometry{Of: orb.MultiPolygon{triangle, square(113.72, 34.74, 0.01)}}, cql2.Geometry{Of: orb.Collection{triangle, square(113.72, 34.74, 0.01), along}},
		cql2.Geometry{Of: orb.Collection{orb.Point{113.71, 34.7501}, along, triangle}})
}
