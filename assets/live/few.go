package live

import (
	"slices"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

// kind says what must be known of segments or areas.
type kind[T any] struct {
	head     func(*T) assets.Header
	geometry func(*T) orb.Geometry
	values   map[string]func(*T) string // by property; ids in lower case
}

var segmentKind = kind[assets.Segment]{
	head:     func(s *assets.Segment) assets.Header { return s.Header },
	geometry: func(s *assets.Segment) orb.Geometry { return s.Geometry },
	values: map[string]func(*assets.Segment) string{
		"jurisdiction": func(s *assets.Segment) string { return s.Jurisdiction },
		"code":         func(s *assets.Segment) string { return s.Code },
		"name":         func(s *assets.Segment) string { return s.Name },
		"road":         func(s *assets.Segment) string { return s.Road },
		"from":         func(s *assets.Segment) string { return s.From },
		"to":           func(s *assets.Segment) string { return s.To },
		"status":       func(s *assets.Segment) string { return s.Status },
		"source":       func(s *assets.Segment) string { return s.Source },
		"key": func(s *assets.Segment) string {
			if s.Key {
				return "true"
			}
			return "false"
		},
	},
}

var areaKind = kind[assets.Area]{
	head:     func(a *assets.Area) assets.Header { return a.Header },
	geometry: func(a *assets.Area) orb.Geometry { return a.Geometry },
	values: map[string]func(*assets.Area) string{
		"jurisdiction": func(a *assets.Area) string { return a.Jurisdiction },
		"code":         func(a *assets.Area) string { return a.Code },
		"name":         func(a *assets.Area) string { return a.Name },
		"level":        func(a *assets.Area) string { return a.Level },
		"parent":       func(a *assets.Area) string { return idText(a.Parent) },
		"source":       func(a *assets.Area) string { return a.Source },
	},
}

// few holds the objects of a collection of which there are not many.
type few[T any] struct {
	kind   kind[T]
	list   []*T     // in the order of keys
	order  []uint32 // along Hilbert's curve
	index  *geo.Index
	bounds []orb.Bound // in the order of list
	byID   map[uuid.UUID]int
}

func newFew[T any](k kind[T], list []*T) *few[T] {
	f := &few[T]{kind: k, list: list, bounds: make([]orb.Bound, len(list))}
	for i, t := range list {
		f.bounds[i] = k.geometry(t).Bound()
	}
	f.order = geo.HilbertOrder(len(list), func(i int) orb.Bound { return f.bounds[i] })
	return f.indexed()
}

// indexed fills what follows from the list and its order.
func (f *few[T]) indexed() *few[T] {
	f.byID = make(map[uuid.UUID]int, len(f.list))
	for i, t := range f.list {
		id := f.kind.head(t).ID
		if _, several := f.byID[id]; several {
			i = ambiguous
		}
		f.byID[id] = i
	}
	f.index = geo.NewIndex(len(f.list), func(i int) orb.Bound { return f.bounds[f.order[i]] })
	return f
}

func (f *few[T]) key(t *T) assets.Key {
	h := f.kind.head(t)
	return assets.Key{Jurisdiction: h.Jurisdiction, ID: h.ID}
}

// with returns the objects with some of them read anew: those of ids, each named
// once, that are not among the present ones are gone. It tells each old and new
// bound.
func (f *few[T]) with(ids []uuid.UUID, present []*T, moved func(orb.Bound)) *few[T] {
	if next, ok := f.inPlace(ids, present, moved); ok {
		return next
	}
	touched := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		touched[id] = true
	}
	present = slices.SortedFunc(slices.Values(present), func(a, b *T) int { return compareKeys(f.key(a), f.key(b)) })
	next := &few[T]{kind: f.kind, list: make([]*T, 0, len(f.list)+len(present)), bounds: make([]orb.Bound, 0, len(f.list)+len(present))}
	add := func(t *T, b orb.Bound) uint32 {
		next.list, next.bounds = append(next.list, t), append(next.bounds, b)
		return uint32(len(next.list) - 1)
	}
	const gone = ^uint32(0)
	to, fresh := make([]uint32, len(f.list)), []uint32{}
	for i, t := range f.list {
		if touched[f.kind.head(t).ID] {
			moved(f.bounds[i])
			to[i] = gone
			continue
		}
		for len(present) > 0 && compareKeys(f.key(present[0]), f.key(t)) < 0 {
			fresh, present = append(fresh, add(present[0], f.kind.geometry(present[0]).Bound())), present[1:]
		}
		to[i] = add(t, f.bounds[i])
	}
	for _, t := range present {
		fresh = append(fresh, add(t, f.kind.geometry(t).Bound()))
	}
	for _, i := range f.order {
		if to[i] != gone {
			next.order = append(next.order, to[i])
		}
	}
	for _, i := range fresh {
		moved(next.bounds[i])
	}
	next.order = geo.HilbertInsert(next.order, fresh, func(i uint32) orb.Bound { return next.bounds[i] })
	return next.indexed()
}

// inPlace is with for objects that stay where they are: the index stays too.
func (f *few[T]) inPlace(ids []uuid.UUID, present []*T, moved func(orb.Bound)) (*few[T], bool) {
	if len(ids) != len(present) {
		return nil, false
	}
	for _, t := range present {
		i, ok := f.byID[f.kind.head(t).ID]
		if !ok || i == ambiguous || f.key(f.list[i]) != f.key(t) || f.bounds[i] != f.kind.geometry(t).Bound() {
			return nil, false
		}
	}
	next := *f
	next.list = slices.Clone(f.list)
	for _, t := range present {
		i := f.byID[f.kind.head(t).ID]
		next.list[i] = t
		moved(f.bounds[i])
	}
	return &next, true
}

// ambiguous stands for an id that several jurisdictions have: the store knows
// which of them was first.
const ambiguous = -1

func (f *few[T]) one(v assets.View, id uuid.UUID) (t T, ok bool) {
	i, ok := f.byID[id]
	if !ok || i == ambiguous || !v.Scope.Has(f.kind.head(f.list[i]).Jurisdiction) {
		return t, false
	}
	return *f.list[i], true
}

// choose lists what a query selects, in the order of keys and whatever its After
// and Limit. ok is false where memory cannot tell.
func (f *few[T]) choose(q assets.Query) (chosen []int, ok bool) {
	tests, ok := f.tests(q)
	if !ok {
		return nil, false
	}
	sure := true
	try := func(i int) {
		h := f.kind.head(f.list[i])
		if !q.Scope.Has(h.Jurisdiction) || !all(tests, f.list[i]) {
			return
		}
		in, s := within(f.kind.geometry(f.list[i]), q.Bounds)
		if sure = sure && s; in {
			chosen = append(chosen, i)
		}
	}
	if len(q.Bounds) != 1 {
		for i := range f.list {
			try(i)
		}
		return chosen, sure
	}
	f.index.Search(q.Bounds[0], func(from, until int) {
		for _, i := range f.order[from:until] {
			try(int(i))
		}
	})
	slices.Sort(chosen)
	return chosen, sure
}

// tests are the conditions on properties. What has to be compared as a number is
// left to the database.
func (f *few[T]) tests(q assets.Query) (tests []func(*T) bool, ok bool) {
	if !q.At.IsZero() || q.Filter != nil || q.Within != nil || q.IDs != nil {
		return nil, false
	}
	for _, e := range q.Equal {
		value := f.kind.values[e.Property.Name]
		if value == nil {
			return nil, false
		}
		wanted := valuesOf(e)
		tests = append(tests, func(t *T) bool { return wanted[value(t)] })
	}
	return tests, true
}

// within reports whether a geometry meets any of the bounds; none means everywhere.
func within(g orb.Geometry, bounds []orb.Bound) (in, sure bool) {
	if len(bounds) == 0 {
		return true, true
	}
	sure = true
	for _, b := range bounds {
		m, s := geo.Meets(g, b)
		if m && s {
			return true, true
		}
		sure = sure && s
	}
	return false, sure
}
