package postgis

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
)

// Target is the object that a write is about, and what its writer saw of it.
type Target struct {
	Collection   string
	Jurisdiction string
	ID           uuid.UUID
	Match        assets.Match
}

// Where returns the jurisdiction of an object in a scope, deleted or not, or an
// error of code assets.NotFound.
func (s *Store) Where(ctx context.Context, scope assets.Scope, collection string, id uuid.UUID) (jurisdiction string, err error) {
	c := &conditions{}
	c.add("jurisdiction = any(array(select code from jurisdiction)) and id = " + c.arg(id))
	if !scope.All() {
		c.add(fmt.Sprintf("jurisdiction = any(%s)", c.arg(scope.List())))
	}
	sql := `select jurisdiction from ` + tableOf[collection] + c.where() + fmt.Sprintf(firstOf, tableOf[collection])
	err = s.pool.QueryRow(ctx, sql, c.args...).Scan(&jurisdiction)
	if none(err) {
		return "", notFound(nounOf[collection])
	}
	return jurisdiction, err
}

// nounOf each collection, as the change log says it.
var nounOf = map[string]string{
	assets.CollectionAreas:    areaNoun.name,
	assets.CollectionSegments: segmentNoun.name,
	assets.CollectionAssets:   assetNoun.name,
}

// edit runs fn as one write and returns what became of the target: its version
// after the write, also when the same operation comes again.
func (s *Store) edit(ctx context.Context, w Write, t *Target, body any, fn func(*ledger) (version int, err error)) (version int, err error) {
	receipts, err := s.write(ctx, w, t.Jurisdiction, body, func(l *ledger) error {
		version, err = fn(l)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, r := range receipts {
		if r.Noun == nounOf[t.Collection] && (t.ID == uuid.Nil || r.ID == t.ID) {
			t.ID, version = r.ID, r.Version // the last one: it may have been placed anew as well
		}
	}
	return version, nil
}

// CreateArea stores one new area and sets its id.
func (s *Store) CreateArea(ctx context.Context, w Write, jurisdiction string, a *assets.Area) (version int, err error) {
	t := Target{Collection: assets.CollectionAreas, Jurisdiction: jurisdiction, ID: a.ID}
	version, err = s.edit(ctx, w, &t, a, func(l *ledger) (int, error) {
		list := []assets.Area{*a}
		if err := createIn(ctx, l, areaNoun, list); err != nil {
			return 0, err
		}
		return 1, l.relocateIn(ctx, list[0].Level, list[0].Geometry)
	})
	a.ID = t.ID
	return version, err
}

// CreateSegment stores one new segment and sets its id. Assets along it are
// placed anew.
func (s *Store) CreateSegment(ctx context.Context, w Write, jurisdiction string, g *assets.Segment) (version int, err error) {
	t := Target{Collection: assets.CollectionSegments, Jurisdiction: jurisdiction, ID: g.ID}
	version, err = s.edit(ctx, w, &t, g, func(l *ledger) (int, error) {
		list := []assets.Segment{*g}
		if err := createIn(ctx, l, segmentNoun, list); err != nil {
			return 0, err
		}
		return 1, l.relocate(ctx, list[0].Geometry)
	})
	g.ID = t.ID
	return version, err
}

// CreateAsset stores one new asset and sets its id. Unless it is said that a
// duplicate is meant, one that stands too near to another of its class is
// refused with an assets.Duplicate.
func (s *Store) CreateAsset(ctx context.Context, w Write, jurisdiction string, a *assets.Asset, duplicate bool) (version int, err error) {
	t := Target{Collection: assets.CollectionAssets, Jurisdiction: jurisdiction, ID: a.ID}
	version, err = s.edit(ctx, w, &t, a, func(l *ledger) (int, error) {
		made := *a
		return 1, l.createAsset(ctx, &made, duplicate)
	})
	a.ID = t.ID
	return version, err
}

// ReviseArea changes an area by fn and returns its version afterwards.
func (s *Store) ReviseArea(ctx context.Context, w Write, t Target, fn func(*assets.Area) error) (version int, err error) {
	return s.edit(ctx, w, &t, nil, func(l *ledger) (int, error) {
		var before assets.Area
		after, err := revise(ctx, l, areaNoun, t.ID, t.Match, func(a *assets.Area) error { before = *a; return fn(a) })
		if err != nil {
			return 0, err
		}
		if orb.Equal(before.Geometry, after.Geometry) && before.Level == after.Level {
			return after.Version, nil
		}
		if err := l.relocateIn(ctx, before.Level, before.Geometry); err != nil {
			return 0, err
		}
		return after.Version, l.relocateIn(ctx, after.Level, after.Geometry)
	})
}

// ReviseSegment changes a segment by fn and returns its version afterwards.
// When its line moved, assets along the old and the new one are placed anew.
func (s *Store) ReviseSegment(ctx context.Context, w Write, t Target, fn func(*assets.Segment) error) (version int, err error) {
	return s.edit(ctx, w, &t, nil, func(l *ledger) (int, error) {
		var before orb.Geometry
		after, err := revise(ctx, l, segmentNoun, t.ID, t.Match, func(g *assets.Segment) error { before = g.Geometry; return fn(g) })
		if err != nil || orb.Equal(before, after.Geometry) {
			return after.Version, err
		}
		return after.Version, l.relocate(ctx, before, after.Geometry)
	})
}

// ReviseAsset changes an asset by fn and returns its version afterwards.
func (s *Store) ReviseAsset(ctx context.Context, w Write, t Target, fn func(*assets.Asset) error) (version int, err error) {
	return s.edit(ctx, w, &t, nil, func(l *ledger) (int, error) {
		a, err := l.reviseAsset(ctx, t.ID, t.Match, fn)
		return a.Version, err
	})
}

// Delete takes an object from every read. It can be brought back.
func (s *Store) Delete(ctx context.Context, w Write, t Target) error {
	_, err := s.edit(ctx, w, &t, nil, func(l *ledger) (int, error) {
		version, err := l.deleteObject(ctx, t)
		if err != nil {
			return 0, err
		}
		return version, l.settle(ctx)
	})
	return err
}

// deleteObject leaves it to settle to place anew what stood on it.
func (l *ledger) deleteObject(ctx context.Context, t Target) (int, error) {
	switch t.Collection {
	case assets.CollectionAreas:
		a, err := erase(ctx, l, areaNoun, t.ID, t.Match)
		if err != nil {
			return 0, err
		}
		if a.Level == assets.LevelCommunity {
			l.disturb(a.Geometry)
		}
		return a.Version, nil
	case assets.CollectionSegments:
		g, err := erase(ctx, l, segmentNoun, t.ID, t.Match)
		if err != nil {
			return 0, err
		}
		l.disturb(g.Geometry)
		return g.Version, nil
	}
	a, err := erase(ctx, l, assetNoun, t.ID, t.Match)
	return a.Version, err
}

// Return makes an object what it was in an earlier version, also one that is
// deleted, and returns its version afterwards.
func (s *Store) Return(ctx context.Context, w Write, t Target, version int) (int, error) {
	return s.edit(ctx, w, &t, nil, func(l *ledger) (int, error) {
		now, err := l.returnObject(ctx, t, version)
		if err != nil {
			return 0, err
		}
		return now, l.settle(ctx)
	})
}

// settle places anew what stands around objects that went or were brought back,
// once for all of them: the streets may have moved since.
func (l *ledger) settle(ctx context.Context) error {
	if l.around == nil {
		return nil
	}
	around := l.around.ToPolygon()
	l.around = nil
	return l.relocate(ctx, around)
}

// disturb notes that something went here, or was brought back.
func (l *ledger) disturb(g orb.Geometry) {
	b := g.Bound()
	if l.around != nil {
		b = b.Union(*l.around)
	}
	l.around = &b
}

func (l *ledger) returnObject(ctx context.Context, t Target, version int) (int, error) {
	switch t.Collection {
	case assets.CollectionAreas:
		a, err := returned(ctx, l, areaNoun, t.ID, t.Match, version)
		if err != nil {
			return 0, err
		}
		if a.Level == assets.LevelCommunity {
			l.disturb(a.Geometry)
		}
		return a.Version, nil
	case assets.CollectionSegments:
		if err := l.notSucceeded(ctx, t.ID); err != nil {
			return 0, err
		}
		g, err := returned(ctx, l, segmentNoun, t.ID, t.Match, version)
		if err != nil {
			return 0, err
		}
		l.disturb(g.Geometry)
		return g.Version, nil
	}
	a, err := returned(ctx, l, assetNoun, t.ID, t.Match, version)
	if err != nil {
		return 0, err
	}
	l.disturb(a.Geometry)
	return a.Version, nil
}
