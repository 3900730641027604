package postgis

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// carried are the shares that fell on segments which were split or merged, as
// they live on. Each share is carried on for itself, so that the figures are the
// same to the fen in whatever way they are grouped.
type carried struct {
	gone                      []uuid.UUID // the segments
	entries, targets, origins []uuid.UUID
	bases                     []string
	amounts                   []int64
}

// carry reads the shares on segments that are no more and hands them on; nil if
// there are none.
func carry(ctx context.Context, db querier, q assets.InvestmentQuery) (*carried, error) {
	line, err := lineage(ctx, db, q.Jurisdiction)
	if err != nil || len(line) == 0 {
		return nil, err
	}
	c := &carried{gone: slices.Collect(maps.Keys(line))}
	rows, err := db.Query(ctx, `select entry, target, basis, amount from allocation where jurisdiction = $1 and noun = 'segment' and target = any($2) and (basis = $3 or $3 = '')`, q.Jurisdiction, c.gone, q.Basis)
	if err != nil {
		return nil, err
	}
	var entry, old uuid.UUID
	var basis string
	var amount int64
	_, err = pgx.ForEachRow(rows, []any{&entry, &old, &basis, &amount}, func() error {
		for _, part := range line.Carry(old, assets.Fen(amount)) {
			c.entries, c.targets, c.origins = append(c.entries, entry), append(c.targets, part.ID), append(c.origins, old)
			c.bases, c.amounts = append(c.bases, basis), append(c.amounts, int64(part.Amount))
		}
		return nil
	})
	return c, err
}

// origins says of the rows of an answer by segment what came from segments that
// are no more.
func (q question) origins(ctx context.Context, db querier, list []assets.InvestmentRow) error {
	if q.carried == nil || !slices.Contains(q.By, assets.TargetSegment) {
		return nil
	}
	c := &conditions{}
	from, err := c.shares(q)
	if err != nil {
		return err
	}
	row, keys := q.standing()
	rows, err := db.Query(ctx, fmt.Sprintf(`select array[%s], a.origin, (select name from segment g where g.jurisdiction = %s and g.id = a.origin), sum(a.amount)::bigint from %s and a.origin is not null and %s
		group by 1, 2 order by 4 desc, 2`, strings.Join(keys, ", "), c.arg(q.Jurisdiction), from, row), c.args...)
	if err != nil {
		return err
	}
	at := make(map[string]int, len(list))
	for i, r := range list {
		at[strings.Join(r.Keys, " ")] = i
	}
	var of []string
	var o assets.InvestmentOrigin
	_, err = pgx.ForEachRow(rows, []any{&of, &o.ID, &o.Name, (*int64)(&o.Amount)}, func() error {
		r := &list[at[strings.Join(of, " ")]]
		r.From = append(r.From, o)
		return nil
	})
	return err
}

// markRetired says of which rows the segment is no more.
func markRetired(ctx context.Context, db querier, q assets.InvestmentQuery, list []assets.InvestmentRow) error {
	k := slices.Index(q.By, assets.TargetSegment)
	if k < 0 {
		return nil
	}
	rows, err := db.Query(ctx, `select id::text, key from segment where jurisdiction = $1 and deleted_at is not null`, q.Jurisdiction)
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
