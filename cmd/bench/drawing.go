package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"streetbook/assets"
	"streetbook/assets/live"
	"streetbook/assets/postgis"
)

// drawing measures the drawing of tiles alone, without what any answer by HTTP costs:
// ST_AsMVT as the program asks it, and memory, tile by tile in turns.
func (w *town) drawing(ctx context.Context, store *postgis.Store, o options) error {
	memory := live.Start(store, live.Options{})
	defer memory.Stop()
	var m *live.Moment
	for m = memory.Moment(ctx, nil); m == nil; m = memory.Moment(ctx, nil) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		time.Sleep(5 * time.Millisecond)
	}
	q := assets.Query{View: assets.Whole}
	for _, z := range []int{12, 14, 16} {
		var asked, made []time.Duration
		for range o.times {
			t := w.tile(z)
			begun := time.Now()
			if _, err := store.Tile(ctx, assets.CollectionAssets, t, q); err != nil {
				return err
			}
			asked = append(asked, time.Since(begun))
			begun = time.Now()
			if _, ok := m.Tile(assets.CollectionAssets, t, q); !ok {
				return errors.New("memory does not draw a tile")
			}
			made = append(made, time.Since(begun))
		}
		slow, _ := quantiles(asked)
		quick, _ := quantiles(made)
		line(fmt.Sprintf("drawing a tile of zoom %d alone, ST_AsMVT and memory", z), "%s and %s: %.0f×", short(slow), short(quick), float64(slow)/float64(quick))
	}
	return nil
}
