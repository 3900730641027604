package live

import (
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
)

func idText(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	return id.String()
}

// valuesOf are the values that a condition takes, as the properties write them.
func valuesOf(e assets.Equal) map[string]bool {
	wanted := make(map[string]bool, len(e.Values))
	for _, v := range e.Values {
		if e.Property.Kind == assets.KindID {
			v = strings.ToLower(v)
		}
		wanted[v] = true
	}
	return wanted
}

// valueOf each property that assets can be asked for.
var valueOf = map[string]func(*assets.Asset) string{
	"jurisdiction": func(a *assets.Asset) string { return a.Jurisdiction },
	"code":         func(a *assets.Asset) string { return a.Code },
	"class":        func(a *assets.Asset) string { return a.Class },
	"name":         func(a *assets.Asset) string { return a.Name },
	"status":       func(a *assets.Asset) string { return a.Status },
	"condition":    func(a *assets.Asset) string { return a.Condition },
	"segment":      func(a *assets.Asset) string { return idText(a.Place.Segment) },
	"side":         func(a *assets.Asset) string { return a.Place.Side },
	"community":    func(a *assets.Asset) string { return idText(a.Place.Community) },
	"source":       func(a *assets.Asset) string { return a.Source },
	"source_id":    func(a *assets.Asset) string { return a.SourceID },
}

// test is one condition on assets, for rows of the base and for others.
type test struct {
	name  string
	row   func(row uint32) bool
	asset func(*assets.Asset) bool
}

// tests are the conditions of a query but its bounds. ok is false for what is
// left to the database.
func (m *Moment) tests(q assets.Query) (tests []test, ok bool) {
	if !q.At.IsZero() || q.Filter != nil || q.Within != nil || q.IDs != nil {
		return nil, false
	}
	b, s := m.base, new(scratch)
	if !q.Scope.All() {
		may := b.numbers(b.jurisdiction, q.Scope.Has)
		tests = append(tests, test{"scope", may, func(a *assets.Asset) bool { return q.Scope.Has(a.Jurisdiction) }})
	}
	columns := map[string][]uint32{"jurisdiction": b.jurisdiction, "class": b.class, "status": b.status, "condition": b.condition}
	for _, e := range q.Equal {
		value, wanted := valueOf[e.Property.Name], valuesOf(e)
		if value == nil {
			return nil, false
		}
		t := test{name: e.Property.Name, asset: func(a *assets.Asset) bool { return wanted[value(a)] }}
		switch column := columns[t.name]; {
		case column != nil:
			t.row = b.numbers(column, func(s string) bool { return wanted[s] })
		case t.name == "segment":
			t.row = func(row uint32) bool { n := b.segment[row]; return n != 0 && wanted[b.ids[n].String()] }
		default:
			t.row = func(row uint32) bool { return t.asset(b.read(row, s)) }
		}
		tests = append(tests, t)
	}
	return tests, true
}

// numbers makes a test of a column out of one of its texts.
func (b *base) numbers(column []uint32, wanted func(string) bool) func(uint32) bool {
	const unknown, no, yes = 0, 1, 2
	known := make([]byte, len(b.texts))
	return func(row uint32) bool {
		n := column[row]
		if known[n] == unknown {
			known[n] = no
			if wanted(b.texts[n]) {
				known[n] = yes
			}
		}
		return known[n] == yes
	}
}

// visit calls each with every row of the base whose geometry meets the bounds,
// in no order, and reports whether it could tell.
func (m *Moment) visit(bounds []orb.Bound, each func(row uint32)) (sure bool) {
	b := m.base
	sure = true
	try := func(row uint32) {
		if p := b.point[row]; !math.IsNaN(p[0]) {
			if slices.ContainsFunc(bounds, func(x orb.Bound) bool { return meetsPoint(x, p) }) && m.alive(row) {
				each(row)
			}
			return
		}
		in, s := within(b.shapes[row], bounds)
		if sure = sure && s; in && m.alive(row) {
			each(row)
		}
	}
	switch len(bounds) {
	case 0:
		for row := range uint32(b.n()) {
			if m.alive(row) {
				each(row)
			}
		}
	case 1:
		box := bounds[0]
		b.index.Search(box, func(from, until int) {
			for row := uint32(from); row < uint32(until); row++ {
				if p := b.point[row]; p[0] < box.Min[0] || p[0] > box.Max[0] || p[1] < box.Min[1] || p[1] > box.Max[1] {
					continue // the quick way out; NaN is none
				}
				try(row)
			}
		})
	default:
		for row := range uint32(b.n()) {
			try(row)
		}
	}
	return sure
}

func meetsPoint(b orb.Bound, p orb.Point) bool {
	return p[0] >= b.Min[0] && p[0] <= b.Max[0] && p[1] >= b.Min[1] && p[1] <= b.Max[1]
}

// chosenAssets are the rows and entries that a query selects.
type chosenAssets struct {
	moment  *Moment
	seats   []seat // in the order of keys, of rows after After
	entries []*entry
	matched int64
}

// seat is the place of a row in the order of keys, and the row: looking it up
// again would be another reach into memory for each.
type seat uint64

func seatOf(place, row uint32) seat { return seat(place)<<32 | seat(row) }

func (s seat) row() uint32 { return uint32(s) }

// chooseAssets finds what a query selects. No more than limit seats are kept
// where they come in order anyway.
func (m *Moment) chooseAssets(q assets.Query, limit int) (*chosenAssets, bool) {
	tests, ok := m.tests(q)
	if !ok {
		return nil, false
	}
	c := &chosenAssets{moment: m}
	if !c.chooseEntries(q, tests) {
		return nil, false
	}
	pass := func(row uint32) bool {
		for i := range tests {
			if !tests[i].row(row) {
				return false
			}
		}
		return true
	}
	if len(q.Bounds) == 0 {
		c.chooseInOrder(q, tests, pass, limit)
		return c, true
	}
	b := m.base
	first := uint32(b.from(q.After))
	if q.After != (assets.Key{}) && int(first) < b.n() && b.key(b.order[first]) == q.After {
		first++
	}
	sure := m.visit(q.Bounds, func(row uint32) {
		if !pass(row) {
			return
		}
		c.matched++
		if place := b.rank[row]; place >= first {
			c.seats = append(c.seats, seatOf(place, row))
		}
	})
	c.seats, _ = sorted(c.seats, nil, b.n())
	return c, sure
}

// sorted orders seats of a base of n rows, in their own room or in spare, and
// returns the other too: many of them by counting the digits of their places, the
// lowest first.
func sorted(list, spare []seat, n int) (ordered, room []seat) {
	const few, digit = 200, 11
	if len(list) < few {
		slices.Sort(list)
		return list, spare
	}
	spare = slices.Grow(spare[:0], len(list))[:len(list)]
	for shift := 32; shift < 32+bits.Len(uint(n)); shift += digit {
		var from [1 << digit]uint32
		for _, s := range list {
			from[s>>shift%(1<<digit)]++
		}
		sum := uint32(0)
		for d, count := range from {
			from[d], sum = sum, sum+count
		}
		for _, s := range list {
			at := &from[s>>shift%(1<<digit)]
			spare[*at] = s
			*at++
		}
		list, spare = spare, list
	}
	return list, spare
}

// chooseInOrder goes through everything in the order of keys.
func (c *chosenAssets) chooseInOrder(q assets.Query, tests []test, pass func(uint32) bool, limit int) {
	m, b := c.moment, c.moment.base
	whole := len(tests) == 0
	if whole {
		c.matched += int64(b.n() - m.died)
	}
	first := b.from(q.After)
	if q.After != (assets.Key{}) && first < b.n() && b.key(b.order[first]) == q.After {
		first++
	}
	from := 0
	if whole {
		from = first
	}
	for place := from; place < b.n(); place++ {
		row := b.order[place]
		if !m.alive(row) || !pass(row) {
			continue
		}
		if !whole {
			c.matched++
		}
		if place >= first && (limit == 0 || len(c.seats) < limit) {
			c.seats = append(c.seats, seatOf(uint32(place), row))
		}
		if whole && limit > 0 && len(c.seats) == limit {
			return
		}
	}
}

func (c *chosenAssets) chooseEntries(q assets.Query, tests []test) (sure bool) {
	sure = true
	for _, e := range c.moment.delta {
		if e.asset == nil || !passes(tests, e.asset) {
			continue
		}
		in, s := within(e.asset.Geometry, q.Bounds)
		if sure = sure && s; !in {
			continue
		}
		c.matched++
		if q.After == (assets.Key{}) || compareKeys(e.key, q.After) > 0 {
			c.entries = append(c.entries, e)
		}
	}
	return sure
}

func passes(tests []test, a *assets.Asset) bool {
	for i := range tests {
		if !tests[i].asset(a) {
			return false
		}
	}
	return true
}

// each calls fn with the assets in the order of keys, at most limit of them.
func (c *chosenAssets) each(public bool, limit int, fn func(*assets.Asset) error) error {
	m, b, s := c.moment, c.moment.base, new(scratch)
	seats, entries := c.seats, c.entries
	for n := 0; (limit == 0 || n < limit) && len(seats)+len(entries) > 0; n++ {
		a := &s.asset
		if len(entries) > 0 && (len(seats) == 0 || compareKeys(entries[0].key, b.key(seats[0].row())) < 0) {
			*a, entries = *entries[0].asset, entries[1:]
		} else {
			b.read(seats[0].row(), s)
			seats = seats[1:]
		}
		m.names.Dress(a, public)
		if err := fn(a); err != nil {
			return err
		}
	}
	return nil
}
