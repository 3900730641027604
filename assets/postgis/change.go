package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// Changes returns the changes of a jurisdiction after seq, in order, at most
// limit of them. Whoever has seen change N has seen all before it.
func (s *Store) Changes(ctx context.Context, jurisdiction string, after int64, limit int) ([]assets.Change, error) {
	rows, err := s.pool.Query(ctx, `select seq, at, actor, op, noun, id, version, kind, before::text, after::text, hash
		from change where jurisdiction = $1 and seq > $2 order by seq limit $3`, jurisdiction, after, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (assets.Change, error) {
		c := assets.Change{Jurisdiction: jurisdiction}
		err := scanChange(row, &c)
		return c, err
	})
}

// scanChange reads the columns of a change but its jurisdiction. before and
// after are read as text: the hash covers their very bytes.
func scanChange(row scanner, c *assets.Change) error {
	return row.Scan(&c.Seq, &c.At, &c.Actor, &c.Op, &c.Noun, &c.ID, &c.Version, &c.Kind, &c.Before, &c.After, &c.Hash)
}
