package live_test

import (
	"testing"

	"github.com/paulmach/orb"

	"streetbook/assets"
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
	asked, drawn := 0, 0
	for z := range geo.MaxZoom + 1 {
		for range 1 + z/6 {
			x, y := geo.Mercator(w.point())
			tile := geo.Tile{Z: z, X: int(x * float64(int(1)<<z)), Y: int(y * float64(int(1)<<z))}
			asked++
			if _, ok := m.Tile(assets.CollectionAssets, tile, assets.Query{View: assets.Whole}); ok {
				drawn++
			}
			w.compareTile(m, tile)
		}
	}
	if drawn != asked {
		t.Errorf("memory drew %d of %d tiles", drawn, asked)
	}
}
