package postgis

import (
	"bytes"
	"context"
	"math"
	"sort"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

// createAsset stores a new asset after every check that a person's entry has to
// pass: the class's schema, references, near twins.
func (l *ledger) createAsset(ctx context.Context, a *assets.Asset, duplicate bool) error {
	if err := geo.Validate(a.Geometry); err != nil {
		return err
	}
	class, err := l.class(ctx, a.Class)
	if err != nil {
		return err
	}
	if err := l.checkAsset(ctx, class, *a, assets.Asset{}); err != nil {
		return err
	}
	if !duplicate && class.RadiusM > 0 {
		if err := l.twins(ctx, class, *a); err != nil {
			return err
		}
	}
	locator, err := locator(ctx, l.tx, l.jurisdiction)
	if err != nil {
		return err
	}
	list := []assets.Asset{*a}
	if err := addAssetsIn(ctx, l, locator, list); err != nil {
		return err
	}
	*a = list[0]
	return nil
}

// checkAsset checks what the class and the registry say about an asset, on top
// of what its own Validate does.
func (l *ledger) checkAsset(ctx context.Context, class assets.Class, now, before assets.Asset) error {
	var faults assets.Errors
	if !fits(class.Geometry, now.Geometry) {
		faults = append(faults, assets.Errorf(assets.Invalid, "geometry", "类别 %[1]s 应为%[2]s", "the class %[1]s is drawn as %[3]s", class.Name, geometryZH[class.Geometry], class.Geometry))
	}
	for _, err := range []error{class.Check(now.Attributes, before.Attributes), now.Validate()} {
		if err != nil && !gather(&faults, err) {
			return err
		}
	}
	if len(faults) == 0 {
		return l.checkReferences(ctx, class, now, before)
	}
	return faults.Err()
}

var geometryZH = map[string]string{"point": "点", "line": "线", "polygon": "面"}

// gather adds the faults of the domain in err to a list; false if err is another
// kind of error.
func gather(faults *assets.Errors, err error) bool {
	switch e := err.(type) {
	case assets.Errors:
		*faults = append(*faults, e...)
	case *assets.Error:
		*faults = append(*faults, e)
	default:
		return false
	}
	return true
}

// fits reports whether a geometry may stand for an asset of a class. A point
// always may: it is what a phone records of a bench or a lawn alike.
func fits(kind string, g orb.Geometry) bool {
	switch g.(type) {
	case orb.Point, orb.MultiPoint:
		return true
	case orb.LineString, orb.MultiLineString:
		return kind == "line"
	}
	return kind == "polygon"
}

// twins looks for living assets of the class within its radius.
func (l *ledger) twins(ctx context.Context, class assets.Class, a assets.Asset) error {
	here := assets.ReferencePoint(a.Geometry)
	degrees := class.RadiusM / 111000 / math.Max(math.Cos(here[1]*math.Pi/180), 0.01)
	q := assets.In(l.jurisdiction)
	equal, err := assets.NewEqual(assets.CollectionAssets, "class", []string{class.Code})
	if err != nil {
		return err
	}
	q = q.With(equal)
	q.Bounds = []orb.Bound{a.Geometry.Bound().Pad(degrees)}
	found := &assets.Duplicate{RadiusM: class.RadiusM}
	err = stream(ctx, l.tx, assetNoun, assets.CollectionAssets, q, func(b *assets.Asset) error {
		d := geo.Distance(here, assets.ReferencePoint(b.Geometry))
		if d <= class.RadiusM && b.Status != assets.StatusRemoved {
			found.Candidates = append(found.Candidates, assets.Candidate{ID: b.ID, Code: b.Code, Name: b.Name, Class: b.Class, DistanceM: d, Geometry: b.Geometry})
		}
		return nil
	})
	if err != nil || len(found.Candidates) == 0 {
		return err
	}
	sort.Slice(found.Candidates, func(i, k int) bool { return found.Candidates[i].DistanceM < found.Candidates[k].DistanceM })
	return found
}

// reviseAsset changes an asset by fn: it is checked against its class, placed
// anew when it moved, and given a code of its new class when it changed that.
func (l *ledger) reviseAsset(ctx context.Context, id uuid.UUID, match assets.Match, fn func(*assets.Asset) error) (assets.Asset, error) {
	return revise(ctx, l, assetNoun, id, match, func(a *assets.Asset) error {
		before := *a
		if err := fn(a); err != nil {
			return err
		}
		return l.derive(ctx, before, a)
	})
}

// derive checks an asset that was changed and fills what follows from the change.
func (l *ledger) derive(ctx context.Context, before assets.Asset, a *assets.Asset) error {
	moved := !orb.Equal(before.Geometry, a.Geometry)
	if moved {
		if err := geo.Validate(a.Geometry); err != nil {
			return err
		}
	}
	if moved || a.Class != before.Class || !bytes.Equal(a.Attributes, before.Attributes) {
		class, err := l.class(ctx, a.Class)
		if err != nil {
			return err
		}
		old := before
		if a.Class != before.Class { // attributes of another class are no excuse
			old.Attributes = nil
		}
		if err := l.checkAsset(ctx, class, *a, old); err != nil {
			return err
		}
	}
	if moved {
		locator, err := locator(ctx, l.tx, l.jurisdiction)
		if err != nil {
			return err
		}
		a.Place = locator.Place(a.Geometry)
	}
	if a.Class != before.Class && a.Code == before.Code {
		a.Code = ""
		return l.giveCode(ctx, a)
	}
	return nil
}

// giveCode gives one asset the next code of its class.
func (l *ledger) giveCode(ctx context.Context, a *assets.Asset) error {
	if err := l.send(ctx); err != nil {
		return err
	}
	codes, err := openCodes(ctx, l)
	if err != nil {
		return err
	}
	if err := codes.open(ctx, l, a.Class); err != nil {
		return err
	}
	codes.give(a)
	return codes.close(ctx, l)
}

// Replace retires an asset on a day and puts another in its place: made by fn
// from the one that goes. It returns the versions of both and the new id.
func (s *Store) Replace(ctx context.Context, w Write, t Target, on string, id uuid.UUID, fn func(old assets.Asset, made *assets.Asset) error) (retired, created int, made uuid.UUID, err error) {
	receipts, err := s.write(ctx, w, t.Jurisdiction, nil, func(l *ledger) error {
		id, err := newID(id)
		if err != nil {
			return err
		}
		old, err := l.reviseAsset(ctx, t.ID, t.Match, func(a *assets.Asset) error {
			a.ReplacedBy = &id
			return a.Remove(on)
		})
		if err != nil {
			return err
		}
		next := assets.Asset{Header: assets.Header{ID: id}, Class: old.Class, Name: old.Name, Status: assets.StatusInService, Condition: assets.ConditionGood,
			AccuracyM: old.AccuracyM, SourceCRS: old.SourceCRS, InstalledOn: on, Replaces: &old.ID, Attributes: old.Attributes, Geometry: old.Geometry}
		if err := fn(old, &next); err != nil {
			return err
		}
		if err := l.send(ctx); err != nil {
			return err
		}
		return l.createAsset(ctx, &next, true)
	})
	for _, r := range receipts {
		switch {
		case r.ID == t.ID:
			retired = r.Version
		case r.Kind == assets.KindCreate:
			created, made = r.Version, r.ID
		}
	}
	return retired, created, made, err
}

// Restore puts a removed asset back into service, or brings a deleted one back
// as it was.
func (s *Store) Restore(ctx context.Context, w Write, t Target, on string) (version int, err error) {
	return s.edit(ctx, w, &t, nil, func(l *ledger) (int, error) {
		p, err := load(ctx, l, assetNoun, t.ID)
		if err != nil {
			return 0, err
		}
		if p.deleted {
			now, err := l.returnObject(ctx, t, p.value.Version-1)
			if err != nil {
				return 0, err
			}
			return now, l.settle(ctx)
		}
		a, err := l.reviseAsset(ctx, t.ID, t.Match, func(a *assets.Asset) error { return a.Restore(on) })
		return a.Version, err
	})
}
