package live

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/geo"
)

const benchAssets = 200000

func city(tb testing.TB) *Moment { return cityOf(tb, benchAssets) }

// cityOf is a moment of a registry that never saw a database.
func cityOf(tb testing.TB, n int) *Moment {
	tb.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	b := newBuilder(newWords(), n)
	segments := make([]uuid.UUID, 2000)
	for i := range segments {
		segments[i] = uuid.Must(uuid.NewV7())
	}
	for i := range n {
		id := uuid.Must(uuid.NewV7())
		a := assets.Asset{Header: assets.Header{Jurisdiction: "990000001", ID: id, Version: 1}, Code: fmt.Sprintf("9900000118%06d", i), Class: "0118", Name: fmt.Sprint("灯", i%500),
			Status: assets.StatusInService, Condition: assets.Conditions[i%4], Attributes: json.RawMessage(`{"material":"铸铁"}`),
			Geometry: orb.Point{113.7 + random.Float64()*0.1, 34.7 + random.Float64()*0.1}}
		a.Place.Segment = &segments[i%len(segments)]
		b.add(&a)
	}
	m := &Moment{positions: map[string]int64{"990000001": int64(n)}, base: b.build(true), segments: newFew(segmentKind, nil), areas: newFew(areaKind, nil)}
	m.dead = make([]uint64, (m.base.n()+63)/64)
	return m
}

func box(side float64) orb.Bound {
	return orb.Bound{Min: orb.Point{113.73, 34.73}, Max: orb.Point{113.73 + side, 34.73 + side}}
}

func BenchmarkIndexSearch(b *testing.B) {
	m := city(b)
	for b.Loop() {
		n := 0
		m.base.index.Search(box(0.002), func(from, until int) { n += until - from })
	}
}

func BenchmarkFeatures(b *testing.B) {
	m := city(b)
	q := assets.Query{View: assets.Whole, Bounds: []orb.Bound{box(0.0223)}, Limit: assets.MaxLimit}
	var buf []byte
	for b.Loop() {
		answer, ok := m.Ask(assets.CollectionAssets, q)
		if !ok {
			b.Fatal("memory does not answer")
		}
		n := 0
		err := answer.EachAsset(context.Background(), q, func(a *assets.Asset) error {
			buf = exchange.AppendAssetFeature(buf[:0], a, nil)
			n++
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(n), "features")
	}
}

func BenchmarkCounts(b *testing.B) {
	m := city(b)
	for b.Loop() {
		m.Counts(assets.Query{View: assets.Whole})
	}
}

func benchmarkTile(b *testing.B, z int) {
	m := city(b)
	x, y := geo.Mercator(box(0).Min)
	t := geo.Tile{Z: z, X: int(x * float64(int(1)<<z)), Y: int(y * float64(int(1)<<z))}
	for b.Loop() {
		mvt, _ := m.Tile(assets.CollectionAssets, t, assets.Query{View: assets.Whole})
		b.ReportMetric(float64(len(mvt)), "bytes")
	}
}

// BenchmarkTileAnywhere draws tiles of about 500 assets, each somewhere else, as
// those who pan a map do.
func BenchmarkTileAnywhere(b *testing.B) {
	m, random := city(b), rand.New(rand.NewPCG(3, 4))
	m.base.settle()
	const z = 16
	for b.Loop() {
		x, y := geo.Mercator(orb.Point{113.7 + random.Float64()*0.1, 34.7 + random.Float64()*0.1})
		m.Tile(assets.CollectionAssets, geo.Tile{Z: z, X: int(x * (1 << z)), Y: int(y * (1 << z))}, assets.Query{View: assets.Whole})
	}
}

func BenchmarkTile10(b *testing.B) { benchmarkTile(b, 10) }
func BenchmarkTile14(b *testing.B) { benchmarkTile(b, 14) }
func BenchmarkTile16(b *testing.B) { benchmarkTile(b, 16) }

func BenchmarkCachedTile(b *testing.B) {
	c := newCache(1 << 20)
	t := geo.Tile{Z: 14, X: 13369, Y: 6509}
	queries := []assets.Query{{View: assets.Whole}}
	key := tileKey(t, true, []string{assets.CollectionAssets}, queries)
	c.put(func() bool { return true }, &cached{key: key, tile: t, collections: []string{assets.CollectionAssets}, drawn: &Drawn{}})
	for b.Loop() {
		if c.get(tileKey(t, true, []string{assets.CollectionAssets}, queries)) == nil {
			b.Fatal("the tile is gone")
		}
	}
}

func BenchmarkCompact(b *testing.B) {
	m := city(b)
	for b.Loop() {
		m.compacted()
	}
}

// BenchmarkTileOfSegments draws a tile that holds 10,000 bent segments.
func BenchmarkTileOfSegments(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	var list []*assets.Segment
	for i := range 10000 {
		p := orb.Point{113.73 + random.Float64()*0.06, 34.73 + random.Float64()*0.05}
		invested, n := assets.Fen(i), int64(3)
		list = append(list, &assets.Segment{Header: assets.Header{Jurisdiction: "990000001", ID: uuid.Must(uuid.NewV7())}, Code: fmt.Sprint("LD-", i), Name: fmt.Sprint("路段", i), Road: "路", LengthM: random.Float64() * 100,
			Status: assets.StatusInService, Figures: assets.SegmentFigures{Invested: &invested, Assets: &n}, Geometry: orb.LineString{p, {p[0] + .001, p[1]}, {p[0] + .001, p[1] + .001}}})
	}
	f := newFew(segmentKind, list)
	t := geo.Tile{Z: 12, X: 3342, Y: 1625}
	for b.Loop() {
		mvt, ok := f.tile(t, assets.Query{View: assets.Whole}, segmentLayer)
		if !ok {
			b.Fatal("memory does not draw it")
		}
		b.ReportMetric(float64(len(mvt)), "bytes")
	}
}
