package live

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/postgis"
)

// errLoad says that the way from the moment in memory to the present is unknown
// or long: everything is loaded anew.
var errLoad = errors.New("load anew")

// errTooLarge says that the registry does not fit the bound.
var errTooLarge = errors.New("the registry is too large")

// trace is where a change can be seen.
type trace struct {
	collection string
	bound      orb.Bound
}

// load reads everything at one instant.
func (l *Live) load(ctx context.Context) (m *Moment, err error) {
	m = &Moment{positions: map[string]int64{}, hashes: map[string][]byte{}}
	noted := l.store.Commits()
	err = l.store.Snapshot(ctx, func(s *postgis.Snapshot) error {
		heads, err := s.Heads(ctx)
		if err != nil {
			return err
		}
		l.store.Lost(noted, heads)
		m.move(heads)
		if m.names, err = s.ClassNames(ctx); err != nil {
			return err
		}
		q := assets.Query{View: assets.Whole}
		b := newBuilder(newWords(), 0)
		err = s.AllAssets(ctx, func(list []assets.Asset) error {
			for i := range list {
				b.add(&list[i])
			}
			if sizeOf(b.n(), b.words.blocks) > l.options.Memory {
				return errTooLarge
			}
			return nil
		})
		if err != nil {
			return err
		}
		m.base = b.build(false)
		m.base.settle()
		m.dead = make([]uint64, (m.base.n()+63)/64)
		segments, err := copies(func(each func(*assets.Segment) error) error { return s.EachSegment(ctx, q, each) })
		if err != nil {
			return err
		}
		areas, err := copies(func(each func(*assets.Area) error) error { return s.EachArea(ctx, q, each) })
		m.segments, m.areas = newFew(segmentKind, segments), newFew(areaKind, areas)
		return err
	})
	return m, err
}

// sizeOf is roughly what rows and the blocks of their records take, in bytes.
func sizeOf(rows int, blocks []string) int64 {
	const row = 16 + 16 + 8 + 8*4
	return int64(len(blocks))*blockSize + int64(rows)*row
}

// move sets the positions of a moment.
func (m *Moment) move(heads []postgis.Head) {
	m.position = 0
	for _, h := range heads {
		m.positions[h.Jurisdiction], m.hashes[h.Jurisdiction] = h.Seq, h.Hash
		m.position += h.Seq
	}
}

// copies collects a stream that reuses its values.
func copies[T any](each func(func(*T) error) error) (list []*T, err error) {
	err = each(func(t *T) error {
		kept := *t
		list = append(list, &kept)
		return nil
	})
	return list, err
}

// follow brings the moment in memory up to the present, if there is a way.
func (l *Live) follow(ctx context.Context) error {
	m, noted := l.current.Load(), l.store.Commits()
	heads, err := l.store.Look(ctx)
	if err != nil {
		return err
	}
	if l.store.Lost(noted, heads); m.at(heads) {
		return nil
	}
	return l.store.Snapshot(ctx, func(s *postgis.Snapshot) error {
		heads, err := s.Heads(ctx)
		if err != nil {
			return err
		}
		touched, err := m.way(ctx, s, heads)
		if err != nil {
			return err
		}
		next, changed, err := m.after(ctx, s, touched)
		if err != nil {
			return err
		}
		next.positions, next.hashes = maps.Clone(m.positions), maps.Clone(m.hashes)
		next.move(heads)
		l.publish(next, changed)
		return nil
	})
}

// at reports whether the moment is where the chains end.
func (m *Moment) at(heads []postgis.Head) bool {
	if len(heads) != len(m.positions) {
		return false
	}
	for _, h := range heads {
		if seq, ok := m.positions[h.Jurisdiction]; !ok || seq != h.Seq || !bytes.Equal(m.hashes[h.Jurisdiction], h.Hash) {
			return false
		}
	}
	return true
}

// way lists the objects that were touched between the moment and the heads, by
// noun. The change at which the moment stands must still be what it was:
// otherwise the database was restored or swapped.
func (m *Moment) way(ctx context.Context, s *postgis.Snapshot, heads []postgis.Head) (map[string][]uuid.UUID, error) {
	touched, met := map[string]map[uuid.UUID]bool{}, 0
	for _, h := range heads {
		had, known := m.positions[h.Jurisdiction]
		if known {
			met++
		}
		if h.Seq < had || h.Seq == had && !bytes.Equal(h.Hash, m.hashes[h.Jurisdiction]) {
			return nil, fmt.Errorf("%w: %s is another database's", errLoad, h.Jurisdiction)
		}
		if h.Seq == had {
			continue
		}
		if h.Seq-had > maxFollow {
			return nil, fmt.Errorf("%w: %d changes of %s", errLoad, h.Seq-had, h.Jurisdiction)
		}
		list, err := s.Touched(ctx, h.Jurisdiction, had, maxFollow+2)
		if err != nil {
			return nil, err
		}
		if had > 0 {
			if len(list) == 0 || list[0].Seq != had || !bytes.Equal(list[0].Hash, m.hashes[h.Jurisdiction]) {
				return nil, fmt.Errorf("%w: the chain of %s is another", errLoad, h.Jurisdiction)
			}
			list = list[1:]
		}
		if int64(len(list)) != h.Seq-had {
			return nil, fmt.Errorf("%w: the chain of %s has a gap", errLoad, h.Jurisdiction)
		}
		for _, t := range list {
			if touched[t.Noun] == nil {
				touched[t.Noun] = map[uuid.UUID]bool{}
			}
			touched[t.Noun][t.ID] = true
		}
	}
	if met != len(m.positions) {
		return nil, fmt.Errorf("%w: a jurisdiction is gone", errLoad)
	}
	out := map[string][]uuid.UUID{}
	for noun, ids := range touched {
		out[noun] = slices.Collect(maps.Keys(ids))
	}
	return out, nil
}

// after reads the objects that were touched anew and returns the next moment,
// and where it differs. Nouns of which nothing is held in memory change nothing.
func (m *Moment) after(ctx context.Context, s *postgis.Snapshot, touched map[string][]uuid.UUID) (next *Moment, changed []trace, err error) {
	copied := *m
	next = &copied
	var figured []uuid.UUID
	if ids := touched["asset"]; len(ids) > 0 {
		entries, traces, err := m.reread(ctx, s, ids)
		if err != nil {
			return nil, nil, err
		}
		next, changed, figured = m.with(entries), traces, m.refigured(entries)
	}
	repaid, err := m.repaid(ctx, s, touched)
	if err != nil {
		return nil, nil, err
	}
	if ids := distinct(touched["segment"], figured, repaid); len(ids) > 0 {
		list, err := copies(func(each func(*assets.Segment) error) error {
			return s.EachSegment(ctx, assets.Query{View: assets.Whole, IDs: ids}, each)
		})
		if err != nil {
			return nil, nil, err
		}
		next.segments = m.segments.with(ids, list, func(b orb.Bound) { changed = append(changed, trace{assets.CollectionSegments, b}) })
	}
	if ids := touched["area"]; len(ids) > 0 {
		list, err := copies(func(each func(*assets.Area) error) error {
			return s.EachArea(ctx, assets.Query{View: assets.Whole, IDs: ids}, each)
		})
		if err != nil {
			return nil, nil, err
		}
		next.areas = m.areas.with(ids, list, func(b orb.Bound) { changed = append(changed, trace{assets.CollectionAreas, b}) })
	}
	if len(touched["class"])+len(touched["jurisdiction"]) > 0 {
		if next.names, err = s.ClassNames(ctx); err != nil {
			return nil, nil, err
		}
	}
	return next, changed, nil
}

func distinct(lists ...[]uuid.UUID) []uuid.UUID {
	ids := slices.Concat(lists...)
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}

// reread makes entries of assets as they are now: those that are not there any
// more are gone.
func (m *Moment) reread(ctx context.Context, s *postgis.Snapshot, ids []uuid.UUID) (entries []*entry, changed []trace, err error) {
	list, err := copies(func(each func(*assets.Asset) error) error {
		return s.EachAsset(ctx, assets.Query{View: assets.Whole, IDs: ids}, each)
	})
	if err != nil {
		return nil, nil, err
	}
	present := map[assets.Key]*assets.Asset{}
	for _, a := range list {
		a.Attributes = slices.Clone(a.Attributes)
		present[assets.Key{Jurisdiction: a.Jurisdiction, ID: a.ID}] = a
	}
	for k, a := range present {
		entries = append(entries, &entry{k, a})
		changed = append(changed, trace{assets.CollectionAssets, a.Geometry.Bound()})
	}
	for _, id := range ids {
		for jurisdiction := range m.positions {
			k := assets.Key{Jurisdiction: jurisdiction, ID: id}
			b, ok := m.boundOf(k)
			if !ok {
				continue
			}
			changed = append(changed, trace{assets.CollectionAssets, b})
			if present[k] == nil {
				entries = append(entries, &entry{key: k})
			}
		}
	}
	return entries, changed, nil
}

// boundOf is the box of an asset at the moment, if it is there.
func (m *Moment) boundOf(k assets.Key) (orb.Bound, bool) {
	if e, ok := m.entryOf(k); ok {
		if e.asset == nil {
			return orb.Bound{}, false
		}
		return e.asset.Geometry.Bound(), true
	}
	if row, ok := m.base.find(k); ok {
		return m.base.box(row), true
	}
	return orb.Bound{}, false
}
