package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// maxBatches is how many batches are listed.
const maxBatches = 50

// Batches lists the operations that booked several entries at once, the latest
// first. What reversed a batch is none.
func (s *Store) Batches(ctx context.Context, jurisdiction string) ([]assets.Batch, error) {
	rows, err := s.pool.Query(ctx, `with batch as materialized (
			select o.op, o.at, o.actor, o.first_seq, o.last_seq from operation o
			join change c on c.jurisdiction = o.jurisdiction and c.seq = o.first_seq and c.noun = 'entry' and c.kind = 'create'
			join entry e on e.jurisdiction = c.jurisdiction and e.id = c.id and e.reverses is null
			where o.jurisdiction = $1 and o.last_seq > o.first_seq order by o.first_seq desc limit $2)
		select b.op, b.at, b.actor, count(*), coalesce(sum(e.counted) filter (where e.basis = 'paid'), 0)::bigint,
			coalesce(sum(e.counted) filter (where e.basis = 'committed'), 0)::bigint, coalesce(sum(e.counted) filter (where e.basis = 'granted'), 0)::bigint,
			bool_and(e.reversed_by is not null) from batch b
		join change c on c.jurisdiction = $1 and c.seq between b.first_seq and b.last_seq and c.noun = 'entry' and c.kind = 'create'
		join entry e on e.jurisdiction = $1 and e.id = c.id
		group by b.op, b.at, b.actor, b.first_seq order by b.first_seq desc`, jurisdiction, maxBatches)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (b assets.Batch, err error) {
		err = row.Scan(&b.Op, &b.At, &b.By, &b.Entries, (*int64)(&b.Paid), (*int64)(&b.Committed), (*int64)(&b.Granted), &b.Undone)
		return b, err
	})
}
