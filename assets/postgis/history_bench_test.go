package postgis_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/postgis"
	"streetbook/assets/postgis/postgistest"
)

// BenchmarkPast asks for a box of 1,000 of 100,000 assets that have ten versions
// each, a day apart and a few metres from one another: as it is, and as it was
// on a day in the past. It reports the median of both and their ratio.
func BenchmarkPast(b *testing.B) {
	const n, side = 100_000, 316 // a square of 316 × 316
	ctx, store := context.Background(), postgistest.New(b)
	addSquare(b, store, n, side)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	// What nine updates of every asset leave behind, without waiting for a million
	// transactions: each version ends when the next begins.
	var steps []string
	for v := 1; v <= 9; v++ {
		steps = append(steps, fmt.Sprintf(`insert into asset_history (jurisdiction, id, code, class, name, status, condition, side, source, source_id, source_crs, attributes, geom, version, updated_at, ended_at)
			select jurisdiction, id, code, class, name, status, condition, side, source, source_id, source_crs, attributes, st_translate(geom, %[1]d * 0.00001, 0), %[1]d,
				timestamptz '2026-01-01' + %[1]d * interval '1 day' - interval '1 day', timestamptz '2026-01-01' + %[1]d * interval '1 day' from asset`, v))
	}
	steps = append(steps, `update asset set version = 10, updated_at = timestamptz '2026-01-10'`, `vacuum analyze asset`, `vacuum analyze asset_history`)
	for _, sql := range steps {
		if err := store.Tamper(ctx, sql); err != nil {
			b.Fatal(err)
		}
	}
	box := orb.Bound{Min: orb.Point{113.7 + 100*0.0003 - 0.0001, 34.6 + 100*0.0003 - 0.0001}, Max: orb.Point{113.7 + 131*0.0003 + 0.00015, 34.6 + 131*0.0003 + 0.0001}}
	ask := func(at time.Time) (found int, took time.Duration) {
		q := assets.Query{View: assets.View{Scope: assets.Everything, At: at}, Bounds: []orb.Bound{box}, Limit: 10000}
		began := time.Now()
		if err := store.EachAsset(ctx, q, func(*assets.Asset) error { found++; return nil }); err != nil {
			b.Fatal(err)
		}
		return found, time.Since(began)
	}
	var now, past []time.Duration
	for b.Loop() {
		found, took := ask(time.Time{})
		now = append(now, took)
		then, tookThen := ask(start.AddDate(0, 0, 4).Add(time.Hour))
		past = append(past, tookThen)
		if found < 1000 || then < 1000 {
			b.Fatalf("%d now, %d then", found, then)
		}
	}
	b.ReportMetric(float64(median(now).Microseconds())/1000, "now-ms")
	b.ReportMetric(float64(median(past).Microseconds())/1000, "past-ms")
	b.ReportMetric(float64(median(past))/float64(median(now)), "past/now")
}

func median(list []time.Duration) time.Duration {
	sort.Slice(list, func(i, k int) bool { return list[i] < list[k] })
	return list[len(list)/2]
}

func addSquare(b *testing.B, store *postgis.Store, n, side int) {
	b.Helper()
	list := make([]assets.Asset, n)
	for i := range list {
		list[i] = assets.Asset{Class: "0118", Name: fmt.Sprint("灯", i), Status: assets.StatusInService, Condition: assets.ConditionGood,
			Attributes: json.RawMessage(`{"power_w":150}`), Geometry: orb.Point{113.7 + float64(i%side)*0.0003, 34.6 + float64(i/side)*0.0003}}
	}
	w, err := postgis.NewWrite("bench")
	if err != nil {
		b.Fatal(err)
	}
	r := assets.Registry{Jurisdiction: assets.Jurisdiction{Code: "990000001", Name: "方"}, Assets: list,
		Areas: []assets.Area{{Code: "990000001", Name: "方", Level: assets.LevelBoundary, Geometry: square(113.6, 34.5, 0.3)}}}
	if err := store.AddRegistry(context.Background(), w, r); err != nil {
		b.Fatal(err)
	}
}
