package postgis

import (
	"context"

	"github.com/paulmach/orb"

	"streetbook/assets"
)

// aroundDegrees is a little more than assets.MaxOffsetM in degrees of longitude
// at 70° of latitude: whatever may be placed on a line is inside its box
// widened by so much.
const aroundDegrees = 0.0014

// relocateIn is relocate for areas: only communities say where an asset is.
func (l *ledger) relocateIn(ctx context.Context, level string, g orb.Geometry) error {
	if level != assets.LevelCommunity {
		return nil
	}
	return l.relocate(ctx, g)
}

// relocate places the assets around geometries anew, whose surroundings changed
// in this write: each that moves from one segment, chainage or community to
// another gets a version that says so.
func (l *ledger) relocate(ctx context.Context, around ...orb.Geometry) error {
	if err := l.send(ctx); err != nil {
		return err
	}
	locator, err := locator(ctx, l.tx, l.jurisdiction)
	if err != nil {
		return err
	}
	q := assets.In(l.jurisdiction)
	for _, g := range around {
		q.Bounds = append(q.Bounds, g.Bound().Pad(aroundDegrees))
	}
	var moved []assets.Asset
	err = stream(ctx, l.tx, assetNoun, assets.CollectionAssets, q, func(a *assets.Asset) error {
		if !samePlace(a.Place, locator.Place(a.Geometry)) {
			moved = append(moved, *a)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, before := range moved {
		after := before
		after.Place = locator.Place(after.Geometry)
		if err := save(ctx, l, assetNoun, before, &after, assets.KindUpdate); err != nil {
			return err
		}
	}
	return nil
}

func samePlace(a, b assets.Place) bool {
	return same(a.Segment, b.Segment) && same(a.ChainageM, b.ChainageM) && a.Side == b.Side && same(a.OffsetM, b.OffsetM) && same(a.Community, b.Community)
}

// same compares what two pointers point to; nil equals nil.
func same[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
