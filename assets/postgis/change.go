package postgis

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

const selectChange = `select seq, at, actor, op, noun, id, version, kind, before::text, after::text, hash from change`

// Changes returns the changes of a jurisdiction after seq, in order, at most
// limit of them. Whoever has seen change N has seen all before it.
func (s *Store) Changes(ctx context.Context, jurisdiction string, after int64, limit int) ([]assets.Change, error) {
	return s.changes(ctx, jurisdiction, selectChange+` where jurisdiction = $1 and seq > $2 order by seq limit $3`, jurisdiction, after, limit)
}

// ChangesOf returns every change of one object, the latest first.
func (s *Store) ChangesOf(ctx context.Context, jurisdiction string, id uuid.UUID) ([]assets.Change, error) {
	return s.changes(ctx, jurisdiction, selectChange+` where jurisdiction = $1 and id = $2 order by version desc, seq desc`, jurisdiction, id)
}

func (s *Store) changes(ctx context.Context, jurisdiction, sql string, args ...any) ([]assets.Change, error) {
	rows, err := s.pool.Query(ctx, sql, args...)
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

// Head is the number of the last change of a jurisdiction.
func (s *Store) Head(ctx context.Context, jurisdiction string) (seq int64, err error) {
	err = s.pool.QueryRow(ctx, `select seq from jurisdiction where code = $1`, jurisdiction).Scan(&seq)
	if none(err) {
		err = assets.Errorf(assets.NotFound, "jurisdiction", "没有辖区 %s", "there is no jurisdiction %s", jurisdiction)
	}
	return seq, err
}

// Between returns, for each feature that changed after one time and until
// another, its first change with what was before all of them and its last with
// what is after: at most limit of them, in the order of ids.
func (s *Store) Between(ctx context.Context, jurisdiction string, from, to time.Time, limit int) (list []assets.Difference, err error) {
	rows, err := s.pool.Query(ctx, `select noun, id, (array_agg(before::text order by seq))[1], (array_agg(after::text order by seq desc))[1]
		from change where jurisdiction = $1 and at > $2 and at <= $3 and noun in ('area', 'segment', 'asset')
		group by noun, id order by noun, id limit $4`, jurisdiction, from, to, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (d assets.Difference, err error) {
		err = row.Scan(&d.Noun, &d.ID, &d.Before, &d.After)
		return d, err
	})
}

// Timeline says on which days a jurisdiction's features changed, and how often,
// in the days of a time zone.
func (s *Store) Timeline(ctx context.Context, jurisdiction, zone string) (days []assets.Day, first, last time.Time, err error) {
	rows, err := s.pool.Query(ctx, `select to_char(at at time zone $2, 'YYYY-MM-DD'), count(*), min(at), max(at) from change
		where jurisdiction = $1 and noun in ('area', 'segment', 'asset') group by 1 order by 1`, jurisdiction, zone)
	if err != nil {
		return nil, first, last, err
	}
	var d assets.Day
	var least, most time.Time
	_, err = pgx.ForEachRow(rows, []any{&d.Day, &d.Changes, &least, &most}, func() error {
		if len(days) == 0 {
			first = least
		}
		last = most
		days = append(days, d)
		return nil
	})
	return days, first, last, err
}
