package live

import (
	"slices"

	"github.com/google/uuid"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/geo"
)

// layer says how the objects of a collection of few stand in a tile: the columns
// of the store's tiles, in their order.
type layer[T any] struct {
	name       string
	keys       []string
	properties func(*geo.Layer, *T)
}

var segmentLayer = layer[assets.Segment]{assets.CollectionSegments, []string{"id", "code", "name", "road", "key", "length_m", "status", "invested", "invested_per_m", "asset_count", "condition_mean"},
	func(l *geo.Layer, s *assets.Segment) {
		own(l, s.ID)
		l.Text(1, s.Code)
		l.Text(2, s.Name)
		l.Text(3, s.Road)
		l.Flag(4, s.Key)
		l.Measure(5, s.LengthM)
		l.Text(6, s.Status)
		l.Measure(7, yuan(*s.Figures.Invested))
		if each, ok := s.InvestedPerM(); ok {
			l.Measure(8, yuan(each))
		}
		l.Count(9, uint64(*s.Figures.Assets))
		if mean := s.Figures.ConditionMean; mean != nil {
			l.Measure(10, *mean)
		}
	}}

// own is the id, which stands first.
func own(l *geo.Layer, id uuid.UUID) {
	var text [36]byte
	l.Own(0, exchange.AppendUUID(text[:0], id))
}

// yuan is an amount as the database divides it: the nearest double.
func yuan(f assets.Fen) float64 { return float64(f) / 100 }

var areaLayer = layer[assets.Area]{assets.CollectionAreas, []string{"id", "code", "name", "level", "residents"},
	func(l *geo.Layer, a *assets.Area) {
		own(l, a.ID)
		l.Text(1, a.Code)
		l.Text(2, a.Name)
		l.Text(3, a.Level)
		if a.Residents != nil {
			l.Count(4, uint64(*a.Residents))
		}
	}}

// tile draws what a query selects, in the order of keys.
func (f *few[T]) tile(t geo.Tile, q assets.Query, y layer[T]) (mvt []byte, ok bool) {
	tests, ok := f.tests(q)
	if !ok {
		return nil, false
	}
	reach := geo.Outward(t.Reach())
	var chosen []int
	f.index.Search(reach.Pad(rim), func(from, until int) {
		for _, i := range f.order[from:until] {
			if geo.Overlap(geo.Outward(f.bounds[i]), reach) && q.Scope.Has(f.kind.head(f.list[i]).Jurisdiction) && all(tests, f.list[i]) {
				chosen = append(chosen, int(i))
			}
		}
	})
	slices.Sort(chosen)
	l, shape := geo.NewLayer(y.name, y.keys...), new(geo.Shape)
	l.Reserve(len(chosen), 2, 1)
	for _, i := range chosen {
		if !shape.Draw(t, f.kind.geometry(f.list[i])) {
			return nil, false
		}
		if !shape.Empty() {
			y.properties(l, f.list[i])
			l.Shape(shape)
		}
	}
	return l.Bytes(), true
}

func all[T any](tests []func(*T) bool, t *T) bool {
	for _, pass := range tests {
		if !pass(t) {
			return false
		}
	}
	return true
}
