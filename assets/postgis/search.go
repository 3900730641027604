package postgis

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
)

// Search finds segments, areas and assets of a jurisdiction by code, name or
// road: whatever begins with or contains q, without regard to case. Exact
// codes come first, then segments, areas, assets.
func (s *Store) Search(ctx context.Context, jurisdiction, q string, limit int) ([]assets.Hit, error) {
	const sql = `
		(select 'segment' as noun, id, code, name, '' as class, '' as level, road as detail,
			st_lineinterpolatepoint(geom, 0.5) as point, case when code = $4 then 0 when key then 1 else 2 end as rank
		from segment where jurisdiction = $1 and deleted_at is null and (code ilike $2 or name ilike $2 or road ilike $2)
		order by rank, code limit $3)
		union all
		(select 'area', id, code, name, '', level, '', st_pointonsurface(geom), case when code = $4 then 0 else 3 end as rank
		from area where jurisdiction = $1 and deleted_at is null and (code ilike $2 or name ilike $2) order by rank, code limit $3)
		union all
		(select 'asset', id, code, name, class, '', coalesce((select name from segment g where g.jurisdiction = $1 and g.id = a.segment), ''),
			st_pointonsurface(geom), case when code = $4 then 0 else 4 end as rank
		from asset a where jurisdiction = $1 and deleted_at is null and (code ilike $2 or name ilike $2) order by rank, code limit $3)
		order by rank, code limit $3`
	type hitRow struct {
		Noun, Code, Name, Class, Level, Detail string
		ID                                     uuid.UUID
		Point                                  orb.Point
		Rank                                   int
	}
	rows, err := collect[hitRow](ctx, s.pool, sql, jurisdiction, "%"+likeEscaper.Replace(q)+"%", limit, q)
	if err != nil {
		return nil, err
	}
	hits := make([]assets.Hit, len(rows))
	for i, r := range rows {
		hits[i] = assets.Hit{Noun: r.Noun, ID: r.ID, Code: r.Code, Name: r.Name, Class: r.Class, Level: r.Level, Detail: r.Detail, Point: r.Point}
	}
	return hits, nil
}

// likeEscaper makes the wildcards of LIKE stand for themselves.
var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
