package postgis

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// paidOf a segment g: what was booked on it, and what it took over from those that
// it was split off or merged from.
const paidOf = `(coalesce(r.amount, 0) + coalesce(k.amount, 0))`

// figuresOf a segment g: what was paid for it, in fen and in yuan, by the metre
// too and rounded as assets.Fen.Per does; its living assets and their mean
// condition. Whoever names none of them pays for none of them.
const figuresOf = paidOf + ` as invested_fen, ` + paidOf + `::float8 / 100 as invested,
	(case when m.mm >= 1 then sign(` + paidOf + `) * div(2000 * abs(` + paidOf + `)::numeric + m.mm, 2 * m.mm) end)::float8 / 100 as invested_per_m,
	a.asset_count, a.condition_mean
	from segment g
	left join rollup r on r.jurisdiction = g.jurisdiction and r.basis = 'paid' and r.noun = 'segment' and r.target = g.id
	left join lateral (select sum(c.amount)::bigint as amount from carried_rollup c where c.jurisdiction = g.jurisdiction and c.segment = g.id and c.basis = 'paid') k on true
	left join lateral (select (floor(g.length_m * 1000) + case when g.length_m * 1000 - floor(g.length_m * 1000) >= 0.5 then 1 else 0 end)::numeric as mm) m on true
	left join lateral (select count(*) as asset_count, round(avg(array_position(array['good', 'fair', 'poor', 'dangerous'], t.condition)), 3)::float8 as condition_mean from asset t
		where t.jurisdiction = g.jurisdiction and t.segment = g.id and t.deleted_at is null and t.status <> 'removed') a on true`

// pastFiguresOf a segment g at a time: its assets as they were then. What was paid
// is null, because money may have been divided anew since.
const pastFiguresOf = `null::bigint as invested_fen, null::float8 as invested, null::float8 as invested_per_m, a.asset_count, a.condition_mean
	from %[1]s g
	left join lateral (select count(*) as asset_count, round(avg(array_position(array['good', 'fair', 'poor', 'dangerous'], v.condition)), 3)::float8 as condition_mean from (
		select t.condition from asset t where t.jurisdiction = g.jurisdiction and t.segment = g.id and t.deleted_at is null and t.status <> 'removed' and t.updated_at <= %[2]s
		union all select t.condition from asset_history t where t.jurisdiction = g.jurisdiction and t.segment = g.id and t.deleted_at is null and t.status <> 'removed'
			and tstzrange(t.updated_at, t.ended_at) @> %[2]s::timestamptz) v) a on true`

// figuredFrom is the table of a collection as questions see it: segments have
// their figures beside their columns.
func figuredFrom(collection string) string {
	if collection != assets.CollectionSegments {
		return tableOf[collection]
	}
	return `(select g.*, ` + figuresOf + `) as segment`
}

// figuredPast is figuredFrom for what a collection was at a time, a placeholder.
func figuredPast(collection, past, at string) string {
	if collection != assets.CollectionSegments {
		return past + ` as ` + tableOf[collection]
	}
	return `(select g.*, ` + fmt.Sprintf(pastFiguresOf, past, at) + `) as segment`
}

// shownSegment reads segments with their figures. A write has no use for them.
var shownSegment = figured(segmentNoun)

func figured(n noun[assets.Segment]) noun[assets.Segment] {
	n.selects = strings.TrimSuffix(segmentFields, " from") + `, invested_fen, asset_count, condition_mean from`
	n.scan = func(row scanner, s *assets.Segment) error {
		var invested *int64
		err := row.Scan(&s.Jurisdiction, &s.ID, &s.Version, &s.UpdatedAt, &s.Code, &s.Name, &s.Road, &s.From, &s.To, &s.Key, &s.LengthM, &s.Status, &s.Source, &s.Geometry,
			&invested, &s.Figures.Assets, &s.Figures.ConditionMean)
		s.Figures.Invested = (*assets.Fen)(invested)
		return err
	}
	return n
}

// SegmentFigures are those of a segment now, whether it is there or not any more.
func (s *Store) SegmentFigures(ctx context.Context, jurisdiction string, id uuid.UUID) (f assets.SegmentFigures, err error) {
	var invested *int64
	err = s.pool.QueryRow(ctx, `select invested_fen, asset_count, condition_mean from `+figuredFrom(assets.CollectionSegments)+` where jurisdiction = $1 and id = $2`, jurisdiction, id).
		Scan(&invested, &f.Assets, &f.ConditionMean)
	f.Invested = (*assets.Fen)(invested)
	return f, err
}

// PaidOn lists the segments that something of entries was paid for.
func (s *Snapshot) PaidOn(ctx context.Context, entries []uuid.UUID) ([]uuid.UUID, error) {
	rows, err := s.tx.Query(ctx, `select distinct target from allocation where jurisdiction = any(array(select code from jurisdiction)) and entry = any($1)
		and noun = 'segment' and basis = 'paid'`, entries)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// Paid is what was paid for every segment that has money, with what it took over.
func (s *Snapshot) Paid(ctx context.Context) (map[assets.Key]assets.Fen, error) {
	rows, err := s.tx.Query(ctx, `select jurisdiction, segment, sum(amount)::bigint from (select jurisdiction, target as segment, amount from rollup where basis = 'paid' and noun = 'segment'
		union all select jurisdiction, segment, amount from carried_rollup where basis = 'paid') p group by 1, 2`)
	if err != nil {
		return nil, err
	}
	paid := map[assets.Key]assets.Fen{}
	var k assets.Key
	var amount int64
	_, err = pgx.ForEachRow(rows, []any{&k.Jurisdiction, &k.ID, &amount}, func() error { paid[k] = assets.Fen(amount); return nil })
	return paid, err
}
