package postgis

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// SegmentConditions counts the living assets on each segment of a jurisdiction,
// and gives their mean condition from 1, good, to 4, dangerous.
func (s *Store) SegmentConditions(ctx context.Context, jurisdiction string) (map[uuid.UUID]assets.SegmentCondition, error) {
	rows, err := s.pool.Query(ctx, `select segment, count(*), avg(array_position(array['good', 'fair', 'poor', 'dangerous'], condition))::float8 from asset
		where jurisdiction = $1 and segment is not null and deleted_at is null and status <> 'removed' group by segment`, jurisdiction)
	if err != nil {
		return nil, err
	}
	found := map[uuid.UUID]assets.SegmentCondition{}
	var id uuid.UUID
	var c assets.SegmentCondition
	_, err = pgx.ForEachRow(rows, []any{&id, &c.Assets, &c.Mean}, func() error { found[id] = c; return nil })
	return found, err
}
