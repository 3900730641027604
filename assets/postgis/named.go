package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// LedgerNames lists what a finance sheet of a jurisdiction may name, in the order
// of codes and names.
func (s *Store) LedgerNames(ctx context.Context, jurisdiction string) (n assets.LedgerNames, err error) {
	if n.Projects, err = s.named(ctx, `select id, code, name from project where jurisdiction = $1 and deleted_at is null order by code, name, id`, jurisdiction); err != nil {
		return n, err
	}
	if n.Segments, err = s.named(ctx, `select id, code, name from segment where jurisdiction = $1 and deleted_at is null order by code, name, id`, jurisdiction); err != nil {
		return n, err
	}
	if n.Former, err = s.named(ctx, `select id, code, name from segment g where jurisdiction = $1 and deleted_at is not null
		and exists (select from lineage l where l.jurisdiction = g.jurisdiction and l.from_segment = g.id and l.deleted_at is null)
		and not exists (select from segment o where o.jurisdiction = g.jurisdiction and o.deleted_at is null and (o.name = g.name or o.code <> '' and o.code = g.code)) order by code, name, id`, jurisdiction); err != nil {
		return n, err
	}
	n.Areas, err = s.named(ctx, `select id, code, name from area where jurisdiction = $1 and deleted_at is null and level <> 'boundary' order by code, name, id`, jurisdiction)
	return n, err
}

func (s *Store) named(ctx context.Context, query, jurisdiction string) ([]assets.Named, error) {
	rows, err := s.pool.Query(ctx, query, jurisdiction)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[assets.Named])
}
