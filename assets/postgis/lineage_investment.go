package postgis

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// carried is a share that fell on a segment which was split or merged, as a
// segment of today takes it over. Each share is carried on for itself, so that
// the figures are the same to the fen in whatever way they are grouped.
type carried struct {
	entry, origin, segment uuid.UUID
	basis                  string
	amount                 assets.Fen
	on                     time.Time
	project                uuid.UUID
}

// carry reads the shares on those of some segments that are no more, and hands
// them on.
func carry(ctx context.Context, db querier, jurisdiction string, line assets.Lineage, origins []uuid.UUID) (list []carried, err error) {
	gone := slices.DeleteFunc(slices.Clone(origins), func(id uuid.UUID) bool { return len(line[id]) == 0 })
	rows, err := db.Query(ctx, `select entry, target, basis, amount, booked_on, project from allocation where jurisdiction = $1 and noun = 'segment' and target = any($2)`, jurisdiction, gone)
	if err != nil {
		return nil, err
	}
	var c carried
	_, err = pgx.ForEachRow(rows, []any{&c.entry, &c.origin, &c.basis, (*int64)(&c.amount), &c.on, &c.project}, func() error {
		for _, part := range line.Carry(c.origin, c.amount) {
			c.segment = part.ID
			heir := c
			heir.amount = part.Amount
			list = append(list, heir)
		}
		return nil
	})
	return list, err
}

var carriedColumns = []string{"jurisdiction", "entry", "origin", "segment", "basis", "amount", "booked_on", "project"}

// recarry keeps these shares beside the allocations, and their sums, after the
// lineage of segments moved or money on segments that are no more did: of what
// lived on in those as well.
func (l *ledger) recarry(ctx context.Context) error {
	if len(l.recarried) == 0 {
		return nil
	}
	line, err := lineage(ctx, l.tx, l.jurisdiction)
	if err != nil {
		return err
	}
	origins := line.Origins(l.recarried...)
	list, err := carry(ctx, l.tx, l.jurisdiction, line, origins)
	if err != nil {
		return err
	}
	rows, err := l.tx.Query(ctx, `with gone as (delete from carried where jurisdiction = $1 and origin = any($2) returning segment) select distinct segment from gone`, l.jurisdiction, origins)
	if err != nil {
		return err
	}
	segments, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return err
	}
	for i := range list {
		if !slices.Contains(segments, list[i].segment) {
			segments = append(segments, list[i].segment)
		}
	}
	row := func(c *carried) []any {
		return []any{l.jurisdiction, c.entry, c.origin, c.segment, c.basis, int64(c.amount), c.on, c.project}
	}
	if _, err := l.tx.CopyFrom(ctx, pgx.Identifier{"carried"}, carriedColumns, &rowSource[carried]{items: list, row: row}); err != nil {
		return err
	}
	if _, err := l.tx.Exec(ctx, `update carried c set counts = x.counts from (`+carriedCounts+` and segment = any($2)) x
		where c.jurisdiction = $1 and c.entry = x.entry and c.origin = x.origin and c.segment = x.segment and c.counts <> x.counts`, l.jurisdiction, segments); err != nil {
		return err
	}
	if _, err := l.tx.Exec(ctx, `delete from carried_rollup where jurisdiction = $1 and segment = any($2)`, l.jurisdiction, segments); err != nil {
		return err
	}
	_, err = l.tx.Exec(ctx, `insert into carried_rollup (jurisdiction, basis, segment, origin, amount, entries)
		select jurisdiction, basis, segment, origin, sum(amount)::bigint, count(*) filter (where counts) from carried where jurisdiction = $1 and segment = any($2)
		group by jurisdiction, basis, segment, origin`, l.jurisdiction, segments)
	return err
}

// carriedCounts says of the shares that are carried in a jurisdiction, $1, which
// count their entry: of one segment the first, unless one is booked on itself.
const carriedCounts = `select entry, origin, segment, basis, amount, row_number() over (partition by segment, entry order by origin) = 1 and not exists (select from allocation a
	where a.jurisdiction = c.jurisdiction and a.entry = c.entry and a.noun = 'segment' and a.target = c.segment) as counts from carried c where jurisdiction = $1`

// checkCarried compares the shares that are kept with what the allocations carry
// on: the entry at fault, if there is one, and by how much.
func checkCarried(ctx context.Context, tx pgx.Tx, jurisdiction string) (entry *uuid.UUID, difference assets.Fen, err error) {
	line, err := lineage(ctx, tx, jurisdiction)
	if err != nil {
		return nil, 0, err
	}
	list, err := carry(ctx, tx, jurisdiction, line, slices.Collect(maps.Keys(line)))
	if err != nil {
		return nil, 0, err
	}
	rows, err := tx.Query(ctx, `select entry, origin, segment, basis, amount, booked_on, project from carried where jurisdiction = $1`, jurisdiction)
	if err != nil {
		return nil, 0, err
	}
	wanted := map[carried]assets.Fen{}
	for _, c := range list {
		amount := c.amount
		c.amount = 0
		wanted[c] = amount
	}
	var c carried
	var amount assets.Fen
	if _, err := pgx.ForEachRow(rows, []any{&c.entry, &c.origin, &c.segment, &c.basis, (*int64)(&amount), &c.on, &c.project}, func() error { wanted[c] -= amount; return nil }); err != nil {
		return nil, 0, err
	}
	for c, missing := range wanted {
		if missing != 0 {
			return &c.entry, -missing, nil
		}
	}
	return nil, 0, nil
}

// origins says of the rows of an answer by segment what came from segments that
// are no more.
func (q question) origins(ctx context.Context, db querier, list []assets.InvestmentRow) error {
	if !q.carried || !slices.Contains(q.By, assets.TargetSegment) {
		return nil
	}
	c := &conditions{}
	read := c.shares
	if q.Summed() {
		read = c.summed
	}
	from, err := read(q)
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
