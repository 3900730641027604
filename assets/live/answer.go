package live

import (
	"context"

	"github.com/google/uuid"

	"streetbook/assets"
)

// Answer is what a query selects at a moment. Its methods are those of
// postgis.Store and say the same; the query they are given is the one that was
// asked, but for its Limit, which may only be less.
type Answer struct {
	moment   *Moment
	assets   *chosenAssets
	segments []*assets.Segment
	areas    []*assets.Area
	matched  int64
}

// Ask finds what a query selects of a collection. ok is false for what memory
// does not answer: the past, filters in CQL2, polygons, comparison of numbers,
// and borders so close that floats cannot tell on which side something lies.
func (m *Moment) Ask(collection string, q assets.Query) (a *Answer, ok bool) {
	a = &Answer{moment: m}
	switch collection {
	case assets.CollectionAreas:
		a.areas, a.matched, ok = m.areas.after(q)
	case assets.CollectionSegments:
		a.segments, a.matched, ok = m.segments.after(q)
	default:
		if a.assets, ok = m.chooseAssets(q, q.Limit); ok {
			a.matched = a.assets.matched
		}
	}
	return a, ok
}

// after lists what a query selects behind its After, and counts what it selects
// whatever that is.
func (f *few[T]) after(q assets.Query) (list []*T, matched int64, ok bool) {
	chosen, ok := f.choose(q)
	for _, i := range chosen {
		if q.After == (assets.Key{}) || compareKeys(f.key(f.list[i]), q.After) > 0 {
			list = append(list, f.list[i])
		}
	}
	return list, int64(len(chosen)), ok
}

// Count is how many objects the query selects, whatever its After and Limit.
func (a *Answer) Count(context.Context, string, assets.Query) (int64, error) { return a.matched, nil }

// EachAsset calls each with the assets, in the order of keys. The asset is reused.
func (a *Answer) EachAsset(_ context.Context, q assets.Query, each func(*assets.Asset) error) error {
	return a.assets.each(q.Public, q.Limit, each)
}

// EachSegment calls each with a copy of each segment, in the order of keys.
func (a *Answer) EachSegment(_ context.Context, q assets.Query, each func(*assets.Segment) error) error {
	return eachOf(a.segments, q.Limit, each)
}

// EachArea calls each with a copy of each area, in the order of keys.
func (a *Answer) EachArea(_ context.Context, q assets.Query, each func(*assets.Area) error) error {
	return eachOf(a.areas, q.Limit, each)
}

func eachOf[T any](list []*T, limit int, each func(*T) error) error {
	for i, t := range list {
		if limit > 0 && i == limit {
			return nil
		}
		reused := *t
		if err := each(&reused); err != nil {
			return err
		}
	}
	return nil
}

// Counts are the figures of a legend, as postgis.Store.Counts gives them.
func (m *Moment) Counts(q assets.Query) (out assets.Counts, ok bool) {
	tests, ok := m.tests(q)
	if !ok {
		return out, false
	}
	t := newTally(m, tests)
	sure := m.visit(q.Bounds, t.row)
	for _, e := range m.delta {
		if e.asset == nil {
			continue
		}
		in, s := within(e.asset.Geometry, q.Bounds)
		if sure = sure && s; in {
			t.asset(e.asset)
		}
	}
	return t.counts(), sure
}

// tally counts rows by the numbers of their columns.
type tally struct {
	base             *base
	tests            []test
	class, condition []int64          // by number of text
	segment          map[uint64]int64 // by number of the id and of the condition
	out              assets.Counts
}

func newTally(m *Moment, tests []test) *tally {
	n := len(m.base.texts)
	return &tally{base: m.base, tests: tests, class: make([]int64, n), condition: make([]int64, n), segment: map[uint64]int64{},
		out: assets.Counts{ByClass: map[string]int64{}, ByCondition: map[string]int64{}, BySegment: map[uuid.UUID]assets.SegmentCounts{}}}
}

// failed names the only conditions that a thing does not meet: none, one on its
// class or condition, or another, or several.
func (t *tally) failed(pass func(*test) bool) (class, condition, other bool) {
	for i := range t.tests {
		if pass(&t.tests[i]) {
			continue
		}
		switch t.tests[i].name {
		case "class":
			class = true
		case "condition":
			condition = true
		default:
			return class, condition, true
		}
	}
	return class, condition, false
}

func (t *tally) row(row uint32) {
	class, condition, other := t.failed(func(x *test) bool { return x.row(row) })
	if other || class && condition {
		return
	}
	if !condition {
		t.class[t.base.class[row]]++
	}
	if !class {
		t.condition[t.base.condition[row]]++
	}
	if class || condition {
		return
	}
	t.out.Total++
	if n := t.base.segment[row]; n != 0 {
		t.segment[uint64(n)<<32|uint64(t.base.condition[row])]++
	}
}

func (t *tally) asset(a *assets.Asset) {
	class, condition, other := t.failed(func(x *test) bool { return x.asset(a) })
	if other || class && condition {
		return
	}
	if !condition {
		t.out.ByClass[a.Class]++
	}
	if !class {
		t.out.ByCondition[a.Condition]++
	}
	if class || condition {
		return
	}
	t.out.Total++
	if s := a.Place.Segment; s != nil {
		t.out.BySegment[*s] = t.out.BySegment[*s].With(a.Condition, 1)
	}
}

func (t *tally) counts() assets.Counts {
	for i, text := range t.base.texts {
		if n := t.class[i]; n > 0 {
			t.out.ByClass[text] += n
		}
		if n := t.condition[i]; n > 0 {
			t.out.ByCondition[text] += n
		}
	}
	for k, n := range t.segment {
		id := t.base.ids[k>>32]
		t.out.BySegment[id] = t.out.BySegment[id].With(t.base.texts[uint32(k)], n)
	}
	return t.out
}
