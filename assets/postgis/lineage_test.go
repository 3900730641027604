package postgis_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"streetbook/assets"
	"streetbook/assets/postgis"
)

func split(t *testing.T, store *postgis.Store, w postgis.Write, id uuid.UUID, metres ...float64) postgis.Retired {
	t.Helper()
	cuts := make([]assets.Cut, len(metres))
	for i := range metres {
		cuts[i].ChainageM = &metres[i]
	}
	done, err := store.SplitSegment(context.Background(), w, postgis.Target{Collection: assets.CollectionSegments, Jurisdiction: place, ID: id, Match: assets.AnyVersion}, cuts, nil)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func merge(t *testing.T, store *postgis.Store, ids ...uuid.UUID) assets.Segment {
	t.Helper()
	done, err := store.MergeSegments(context.Background(), write(t), place, ids, nil, assets.Naming{Name: "合并"})
	if err != nil {
		t.Fatal(err)
	}
	return done.Made[0]
}

// shown is what falls on each segment in a view of the lineage. It fails where
// the figures of a view do not add up.
func shown(t *testing.T, store *postgis.Store, view string) map[uuid.UUID]assets.Fen {
	t.Helper()
	found, err := store.Investment(context.Background(), assets.InvestmentQuery{Jurisdiction: place, Basis: assets.BasisPaid, By: []string{"segment"}, Lineage: view})
	if err != nil {
		t.Fatal(err)
	}
	list, sum := map[uuid.UUID]assets.Fen{}, found.Elsewhere+found.Unallocated
	for _, r := range found.Rows {
		if r.Entries == 0 { // a key segment is listed without money too
			continue
		}
		list[uuid.MustParse(r.Keys[0])] = r.Amount
		sum += r.Amount
		if r.Names[0] == "" {
			t.Errorf("%s has no name", r.Keys[0])
		}
	}
	if sum != found.Total {
		t.Errorf("%s: the parts are %s, the total %s", view, sum, found.Total)
	}
	return list
}

// standing lists where the assets stand, by name of segment.
func standing(t *testing.T, store *postgis.Store) map[string]int {
	t.Helper()
	names, found := map[uuid.UUID]string{}, map[string]int{}
	if err := store.EachSegment(context.Background(), assets.In(place), func(g *assets.Segment) error { names[g.ID] = g.Name; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := store.EachAsset(context.Background(), assets.In(place), func(a *assets.Asset) error { found[names[*a.Place.Segment]]++; return nil }); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestASplitKeepsMoneyAndLineage(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newLedger(t)
	p := project(t, store, "P", assets.Rule{Kind: assets.RuleLength}, west, north)
	shares := project(t, store, "S", assets.Rule{Kind: assets.RuleShares, Shares: []assets.Share{{TargetRef: west, Weight: 2}, {TargetRef: north, Weight: 1}}}, west, north)
	made := book(t, store, entry(p, assets.EntryPayment, 1_000_01, "A"), entry(shares, assets.EntryPayment, 300, "B"))
	before, stood := shown(t, store, assets.LineageBooked), standing(t, store)
	w := write(t)
	done := split(t, store, w, west.ID, 3800, 4200)
	if len(done.Gone) != 1 || len(done.Made) != 3 || done.Gone[0].ID != west.ID || done.Made[0].Name != "东西路（1）" || !done.Made[2].Key || done.Made[1].Code != "LD-001-2" {
		t.Fatalf("done %+v", done)
	}
	if now := standing(t, store); now["东西路（1）"] == 0 || now["东西路（1）"]+now["东西路（2）"]+now["东西路（3）"] != stood["东西路"] {
		t.Errorf("assets stood %v, stand %v", stood, now)
	}
	again, err := store.SplitSegment(ctx, w, postgis.Target{Jurisdiction: place, ID: west.ID, Match: assets.AnyVersion}, nil, nil)
	if err != nil || len(again.Made) != 3 || again.Made[0].ID != done.Made[0].ID {
		t.Errorf("the same operation again: %+v %v", again, err)
	}
	if after := shown(t, store, assets.LineageBooked); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("booked %v, was %v", after, before)
	}
	current := shown(t, store, assets.LineageCurrent)
	var sum assets.Fen
	for _, g := range done.Made {
		sum += current[g.ID]
	}
	if sum != before[west.ID] || current[north.ID] != before[north.ID] || len(current) != 4 {
		t.Errorf("current %v, booked %v", current, before)
	}
	booked, err := store.Entry(ctx, place, made[0].ID)
	if err != nil || len(booked.Gone[west.ID].Heirs) != 3 || booked.Gone[west.ID].Name != "东西路" || booked.Gone[west.ID].Heirs[0].Name == "" {
		t.Errorf("entry %+v: %v", booked.Gone, err)
	}
	// What is booked from now on falls on the parts: as measured, and as shared.
	next := book(t, store, entry(p, assets.EntryPayment, 1_000_01, "C"), entry(shares, assets.EntryPayment, 300, "D"))
	for i, e := range next {
		booked, err := store.Entry(ctx, place, e.ID)
		if err != nil {
			t.Fatal(err)
		}
		var on assets.Fen
		for _, a := range booked.Allocations {
			if a.Target == west {
				t.Errorf("%s fell on a segment that is gone", a.Amount)
			}
			if a.Target != north {
				on += a.Amount
			}
		}
		if i == 1 && on != 200 || len(booked.Allocations) != 4 {
			t.Errorf("on the parts %s: %+v", on, booked.Allocations)
		}
	}
	name, steps, err := store.LineageOf(ctx, place, done.Made[1].ID)
	if err != nil || name.Retired || len(steps) != 3 || steps[0].From.Name != "东西路" || !steps[0].From.Retired || steps[0].Actor != "tester" || steps[0].Op != w.Op || steps[1].WeightTotal != steps[0].WeightTotal {
		t.Errorf("lineage %+v %+v: %v", name, steps, err)
	}
	if check := sound(t, store); !check.OK {
		t.Errorf("the ledger does not add up: %+v", check)
	}
	if _, err := store.Undo(ctx, write(t), place, w.Op); assets.ErrorCode(err) != assets.Conflict {
		t.Errorf("undone, though money was booked on the parts: %v", err)
	}
	p, err = store.Project(ctx, place, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.ReviseProject(ctx, write(t), place, p.ID, assets.AnyVersion, func(p *assets.Project) error { p.Name = "改名"; return nil }); err != nil {
		t.Errorf("a project whose target was split cannot be changed: %v", err)
	}
	if err := store.Tamper(ctx, `update lineage set weight = weight + 1000`); err != nil {
		t.Fatal(err)
	}
	if check := sound(t, store); check.OK || check.Reason == nil || check.Reason.ZH != "路段沿革与变更记录不符" {
		t.Errorf("a lineage that was tampered with: %+v", check)
	}
}

func TestASplitIsUndoneAndDoneAgain(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newLedger(t)
	p := project(t, store, "P", assets.Rule{Kind: assets.RuleLength}, west, north)
	book(t, store, entry(p, assets.EntryPayment, 1_000_01, "A"))
	stood, money := standing(t, store), shown(t, store, assets.LineageCurrent)
	w, back := write(t), write(t)
	done := split(t, store, w, west.ID, 4000)
	carried := shown(t, store, assets.LineageCurrent)
	if _, err := store.Return(ctx, write(t), postgis.Target{Collection: assets.CollectionSegments, Jurisdiction: place, ID: west.ID, Match: assets.AnyVersion}, 1); assets.ErrorCode(err) != assets.Conflict {
		t.Errorf("a segment that was split came back beside its parts: %v", err)
	}
	// What somebody did to a lamp meanwhile neither stands in the way nor is lost.
	var one assets.Asset
	if err := store.EachAsset(ctx, assets.In(place), func(a *assets.Asset) error { one = *a; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := store.ReviseAsset(ctx, write(t), postgis.Target{Collection: assets.CollectionAssets, Jurisdiction: place, ID: one.ID, Match: assets.AnyVersion}, func(a *assets.Asset) error { a.Condition = assets.ConditionPoor; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Undo(ctx, back, place, w.Op); err != nil {
		t.Fatal(err)
	}
	if a, err := store.Asset(ctx, assets.Whole, one.ID); err != nil || a.Condition != assets.ConditionPoor {
		t.Errorf("the lamp is %s: %v", a.Condition, err)
	}
	if now := standing(t, store); fmt.Sprint(now) != fmt.Sprint(stood) {
		t.Errorf("assets stood %v, stand %v", stood, now)
	}
	if now := shown(t, store, assets.LineageCurrent); fmt.Sprint(now) != fmt.Sprint(money) {
		t.Errorf("money %v, was %v", now, money)
	}
	if _, err := store.Segment(ctx, assets.Whole, done.Made[0].ID); assets.ErrorCode(err) != assets.NotFound {
		t.Errorf("a part is still there: %v", err)
	}
	if _, err := store.Undo(ctx, write(t), place, back.Op); err != nil {
		t.Fatal(err)
	}
	if now := shown(t, store, assets.LineageCurrent); fmt.Sprint(now) != fmt.Sprint(carried) {
		t.Errorf("split again: money %v, was %v", now, carried)
	}
	if now := standing(t, store); now["东西路（1）"]+now["东西路（2）"] != stood["东西路"] {
		t.Errorf("split again: assets stand %v", now)
	}
	for _, v := range verified(t, store) {
		if v.Broken != 0 || !v.Investment.OK {
			t.Errorf("%+v", v)
		}
	}
}

func verified(t *testing.T, store *postgis.Store) []postgis.Verification {
	t.Helper()
	list, err := store.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestWhatCannotBeSplitOrMerged(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newLedger(t)
	at := func(id uuid.UUID, match assets.Match) postgis.Target {
		return postgis.Target{Collection: assets.CollectionSegments, Jurisdiction: place, ID: id, Match: match}
	}
	metres := func(m float64) []assets.Cut { return []assets.Cut{{ChainageM: &m}} }
	done := split(t, store, write(t), west.ID, 4000)
	a, b := done.Made[0].ID, done.Made[1].ID
	for name, c := range map[string]struct {
		want assets.Code
		try  func() (postgis.Retired, error)
	}{
		"split already": {assets.Gone, func() (postgis.Retired, error) {
			return store.SplitSegment(ctx, write(t), at(west.ID, assets.AnyVersion), metres(100), nil)
		}},
		"an old version": {assets.Stale, func() (postgis.Retired, error) {
			return store.SplitSegment(ctx, write(t), at(a, assets.Version(7)), metres(100), nil)
		}},
		"no version": {assets.Unmatched, func() (postgis.Retired, error) {
			return store.SplitSegment(ctx, write(t), at(a, assets.Match{}), metres(100), nil)
		}},
		"half a metre": {assets.Invalid, func() (postgis.Retired, error) {
			return store.SplitSegment(ctx, write(t), at(a, assets.AnyVersion), metres(0.5), nil)
		}},
		"a code is taken": {assets.Conflict, func() (postgis.Retired, error) {
			return store.SplitSegment(ctx, write(t), at(a, assets.AnyVersion), metres(100), []assets.Naming{{Code: "LD-002"}})
		}},
		"apart": {assets.Invalid, func() (postgis.Retired, error) {
			return store.MergeSegments(ctx, write(t), place, []uuid.UUID{a, north.ID}, nil, assets.Naming{})
		}},
		"the same twice": {assets.Invalid, func() (postgis.Retired, error) {
			return store.MergeSegments(ctx, write(t), place, []uuid.UUID{a, a}, nil, assets.Naming{})
		}},
		"one is gone": {assets.Gone, func() (postgis.Retired, error) {
			return store.MergeSegments(ctx, write(t), place, []uuid.UUID{a, west.ID}, nil, assets.Naming{})
		}},
		"one moved on": {assets.Stale, func() (postgis.Retired, error) {
			return store.MergeSegments(ctx, write(t), place, []uuid.UUID{a, b}, []int{1, 2}, assets.Naming{})
		}},
		"there is no such": {assets.NotFound, func() (postgis.Retired, error) {
			return store.MergeSegments(ctx, write(t), place, []uuid.UUID{a, uuid.New()}, nil, assets.Naming{})
		}},
	} {
		if _, err := c.try(); assets.ErrorCode(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if g := merge(t, store, b, a); g.LengthM < done.Gone[0].LengthM-0.01 || g.LengthM > done.Gone[0].LengthM+0.01 {
		t.Errorf("merged back: %v m of %v m", g.LengthM, done.Gone[0].LengthM)
	}
}
