package assets_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

// TestNearestIsNearest holds the search in growing boxes to a look at everything.
func TestNearestIsNearest(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	list := make([]assets.Asset, 500)
	for i := range list {
		list[i] = assets.Asset{Header: assets.Header{ID: uuid.Must(uuid.NewV7())}, Status: assets.Statuses[i%3], Geometry: orb.Point{113.7 + random.Float64()*0.1, 34.7 + random.Float64()*0.1}}
	}
	each := func(q assets.Query, fn func(*assets.Asset) error) error {
		for i := range list {
			if q.Bounds[0].Contains(list[i].Geometry.(orb.Point)) {
				if err := fn(&list[i]); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for range 200 {
		n := assets.Near{At: orb.Point{113.7 + random.Float64()*0.1, 34.7 + random.Float64()*0.1}, WithinM: random.Float64() * 5000, Most: 1 + random.IntN(10)}
		got, err := n.Nearest(each)
		if err != nil {
			t.Fatal(err)
		}
		var want []float64
		for i := range list {
			if d := geo.Distance(n.At, list[i].Geometry.(orb.Point)); d <= n.WithinM && list[i].Status != assets.StatusRemoved {
				want = append(want, d)
			}
		}
		slices.Sort(want)
		want = want[:min(len(want), n.Most)]
		if len(got) != len(want) {
			t.Fatalf("%d near, not %d", len(got), len(want))
		}
		for i := range got {
			if got[i].DistanceM != want[i] {
				t.Errorf("number %d is %v m away, not %v", i, got[i].DistanceM, want[i])
			}
		}
	}
}
