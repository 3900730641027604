package postgis

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// Counts are the figures of a legend for the assets that a query selects.
func (s *Store) Counts(ctx context.Context, q assets.Query) (assets.Counts, error) {
	out := assets.Counts{ByClass: map[string]int64{}, ByCondition: map[string]int64{}, BySegment: map[uuid.UUID]assets.SegmentCounts{}}
	if err := s.countBy(ctx, "class", q.Without("class"), out.ByClass); err != nil {
		return out, err
	}
	if err := s.countBy(ctx, "condition", q.Without("condition"), out.ByCondition); err != nil {
		return out, err
	}
	c, err := selection(assets.CollectionAssets, q)
	if err != nil {
		return out, err
	}
	rows, err := s.pool.Query(ctx, `select segment, condition, count(*) from `+c.from+c.where()+` group by segment, condition`, c.args...)
	if err != nil {
		return out, err
	}
	var segment *uuid.UUID
	var condition string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&segment, &condition, &n}, func() error {
		out.Total += n
		if segment != nil {
			out.BySegment[*segment] = out.BySegment[*segment].With(condition, n)
		}
		return nil
	})
	return out, err
}

func (s *Store) countBy(ctx context.Context, column string, q assets.Query, into map[string]int64) error {
	c, err := selection(assets.CollectionAssets, q)
	if err != nil {
		return err
	}
	rows, err := s.pool.Query(ctx, `select `+column+`, count(*) from `+c.from+c.where()+` group by `+column, c.args...)
	if err != nil {
		return err
	}
	var value string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&value, &n}, func() error { into[value] = n; return nil })
	return err
}
