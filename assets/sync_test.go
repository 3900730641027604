package assets_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"streetbook/assets"
)

func lampOf(name, condition, attributes string, at orb.Point) assets.Asset {
	return assets.Asset{Class: "0118", Name: name, Condition: condition, Status: assets.StatusInService, Attributes: json.RawMessage(attributes), Geometry: at}
}

// TestMergeAsset holds every field to the three cases: mine alone, theirs alone, both.
func TestMergeAsset(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	random := func() assets.Asset {
		a := lampOf(pick("a", "b", "c"), pick(assets.Conditions...), pick(`{}`, `{"k":1}`, `{"k": 1,"l":"x"}`, `{"l":"y"}`), orb.Point{113.7 + float64(r.IntN(3)), 34.7})
		a.InstalledOn = pick("", "2020-01-01", "2021-01-01")
		return a
	}
	for range 5000 {
		base, now, mine := random(), random(), random()
		result, merged, clashes, err := assets.MergeAsset(base, now, mine, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := now
		for field, v := range map[string][3]string{"name": {base.Name, now.Name, mine.Name}, "condition": {base.Condition, now.Condition, mine.Condition}, "installed_on": {base.InstalledOn, now.InstalledOn, mine.InstalledOn}} {
			clash := slices.ContainsFunc(clashes, func(c assets.Clash) bool { return c.Field == field })
			took := slices.Contains(merged, field)
			switch {
			case v[2] == v[0] || v[2] == v[1]:
				if clash || took {
					t.Fatalf("%s %v: clash %v, taken %v", field, v, clash, took)
				}
			case v[1] == v[0]:
				if !took || clash {
					t.Fatalf("%s %v is not taken", field, v)
				}
				switch field {
				case "name":
					want.Name = v[2]
				case "condition":
					want.Condition = v[2]
				default:
					want.InstalledOn = v[2]
				}
			default:
				if !clash || took {
					t.Fatalf("%s %v does not clash", field, v)
				}
			}
		}
		if result.Name != want.Name || result.Condition != want.Condition || result.InstalledOn != want.InstalledOn {
			t.Fatalf("%+v, want %+v", result, want)
		}
		// Choosing mine for every clash makes mine of all that mine changed.
		if err := result.Take(clashes); err != nil {
			t.Fatal(err)
		}
		if _, again, left, err := assets.MergeAsset(base, result, mine, nil); err != nil || len(again)+len(left) > 0 {
			t.Fatalf("%v %v %v", again, left, err)
		}
	}
}

// TestMergeKeepsPositionsWhole: how good a position is belongs to it.
func TestMergeKeepsPositionsWhole(t *testing.T) {
	t.Parallel()
	five, one := 5.0, 1.0
	base := lampOf("a", "good", "{}", orb.Point{113.7, 34.7})
	theirs, mine := base, base
	theirs.Geometry = orb.Point{113.71, 34.7}
	mine.AccuracyM = &one
	base.AccuracyM, theirs.AccuracyM = &five, &five
	result, merged, clashes, err := assets.MergeAsset(base, theirs, mine, nil)
	if err != nil || len(merged) != 0 || len(clashes) != 1 || clashes[0].Field != "accuracy_m" || *result.AccuracyM != 5 {
		t.Errorf("%v %v %v", merged, clashes, err)
	}
}

// TestMergeWithoutABase: where nobody can say what mine was made from, equal
// values merge and different ones clash; a field that mine says it saw is merged
// by that.
func TestMergeWithoutABase(t *testing.T) {
	t.Parallel()
	now := lampOf("a", "good", `{"k":1,"l":8.50}`, orb.Point{113.7, 34.7})
	seen, mine := now, now
	seen.Attributes, mine.Attributes = json.RawMessage(`{"k":1,"l":8.5}`), json.RawMessage(`{"k":2,"l":9}`)
	mine.Name, mine.Condition = "b", "good"
	known := func(field string) bool { return field == "attributes.l" }
	result, merged, clashes, err := assets.MergeAsset(seen, now, mine, known)
	if err != nil || fmt.Sprint(merged) != "[attributes.l]" || len(clashes) != 2 || result.Name != "a" || string(result.Attributes) != `{"k":1,"l":9}` {
		t.Errorf("%s %v %+v %v", result.Attributes, merged, clashes, err)
	}
	for i, want := range []string{`attributes.k null 2 1`, `name null "b" "a"`} {
		if c := clashes[i]; fmt.Sprintf("%s %s %s %s", c.Field, c.Base, c.Mine, c.Theirs) != want {
			t.Errorf("%+v, want %s", c, want)
		}
	}
	members := map[string]json.RawMessage{"name": nil, "geometry": nil, "attributes": json.RawMessage(`{"l":null,"k":1}`)}
	if names := assets.FieldNames(members); fmt.Sprint(names) != "[attributes.k attributes.l geometry name]" {
		t.Errorf("%v", names)
	}
}

func TestChangedNamesTheFields(t *testing.T) {
	t.Parallel()
	a, b := lampOf("a", "good", `{"k":1,"l":2}`, orb.Point{113.7, 34.7}), lampOf("b", "good", `{"l":2,"m":3}`, orb.Point{113.8, 34.7})
	var names []string
	for _, c := range assets.Changed(a, b) {
		names = append(names, fmt.Sprintf("%s %s>%s", c.Field, c.Base, c.Mine))
	}
	want := []string{"attributes.k 1>null", "attributes.m null>3", `geometry {"type":"Point","coordinates":[113.7,34.7]}>{"type":"Point","coordinates":[113.8,34.7]}`, `name "a">"b"`}
	if !reflect.DeepEqual(names, want) {
		t.Errorf("%q", names)
	}
	if err := a.Take(assets.Changed(a, b)); err != nil || len(assets.Changed(a, b)) != 0 {
		t.Errorf("%v %+v", err, assets.Changed(a, b))
	}
}

func TestDisputesAreSettledByField(t *testing.T) {
	t.Parallel()
	d := assets.Dispute{Kind: assets.ClashFields, Fields: json.RawMessage(`[{"field":"name","base":"a","mine":"b","theirs":"c"},{"field":"condition","base":"good","mine":"fair","theirs":"poor"}]`)}
	for _, c := range []struct {
		choice string
		by     map[string]string
		mine   int // -1: refused
	}{
		{"mine", nil, 2}, {"theirs", nil, 0}, {"fields", map[string]string{"name": "mine", "condition": "theirs"}, 1}, {"fields", map[string]string{"name": "mine"}, -1},
		{"fields", map[string]string{"name": "mine", "condition": "mine", "colour": "mine"}, -1}, {"both", nil, -1}, {"fields", map[string]string{"name": "x", "condition": "mine"}, -1},
	} {
		list, err := d.Chosen(c.choice, c.by)
		if (err != nil) != (c.mine < 0) || err == nil && len(list) != c.mine {
			t.Errorf("%+v: %v, %v", c, list, err)
		}
	}
}
