package postgis

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// notCarried leaves out what is carried on to segments of today: carryInvestment
// adds it there. a is allocation or rollup.
func notCarried(q assets.InvestmentQuery) string {
	if q.Lineage != assets.LineageCurrent {
		return ""
	}
	return ` and not (a.noun = 'segment' and a.target in (select from_segment from lineage s where s.jurisdiction = a.jurisdiction and s.deleted_at is null))`
}

// carryInvestment adds to an answer what fell on segments that were split or
// merged, where they live on. Each share is carried on for itself, so that the
// figures are the same to the fen in whatever way they are grouped.
func (s *Store) carryInvestment(ctx context.Context, q assets.InvestmentQuery, found *assets.Investment) error {
	line, err := lineage(ctx, s.pool, q.Jurisdiction)
	if err != nil || len(line) == 0 {
		return err
	}
	c, err := s.newCarrier(ctx, q, line, found)
	if err != nil {
		return err
	}
	if len(c.old) == 0 {
		return nil
	}
	sql, args := carriedSQL(q, c.old)
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	keys := make([]*string, len(q.By))
	var old, entry uuid.UUID
	var name string
	var amount assets.Fen
	into := []any{&old, &name, &entry, (*int64)(&amount)}
	for i := range keys {
		into = append(into, &keys[i])
	}
	if _, err := pgx.ForEachRow(rows, into, func() error { c.add(old, name, entry, amount, keys); return nil }); err != nil {
		return err
	}
	c.finish()
	return nil
}

// carriedSQL lists the shares on segments that are no more, under the conditions
// of a query but for those on segments: these are asked of the successors.
func carriedSQL(q assets.InvestmentQuery, old []uuid.UUID) (string, []any) {
	q.Segments, q.Key = nil, nil
	c := &conditions{}
	c.investment(q)
	c.add(fmt.Sprintf("a.noun = 'segment' and a.target = any(%s)", c.arg(old)))
	keys := make([]string, len(q.By))
	for i, name := range q.By {
		keys[i] = ", null::text"
		if dimensions[name].noun == "" {
			keys[i] = ", " + dimensions[name].key
		}
	}
	return `select a.target, (select name from segment g where g.jurisdiction = a.jurisdiction and g.id = a.target), a.entry, a.amount` + strings.Join(keys, "") + ` from allocation a
		join entry e on e.jurisdiction = a.jurisdiction and e.id = a.entry
		join project p on p.jurisdiction = e.jurisdiction and p.id = e.project` + c.where(), c.args
}

// carrier adds shares to the rows of an answer.
type carrier struct {
	by     []string
	line   assets.Lineage
	found  *assets.Investment
	old    []uuid.UUID // segments whose shares are carried on
	wanted func(uuid.UUID) bool
	rows   map[string]int // by keys
	seen   map[string]bool
	from   map[string]map[uuid.UUID]assets.InvestmentOrigin
}

func (s *Store) newCarrier(ctx context.Context, q assets.InvestmentQuery, line assets.Lineage, found *assets.Investment) (*carrier, error) {
	c := &carrier{by: q.By, line: line, found: found, rows: map[string]int{}, seen: map[string]bool{}, from: map[string]map[uuid.UUID]assets.InvestmentOrigin{}}
	for i, r := range found.Rows {
		c.rows[strings.Join(r.Keys, " ")] = i
	}
	if len(q.Areas) > 0 {
		return c, nil // what falls on areas falls on no segment
	}
	key := map[uuid.UUID]bool{}
	if q.Key != nil {
		rows, err := s.pool.Query(ctx, `select id from segment where jurisdiction = $1 and key = $2`, q.Jurisdiction, *q.Key)
		if err != nil {
			return nil, err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			key[id] = true
		}
	}
	c.wanted = func(id uuid.UUID) bool {
		return (len(q.Segments) == 0 || slices.Contains(q.Segments, id)) && (q.Key == nil || key[id])
	}
	for id := range line {
		if slices.ContainsFunc(line.Today(id), c.wanted) {
			c.old = append(c.old, id)
		}
	}
	return c, nil
}

// add carries one share on.
func (c *carrier) add(old uuid.UUID, name string, entry uuid.UUID, amount assets.Fen, keys []*string) {
	for _, heir := range c.line.Carry(old, amount) {
		if !c.wanted(heir.ID) {
			continue
		}
		c.found.Total += heir.Amount
		if !meant(c.by, assets.TargetSegment) {
			c.found.Elsewhere += heir.Amount
			continue
		}
		list := make([]string, len(keys))
		for i, k := range keys {
			if c.by[i] == assets.TargetSegment {
				list[i] = heir.ID.String()
			} else if k != nil {
				list[i] = *k
			}
		}
		at := strings.Join(list, " ")
		i, ok := c.rows[at]
		if !ok {
			i, c.rows[at] = len(c.found.Rows), len(c.found.Rows)
			c.found.Rows = append(c.found.Rows, assets.InvestmentRow{Keys: list})
		}
		c.found.Rows[i].Amount += heir.Amount
		if !c.seen[at+entry.String()] {
			c.seen[at+entry.String()] = true
			c.found.Rows[i].Entries++
		}
		if slices.Contains(c.by, assets.TargetSegment) {
			c.note(at, assets.InvestmentOrigin{ID: old, Name: name, Amount: heir.Amount})
		}
	}
}

func (c *carrier) note(at string, o assets.InvestmentOrigin) {
	if c.from[at] == nil {
		c.from[at] = map[uuid.UUID]assets.InvestmentOrigin{}
	}
	o.Amount += c.from[at][o.ID].Amount
	c.from[at][o.ID] = o
}

// finish puts the rows into the order that answers have, and says where theirs
// came from.
func (c *carrier) finish() {
	for at, origins := range c.from {
		r := &c.found.Rows[c.rows[at]]
		for _, o := range origins {
			r.From = append(r.From, o)
		}
		slices.SortFunc(r.From, func(a, b assets.InvestmentOrigin) int {
			return cmp.Or(cmp.Compare(b.Amount, a.Amount), slices.Compare(a.ID[:], b.ID[:]))
		})
	}
	slices.SortStableFunc(c.found.Rows, func(a, b assets.InvestmentRow) int {
		return cmp.Or(cmp.Compare(b.Amount, a.Amount), slices.Compare(a.Keys, b.Keys))
	})
}

// markRetired says of which rows the segment is no more.
func (s *Store) markRetired(ctx context.Context, q assets.InvestmentQuery, list []assets.InvestmentRow) error {
	k := slices.Index(q.By, assets.TargetSegment)
	if k < 0 {
		return nil
	}
	rows, err := s.pool.Query(ctx, `select id::text, key from segment where jurisdiction = $1 and deleted_at is not null`, q.Jurisdiction)
	if err != nil {
		return err
	}
	gone := map[string]bool{}
	var id string
	var key bool
	if _, err := pgx.ForEachRow(rows, []any{&id, &key}, func() error { gone[id] = key; return nil }); err != nil {
		return err
	}
	for i := range list {
		list[i].Key, list[i].Retired = gone[list[i].Keys[k]]
	}
	return nil
}

// before adds to the segments of a query those that live on in them, where it
// asks so.
func (s *Store) before(ctx context.Context, q assets.InvestmentQuery) (assets.InvestmentQuery, error) {
	if q.Lineage != assets.LineageCurrent || len(q.Segments) == 0 {
		return q, nil
	}
	line, err := lineage(ctx, s.pool, q.Jurisdiction)
	if err != nil {
		return q, err
	}
	q.Segments = append(slices.Clone(q.Segments), line.Before(q.Segments...)...)
	return q, nil
}

// Heir is a segment of today with what it takes over of a share.
type Heir struct {
	ID     uuid.UUID  `json:"id"`
	Name   string     `json:"name"`
	Amount assets.Fen `json:"amount"`
}

// GoneSegment is a segment that was split or merged, and where the share of an
// entry that fell on it lives on.
type GoneSegment struct {
	Name  string
	Heirs []Heir
}

// Shown are the allocations of an entry in a view of its lineage.
func (b BookedEntry) Shown(view string) []assets.Allocation {
	if view != assets.LineageCurrent || len(b.Gone) == 0 {
		return b.Allocations
	}
	var list []assets.Allocation
	for _, a := range b.Allocations {
		gone, ok := b.Gone[a.Target.ID]
		if !ok {
			list = append(list, a)
			continue
		}
		for _, h := range gone.Heirs {
			part := a
			part.Target.ID, part.Amount = h.ID, h.Amount
			list = append(list, part)
		}
	}
	return list
}

// withGone says of entries on which of their segments nobody walks any more.
func (s *Store) withGone(ctx context.Context, jurisdiction string, list []BookedEntry) error {
	line, err := lineage(ctx, s.pool, jurisdiction)
	if err != nil || len(line) == 0 {
		return err
	}
	var ids []uuid.UUID
	for i := range list {
		for _, a := range list[i].Allocations {
			if a.Target.Noun != assets.TargetSegment || len(line[a.Target.ID]) == 0 {
				continue
			}
			if list[i].Gone == nil {
				list[i].Gone = map[uuid.UUID]GoneSegment{}
			}
			var gone GoneSegment
			for _, c := range line.Carry(a.Target.ID, a.Amount) {
				gone.Heirs = append(gone.Heirs, Heir{ID: c.ID, Amount: c.Amount})
				ids = append(ids, c.ID)
			}
			list[i].Gone[a.Target.ID] = gone
			ids = append(ids, a.Target.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	names, err := s.segmentNames(ctx, jurisdiction, ids)
	if err != nil {
		return err
	}
	for _, e := range list {
		for id, gone := range e.Gone {
			gone.Name = names[id]
			for i := range gone.Heirs {
				gone.Heirs[i].Name = names[gone.Heirs[i].ID]
			}
			e.Gone[id] = gone
		}
	}
	return nil
}

// segmentNames are the names of segments, also of those that are gone.
func (s *Store) segmentNames(ctx context.Context, jurisdiction string, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	rows, err := s.pool.Query(ctx, `select id, name from segment where jurisdiction = $1 and id = any($2)`, jurisdiction, ids)
	if err != nil {
		return nil, err
	}
	names := map[uuid.UUID]string{}
	var id uuid.UUID
	var name string
	_, err = pgx.ForEachRow(rows, []any{&id, &name}, func() error { names[id] = name; return nil })
	return names, err
}
