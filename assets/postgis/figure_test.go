package postgis_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/postgis"
)

// TestFiguresRoundAsAmountsDo asks for segments by the figures that the domain
// computes: the database must come to the same numbers.
func TestFiguresRoundAsAmountsDo(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newLedger(t)
	dice := rand.New(rand.NewPCG(1, 2))
	var segments []assets.Segment
	for range 60 {
		x, y := 113.7+dice.Float64()/10, 34.7+dice.Float64()/10
		segments = append(segments, assets.Segment{Header: assets.Header{ID: uuid.Must(uuid.NewV7())}, Name: "路", Status: assets.StatusInService,
			Geometry: orb.LineString{{x, y}, {x + dice.Float64()*0.0004, y + 1e-7}}})
	}
	if err := store.AddSegments(ctx, write(t), place, segments); err != nil {
		t.Fatal(err)
	}
	p := project(t, store, "P", assets.Rule{Kind: assets.RuleLength})
	var entries []assets.Entry
	for i := range segments[10:] {
		e := entry(p, assets.EntryPayment, 1+assets.Fen(dice.Int64N(1<<(5+i%35))), "")
		if i%7 == 0 {
			e.Kind = assets.EntryRefund
		}
		e.Targets = []assets.TargetRef{{Noun: assets.TargetSegment, ID: segments[10+i].ID}}
		entries = append(entries, e)
	}
	book(t, store, entries...)
	seen := 0
	if err := store.EachSegment(ctx, assets.In(place), func(s *assets.Segment) error {
		each, ok := s.InvestedPerM()
		if !ok || s.Figures.Assets == nil {
			t.Fatalf("%s of %f m has the figures %+v", s.ID, s.LengthM, s.Figures)
		}
		for name, f := range map[string]assets.Fen{"invested": *s.Figures.Invested, "invested_per_m": each} {
			e, err := assets.NewEqual(assets.CollectionSegments, name, []string{f.String()})
			if err != nil {
				t.Fatal(err)
			}
			q := assets.In(place).With(e)
			q.IDs = []uuid.UUID{s.ID}
			if n, err := store.Count(ctx, assets.CollectionSegments, q); err != nil || n != 1 {
				t.Errorf("%d segments of %f m with %s %s: %v", n, s.LengthM, name, f, err)
			}
		}
		seen++
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if seen != len(segments)+2 {
		t.Errorf("%d segments", seen)
	}
}

func TestFiguresCountWhatLives(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newLedger(t)
	figures := func(v assets.View) (int64, float64) {
		t.Helper()
		s, err := store.Segment(ctx, v, north.ID)
		if err != nil {
			t.Fatal(err)
		}
		if s.Figures.Assets == nil || s.Figures.ConditionMean == nil {
			return -1, 0
		}
		return *s.Figures.Assets, *s.Figures.ConditionMean
	}
	if n, mean := figures(assets.Whole); n != 5 || mean != 1 {
		t.Errorf("%d assets, mean %v", n, mean)
	}
	if err := store.Tamper(ctx, `update asset set condition = 'dangerous' where id in (select id from asset where segment = '`+north.ID.String()+`' order by id limit 1)`); err != nil {
		t.Fatal(err)
	}
	if err := store.Tamper(ctx, `update asset set status = 'removed' where id in (select id from asset where segment = '`+north.ID.String()+`' order by id desc limit 2)`); err != nil {
		t.Fatal(err)
	}
	if n, mean := figures(assets.Whole); n != 3 || mean != 2 {
		t.Errorf("%d assets, mean %v", n, mean)
	}
}

// TestFiguresOfThePast are those of the assets as they were; what was paid is not
// known.
func TestFiguresOfThePast(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newLedger(t)
	book(t, store, entry(project(t, store, "P", assets.Rule{Kind: assets.RuleLength}, north), assets.EntryPayment, 5_00, "A"))
	var lamps []assets.Asset
	if err := store.EachAsset(ctx, assets.In(place), func(a *assets.Asset) error {
		if a.Place.Segment != nil && *a.Place.Segment == north.ID {
			lamps = append(lamps, *a)
		}
		return nil
	}); err != nil || len(lamps) != 5 {
		t.Fatalf("%d lamps: %v", len(lamps), err)
	}
	type figures struct {
		n    int64
		mean float64
	}
	at := func(when time.Time) figures {
		t.Helper()
		s, err := store.Segment(ctx, assets.View{Scope: assets.Everything, At: when}, north.ID)
		if err != nil || (s.Figures.Invested == nil) == when.IsZero() {
			t.Fatalf("%+v: %v", s.Figures, err)
		}
		f := figures{n: *s.Figures.Assets}
		if s.Figures.ConditionMean != nil {
			f.mean = *s.Figures.ConditionMean
		}
		return f
	}
	var times []time.Time
	var known []figures
	for i, a := range lamps {
		times, known = append(times, instant(t, store)), append(known, at(time.Time{}))
		target := postgis.Target{Collection: assets.CollectionAssets, Jurisdiction: place, ID: a.ID, Match: assets.AnyVersion}
		var err error
		if i%2 == 0 {
			_, err = store.ReviseAsset(ctx, write(t), target, func(a *assets.Asset) error { a.Condition = assets.ConditionDangerous; return nil })
		} else {
			err = store.Delete(ctx, write(t), target)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, when := range times {
		if got := at(when); got != known[i] {
			t.Errorf("before change %d there were %+v, now it is said %+v", i, known[i], got)
		}
	}
	if last := at(time.Time{}); last != (figures{3, 4}) {
		t.Errorf("now %+v", last)
	}
}

// instant is a moment after everything that was written, by the database's clock.
func instant(t *testing.T, store *postgis.Store) time.Time {
	t.Helper()
	micros, err := store.Number(context.Background(), `select extract(epoch from max(at)) * 1000000 from change`)
	if err != nil {
		t.Fatal(err)
	}
	return time.UnixMicro(int64(micros))
}

// TestFiguresAreCarriedOn splits a segment that money was spent on: its parts show
// it, also after a correction, and an undo gives it back.
func TestFiguresAreCarriedOn(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newLedger(t)
	p := project(t, store, "P", assets.Rule{Kind: assets.RuleLength}, west, north)
	made := book(t, store, entry(p, assets.EntryPayment, 1_000_01, "A"), entry(p, assets.EntryPayment, 33_33, "B"), entry(p, assets.EntryContract, 9_99, "C"))
	paid := func() map[uuid.UUID]assets.Fen {
		t.Helper()
		if check := sound(t, store); !check.OK {
			t.Errorf("the ledger does not add up: %+v", check)
		}
		found, current := map[uuid.UUID]assets.Fen{}, shown(t, store, assets.LineageCurrent)
		if err := store.EachSegment(ctx, assets.In(place), func(s *assets.Segment) error {
			if *s.Figures.Invested != 0 {
				found[s.ID] = *s.Figures.Invested
			}
			if *s.Figures.Invested != current[s.ID] {
				t.Errorf("%s shows %s, asked %s", s.ID, *s.Figures.Invested, current[s.ID])
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return found
	}
	before := paid()
	w := write(t)
	parts := split(t, store, w, west.ID, 4000)
	after := paid()
	if a, b := after[parts.Made[0].ID], after[parts.Made[1].ID]; a+b != before[west.ID] || a == 0 || b == 0 || after[north.ID] != before[north.ID] {
		t.Errorf("before %v, after %v", before, after)
	}
	if _, err := store.Reverse(ctx, write(t), place, made[0].ID, "2024-06-01", "记错"); err != nil {
		t.Fatal(err)
	}
	if a := paid(); a[parts.Made[0].ID]+a[parts.Made[1].ID]+a[north.ID] != 33_33 {
		t.Errorf("after a reversal %v", a)
	}
	again := split(t, store, write(t), parts.Made[0].ID, 1000)
	if a := paid(); a[again.Made[0].ID]+a[again.Made[1].ID]+a[parts.Made[1].ID]+a[north.ID] != 33_33 {
		t.Errorf("after another split %v", a)
	}
	for _, table := range []string{"carried_rollup", "carried"} {
		move := func(sign string) {
			t.Helper()
			if err := store.Tamper(ctx, `update `+table+` set amount = amount `+sign+` 1 where basis = 'paid' and segment = '`+parts.Made[1].ID.String()+`'`); err != nil {
				t.Fatal(err)
			}
		}
		move("+")
		if check := sound(t, store); check.OK || check.Difference != 1 {
			t.Errorf("%s was tampered with: %+v", table, check)
		}
		move("-")
	}
}

// TestAnUndoneSplitGivesBackItsMoney: the segment is there again with what it had.
func TestAnUndoneSplitGivesBackItsMoney(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), newLedger(t)
	book(t, store, entry(project(t, store, "P", assets.Rule{Kind: assets.RuleLength}, west), assets.EntryPayment, 1_000_01, "A"))
	w := write(t)
	split(t, store, w, west.ID, 4000)
	if _, err := store.Undo(ctx, write(t), place, w.Op); err != nil {
		t.Fatal(err)
	}
	s, err := store.Segment(ctx, assets.Whole, west.ID)
	if err != nil || *s.Figures.Invested != 1_000_01 {
		t.Errorf("%v %v", s.Figures, err)
	}
	if n, err := store.Number(ctx, `select (select count(*) from carried) + (select count(*) from carried_rollup)`); err != nil || n != 0 {
		t.Errorf("%v shares and sums are carried still: %v", n, err)
	}
}
