package live_test

import (
	"bytes"
	"testing"

	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/live"
	"streetbook/assets/postgis"
	"streetbook/geo"
)

// TestTilesEqualThoseOfTheStore compares tiles from the world down to the house,
// crowded and not, across the edges between them.
func TestTilesEqualThoseOfTheStore(t *testing.T) {
	t.Parallel()
	w := newTown(t, 0)
	list := make([]assets.Asset, 2*postgis.ThinAbove(geo.Tile{Z: geo.MaxZoom}))
	for i := range list {
		list[i] = w.asset()
		list[i].Geometry = w.point()
		if i%50 == 0 { // right at the edges of a tile
			b := w.tile().Reach()
			list[i].Geometry = orb.Point{b.Min[0], b.Min[1]}
		}
	}
	if err := w.store.AddAssets(t.Context(), w.write(), places[0], list); err != nil {
		t.Fatal(err)
	}
	m := present(t, start(t, w.store))
	asked, same := 0, 0
	for z := range geo.MaxZoom + 1 {
		for range 1 + z/6 {
			x, y := geo.Mercator(w.point())
			tile := geo.Tile{Z: z, X: int(x * float64(int(1)<<z)), Y: int(y * float64(int(1)<<z))}
			w.compareTile(m, tile)
			for _, collection := range assets.Collections {
				if drawn, equal := w.sameBytes(m, collection, tile); drawn {
					asked++
					if equal {
						same++
					}
				}
			}
		}
	}
	if same < asked*95/100 { // what lies right between two units is rounded either way
		t.Errorf("%d of %d tiles are the same bytes", same, asked)
	}
}

// sameBytes reports whether memory draws a tile, and to the byte as PostGIS does, as
// its ETag says.
func (w *town) sameBytes(m *live.Moment, collection string, t geo.Tile) (drawn, equal bool) {
	w.t.Helper()
	q := assets.Query{View: assets.Whole}
	got, ok := m.Tile(collection, t, q)
	want, err := w.store.Tile(w.t.Context(), collection, t, q)
	if err != nil {
		w.t.Fatal(err)
	}
	return ok, bytes.Equal(got, want)
}
