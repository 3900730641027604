package main

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/postgis"
)

// place is the jurisdiction that is made, a square of a city around centre.
const place = "410104008"

var centre = orb.Point{113.75, 34.75}

// half is half the side of the city, in degrees: with a million assets one
// stands every 25 m or so.
const half = 0.125

// town makes a registry at random, always the same.
type town struct {
	rand   *rand.Rand
	assets int
}

func (w *town) point() orb.Point {
	return orb.Point{centre[0] + (w.rand.Float64()*2-1)*half, centre[1] + (w.rand.Float64()*2-1)*half}
}

// near is a point some metres from another.
func (w *town) near(p orb.Point, metres float64) orb.Point {
	degrees, turn := metres/111000, w.rand.Float64()*2*math.Pi
	return orb.Point{p[0] + degrees*math.Cos(turn)/math.Cos(p[1]*math.Pi/180), p[1] + degrees*math.Sin(turn)}
}

func square(p orb.Point, side float64) orb.Polygon {
	return orb.Polygon{{p, {p[0] + side, p[1]}, {p[0] + side, p[1] + side}, {p[0], p[1] + side}, p}}
}

// fill puts segments, areas and assets into a store.
func (w *town) fill(ctx context.Context, store *postgis.Store, segments, areas int, progress func(int64)) error {
	r := assets.Registry{Jurisdiction: assets.Jurisdiction{Code: place, Name: "测试街道"},
		Areas: []assets.Area{{Code: place, Name: "测试街道", Level: assets.LevelBoundary, Geometry: square(orb.Point{centre[0] - half, centre[1] - half}, 2*half)}}}
	for i := range areas {
		r.Areas = append(r.Areas, assets.Area{Code: fmt.Sprint(i), Name: fmt.Sprint("楼院", i), Level: assets.LevelCompound, Geometry: square(w.point(), 0.001)})
	}
	for i := range segments {
		p := w.point()
		q := w.near(p, 300)
		r.Segments = append(r.Segments, assets.Segment{Code: fmt.Sprintf("LD-%05d", i), Name: fmt.Sprint("路段", i), Road: fmt.Sprint("路", i/10),
			Status: assets.StatusInService, Geometry: orb.LineString{p, w.near(p, 100), q}})
	}
	write, err := postgis.NewWrite("bench")
	if err != nil {
		return err
	}
	if err := store.AddRegistry(ctx, write, r); err != nil {
		return err
	}
	for i, class := range classes {
		if write, err = postgis.NewWrite("bench"); err != nil {
			return err
		}
		n := w.assets / len(classes)
		job := postgis.ImportJob{Jurisdiction: place, Class: class, Source: "bench-" + class, Refuse: func(int, *assets.Error) {},
			Progress: func(rows int64) { progress(int64(i*n) + rows) }}
		if _, err := store.Import(ctx, write, job, w.rows(job, n)); err != nil {
			return err
		}
	}
	return nil
}

var classes = []string{"0118", "0101", "0203", "0303", "0401"}

func (w *town) rows(of postgis.ImportJob, n int) iter.Seq2[assets.Incoming, error] {
	return func(yield func(assets.Incoming, error) bool) {
		for i := range n {
			a := assets.Asset{Class: of.Class, Name: fmt.Sprintf("设施%d", i%5000), Status: assets.StatusInService, Condition: assets.Conditions[w.rand.IntN(4)],
				Source: of.Source, SourceID: fmt.Sprint(i), SourceCRS: "EPSG:4326", InstalledOn: fmt.Sprintf("20%02d-0%d-1%d", i%25, 1+i%9, i%10),
				Attributes: json.RawMessage(fmt.Sprintf(`{"material":"铸铁","note":"第 %d 号"}`, i)), Geometry: w.point()}
			if !yield(assets.Incoming{Row: i, Asset: a}, nil) {
				return
			}
		}
	}
}
