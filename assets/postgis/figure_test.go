package postgis_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
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
	before := time.Now()
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
	if n, _ := figures(assets.View{Scope: assets.Everything, At: before}); n != -1 {
		t.Errorf("the past knows of %d assets", n)
	}
}
