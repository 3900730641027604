package live_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/live"
	"streetbook/assets/postgis"
)

// BenchmarkVisible measures from the answer to a write until memory holds it, beside
// 20,000 segments.
func BenchmarkVisible(b *testing.B) {
	w := newTown(b, 2000)
	r := assets.Registry{Jurisdiction: assets.Jurisdiction{Code: "990000003", Name: "街道"}, Areas: []assets.Area{{Code: "990000003", Name: "街道", Level: assets.LevelBoundary, Geometry: square(113.7, 34.7, 0.1)}}}
	for k := range 20000 {
		p := w.point()
		r.Segments = append(r.Segments, assets.Segment{Code: fmt.Sprint("LD-", k), Name: "路段", Status: assets.StatusInService, Geometry: orb.LineString{p, {p[0] + 0.001, p[1]}}})
	}
	if err := w.store.AddRegistry(b.Context(), w.write(), r); err != nil {
		b.Fatal(err)
	}
	l := live.Start(w.store, live.Options{})
	b.Cleanup(l.Stop)
	present(b, l)
	var segment uuid.UUID
	if err := w.store.EachSegment(b.Context(), assets.In(places[0]), func(s *assets.Segment) error { segment = s.ID; return nil }); err != nil {
		b.Fatal(err)
	}
	for noun, write := range map[string]func() error{
		"asset": func() error {
			return w.store.AddAssets(b.Context(), w.write(), places[0], []assets.Asset{w.asset()})
		},
		"segment": func() error {
			target := postgis.Target{Collection: assets.CollectionSegments, Jurisdiction: places[0], ID: segment, Match: assets.AnyVersion}
			_, err := w.store.ReviseSegment(b.Context(), w.write(), target, func(s *assets.Segment) error {
				p := w.point()
				s.Geometry = orb.LineString{p, {p[0] + 0.001, p[1]}}
				return nil
			})
			return err
		},
	} {
		b.Run(noun, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				if err := write(); err != nil {
					b.Fatal(err)
				}
				begun := time.Now()
				for l.Moment(b.Context(), nil) == nil {
				}
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2])/1e6, "ms-median")
			b.ReportMetric(float64(took[len(took)*99/100])/1e6, "ms-p99")
		})
	}
}
