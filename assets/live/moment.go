package live

import (
	"slices"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/postgis"
)

// Moment is the registry as it was at one instant, exactly. It never changes,
// and anybody may read it.
type Moment struct {
	positions map[string]int64 // by jurisdiction
	hashes    map[string][]byte
	position  int64  // their sum
	serial    uint64 // counts moments, in the order of their publishing
	names     postgis.ClassNames
	base      *base
	delta     []*entry // in the order of keys
	dead      []uint64 // a bit for each row of the base that the delta replaces
	died      int
	segments  *few[assets.Segment]
	areas     *few[assets.Area]
}

// entry is an asset that changed since the base was built.
type entry struct {
	key   assets.Key
	asset *assets.Asset // nil for one that is gone
}

func (m *Moment) alive(row uint32) bool { return m.dead[row/64]&(1<<(row%64)) == 0 }

// Position is what postgis.Store.Position gave at that instant.
func (m *Moment) Position() int64 { return m.position }

// with returns the moment with other entries in its delta; those of the same
// keys are replaced.
func (m *Moment) with(changed []*entry) *Moment {
	next := *m
	slices.SortFunc(changed, func(a, b *entry) int { return compareKeys(a.key, b.key) })
	next.delta = make([]*entry, 0, len(m.delta)+len(changed))
	next.dead = slices.Clone(m.dead)
	old := m.delta
	for _, e := range changed {
		for len(old) > 0 && compareKeys(old[0].key, e.key) < 0 {
			next.delta, old = append(next.delta, old[0]), old[1:]
		}
		if len(old) > 0 && old[0].key == e.key {
			old = old[1:]
		}
		next.delta = append(next.delta, e)
		if row, ok := m.base.find(e.key); ok && next.alive(row) {
			next.dead[row/64] |= 1 << (row % 64)
			next.died++
		}
	}
	next.delta = append(next.delta, old...)
	return &next
}

// on returns the moment over another base, which holds what the delta of then
// held: only what changed since stays beside it.
func (m *Moment) on(b *base, then []*entry) *Moment {
	next := *m
	next.base, next.delta, next.dead, next.died = b, nil, make([]uint64, (b.n()+63)/64), 0
	held := make(map[*entry]bool, len(then))
	for _, e := range then {
		held[e] = true
	}
	var since []*entry
	for _, e := range m.delta {
		if !held[e] {
			since = append(since, e)
		}
	}
	return next.with(since)
}

// entryOf finds what the delta says of a key.
func (m *Moment) entryOf(k assets.Key) (*entry, bool) {
	i, ok := slices.BinarySearchFunc(m.delta, k, func(e *entry, k assets.Key) int { return compareKeys(e.key, k) })
	if !ok {
		return nil, false
	}
	return m.delta[i], true
}

// compacted builds a base of a moment's assets. Records of rows that are there stay
// where they are, until so many others lie between them that all are written anew.
func (m *Moment) compacted() *base {
	rows := m.base.n() - m.died + len(m.delta)
	b, s := newBuilder(m.base.words, rows), new(scratch)
	take, anew := b.copy, wasteful(m.base.words.records+len(m.delta), rows)
	if anew {
		b.words = newWords()
		take = func(from *base, row uint32) { b.add(from.read(row, s)) }
	}
	delta := m.delta
	before := func(k *assets.Key) {
		for len(delta) > 0 && (k == nil || compareKeys(delta[0].key, *k) < 0) {
			if a := delta[0].asset; a != nil {
				b.add(a)
			}
			delta = delta[1:]
		}
	}
	for _, row := range m.base.order {
		if m.alive(row) {
			if len(delta) > 0 {
				k := m.base.key(row)
				before(&k)
			}
			take(m.base, row)
		}
	}
	before(nil)
	out := b.build(true)
	if anew {
		out.settle()
	}
	return out
}

// wasteful reports whether more than a third of the records written are of no row.
func wasteful(records, rows int) bool { return records > rows+rows/2 && records > 2*compactAbove }

// size is roughly what a moment takes, in bytes.
func (m *Moment) size() int64 {
	const entrySize = 1 << 10
	n := sizeOf(m.base.n(), m.base.blocks) + int64(len(m.delta))*entrySize
	for _, b := range [...][]orb.Bound{m.segments.bounds, m.areas.bounds} {
		n += int64(len(b)) * entrySize
	}
	return n
}

// Asset returns an asset that a view shows now.
func (m *Moment) Asset(v assets.View, id uuid.UUID) (a assets.Asset, ok bool) {
	for jurisdiction := range m.positions {
		if !v.Scope.Has(jurisdiction) {
			continue
		}
		found := m.assetAt(assets.Key{Jurisdiction: jurisdiction, ID: id})
		if found == nil {
			continue
		}
		if ok { // several jurisdictions have the id: the store knows which of them was first
			return assets.Asset{}, false
		}
		a, ok = *found, true
	}
	if ok {
		m.names.Dress(&a, v.Public)
	}
	return a, ok
}

// assetAt is the living asset of a key, nil where there is none.
func (m *Moment) assetAt(k assets.Key) *assets.Asset {
	if e, changed := m.entryOf(k); changed {
		return e.asset
	}
	if row, found := m.base.find(k); found {
		return m.base.read(row, new(scratch))
	}
	return nil
}

// Segment returns a segment that a view shows now.
func (m *Moment) Segment(v assets.View, id uuid.UUID) (assets.Segment, bool) {
	return m.segments.one(v, id)
}

// Area returns an area that a view shows now.
func (m *Moment) Area(v assets.View, id uuid.UUID) (assets.Area, bool) { return m.areas.one(v, id) }
