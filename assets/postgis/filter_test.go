package postgis_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"streetbook/assets"
	"streetbook/assets/cql2"
	"streetbook/assets/postgis"
	"streetbook/geo"
)

// matching is how many of a collection a filter selects. It fails where Check
// refuses the filter or the database cannot answer it.
func matching(t rapid.TB, store *postgis.Store, collection string, e cql2.Expr, v assets.View) int64 {
	t.Helper()
	checked, err := cql2.Check(e, assets.Queryables(collection), geo.CRS84)
	if err != nil {
		t.Fatalf("%#v: %v", e, err)
	}
	n, err := store.Count(context.Background(), collection, assets.Query{View: v, Filter: checked})
	if err != nil {
		t.Fatalf("%#v: %v", e, err)
	}
	return n
}

func parsed(t rapid.TB, text string) cql2.Expr {
	t.Helper()
	e, err := cql2.ParseText(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e
}

// TestEveryQueryableIsAColumn: whatever the list of queryables names can be
// asked for in each collection, now and through its history, and compared with itself.
func TestEveryQueryableIsAColumn(t *testing.T) {
	t.Parallel()
	store := newPlace(t)
	rowOfLamps(t, store, 7)
	later := assets.View{Scope: assets.Everything, At: time.Now().Add(time.Hour)}
	for collection, total := range map[string]int64{assets.CollectionAssets: 7, assets.CollectionSegments: 1, assets.CollectionAreas: 2} {
		for name, kind := range assets.Queryables(collection) {
			p := cql2.Property{Name: name}
			known := cql2.Expr(cql2.Compare{Op: "=", Left: p, Right: p})
			if kind == cql2.TypeGeometry {
				known = cql2.Call{Name: "s_equals", Args: []cql2.Expr{p, p}}
			}
			for _, v := range []assets.View{assets.Whole, later} {
				null, equal := matching(t, store, collection, cql2.IsNull{Value: p}, v), matching(t, store, collection, known, v)
				if null+equal != total {
					t.Errorf("%s.%s: %d are null and %d equal themselves, of %d", collection, name, null, equal, total)
				}
			}
		}
	}
}

// TestAFilterIsBesideTheOtherConditions: an OR in a filter does not reach out of
// it, and deleted rows and other jurisdictions stay unseen.
func TestAFilterIsBesideTheOtherConditions(t *testing.T) {
	t.Parallel()
	store := newPlace(t)
	list := rowOfLamps(t, store, 10)
	wide := parsed(t, `TRUE OR name = 'x'`)
	if n := matching(t, store, assets.CollectionAssets, wide, assets.View{Scope: assets.Only("990000009")}); n != 0 {
		t.Errorf("%d of another jurisdiction", n)
	}
	if err := store.Tamper(context.Background(), fmt.Sprintf(`update asset set deleted_at = now() where id = '%s'`, list[0].ID)); err != nil {
		t.Fatal(err)
	}
	if n := matching(t, store, assets.CollectionAssets, wide, assets.Whole); n != 9 {
		t.Errorf("%d, want the 9 that are there", n)
	}
	q := assets.Query{View: assets.Whole, Filter: wide, Equal: []assets.Equal{equal(t, assets.CollectionAssets, "condition", assets.ConditionPoor)}}
	if n, err := store.Count(context.Background(), assets.CollectionAssets, q); err != nil || n != 1 {
		t.Errorf("%d poor ones (%v), want 1", n, err)
	}
}

// TestTextReachesTheDatabaseAsItIs holds for what SQL, its patterns and its
// formats give a meaning to.
func TestTextReachesTheDatabaseAsItIs(t *testing.T) {
	t.Parallel()
	store := newPlace(t)
	names := []string{`a'b`, `a"b`, `a\b`, `a%b`, `a_b`, `a$1b`, `a;b--`, `%s%d`, `ÄÖ é`, "a\nb", `''`, `E'\x'`, `中山路`}
	list := make([]assets.Asset, len(names))
	for i, name := range names {
		list[i] = lamp(113.71+0.001*float64(i), 34.7501)
		list[i].Name = name
	}
	if err := store.AddAssets(context.Background(), write(t), place, list); err != nil {
		t.Fatal(err)
	}
	name := cql2.Property{Name: "name"}
	for _, s := range names {
		literal := cql2.Text(strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s))
		for what, e := range map[string]cql2.Expr{
			"=":    cql2.Compare{Op: "=", Left: name, Right: cql2.Text(s)},
			"in":   cql2.In{Value: name, List: []cql2.Expr{cql2.Text(s), cql2.Text("x")}},
			"like": cql2.Like{Value: name, Pattern: literal},
			"casei": cql2.Like{Value: cql2.Call{Name: "casei", Args: []cql2.Expr{name}},
				Pattern: cql2.Call{Name: "casei", Args: []cql2.Expr{literal}}},
		} {
			if n := matching(t, store, assets.CollectionAssets, e, assets.Whole); n != 1 {
				t.Errorf("%q %s: %d, want 1", s, what, n)
			}
		}
	}
	if n := matching(t, store, assets.CollectionAssets, parsed(t, `CASEI(name) = CASEI('äö É')`), assets.Whole); n != 1 {
		t.Errorf("%d without regard to case, want 1", n)
	}
}

// allen are the relations of J. F. Allen's interval algebra, each beside its
// converse: of two intervals exactly one of them holds.
var allen = map[string]string{
	"t_before": "t_after", "t_meets": "t_metby", "t_overlaps": "t_overlappedby", "t_starts": "t_startedby",
	"t_during": "t_contains", "t_finishes": "t_finishedby", "t_equals": "t_equals",
}

// TestTemporalRelationsAreAnAlgebra lets the database judge every pair of the
// intervals between four days.
func TestTemporalRelationsAreAnAlgebra(t *testing.T) {
	t.Parallel()
	store := newPlace(t)
	days := []string{"2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"}
	var spans []string
	for i, from := range days {
		for _, to := range days[i+1:] {
			spans = append(spans, fmt.Sprintf("INTERVAL('%s','%s')", from, to))
		}
	}
	holds := func(function, a, b string) bool {
		return matching(t, store, assets.CollectionSegments, parsed(t, function+"("+a+","+b+")"), assets.Whole) == 1
	}
	for _, a := range spans {
		for _, b := range spans {
			var hold []string
			for relation, converse := range allen {
				forth := holds(relation, a, b)
				if forth {
					hold = append(hold, relation)
				}
				if relation != converse && holds(converse, a, b) {
					hold = append(hold, converse)
				}
				if forth != holds(converse, b, a) {
					t.Errorf("%s and %s of %s and %s are not converse", relation, converse, a, b)
				}
			}
			if len(hold) != 1 {
				t.Errorf("%s and %s: %v", a, b, hold)
				continue
			}
			apart := hold[0] == "t_before" || hold[0] == "t_after"
			if holds("t_disjoint", a, b) != apart || holds("t_intersects", a, b) == apart {
				t.Errorf("%s and %s: %v, and disjoint or not", a, b, hold)
			}
		}
	}
}

// TestTimesAgainstOpenIntervals: installed_on is a date or unknown, and
// updated_at the moment of writing.
func TestTimesAgainstOpenIntervals(t *testing.T) {
	t.Parallel()
	store := newPlace(t)
	list := []assets.Asset{lamp(113.71, 34.7501), lamp(113.72, 34.7501), lamp(113.73, 34.7501)}
	list[0].InstalledOn, list[1].InstalledOn = "2024-03-01", "2024-03-02"
	if err := store.AddAssets(context.Background(), write(t), place, list); err != nil {
		t.Fatal(err)
	}
	for filter, want := range map[string]int64{
		`T_BEFORE(installed_on, DATE('2024-03-02'))`:                                     1,
		`T_EQUALS(installed_on, TIMESTAMP('2024-03-02T00:00:00Z'))`:                      1,
		`T_AFTER(installed_on, TIMESTAMP('2024-03-01T08:00:00+08:00'))`:                  1,
		`T_DURING(installed_on, INTERVAL('2024-03-01','2024-03-03'))`:                    1,
		`T_INTERSECTS(installed_on, INTERVAL('2024-03-01','2024-03-03'))`:                2,
		`T_INTERSECTS(installed_on, INTERVAL('..','..'))`:                                2,
		`T_DURING(installed_on, INTERVAL('2024-03-01','..'))`:                            1,
		`T_AFTER(installed_on, INTERVAL('2024-03-01','..'))`:                             0,
		`NOT T_AFTER(installed_on, INTERVAL('2024-03-01','..'))`:                         2,
		`T_STARTS(INTERVAL(installed_on,'2024-04-01'), INTERVAL('2024-03-01','..'))`:     1,
		`T_MEETS(INTERVAL('..',installed_on), INTERVAL('2024-03-02',updated_at))`:        1,
		`T_CONTAINS(INTERVAL(installed_on,updated_at), DATE('2024-03-02'))`:              1,
		`T_FINISHEDBY(INTERVAL('2020-01-01','..'), INTERVAL(installed_on,'..'))`:         2,
		`T_AFTER('2024-03-02', installed_on)`:                                            1,
		`T_AFTER(TIMESTAMP('9999-12-31T23:59:59-23:00'), updated_at)`:                    3,
		`updated_at > TIMESTAMP('0000-01-01T00:00:00+23:00') AND installed_on IS NULL`:   1,
		`installed_on IN (DATE('2024-03-01'), '2024-03-02') AND version BETWEEN 1 AND 2`: 2,
	} {
		if n := matching(t, store, assets.CollectionAssets, parsed(t, filter), assets.Whole); n != want {
			t.Errorf("%s: %d, want %d", filter, n, want)
		}
	}
}
