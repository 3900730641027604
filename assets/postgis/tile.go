package postgis

import (
	"context"
	"fmt"

	"streetbook/assets"
	"streetbook/geo"
)

// Tiles are of 4096 units; features reach a little beyond the edge, so that
// symbols and lines do not end at it.
const (
	tileExtent = 4096
	tileBuffer = 128
)

// thinAbove is how many assets a tile shows one by one. Above it, one of them
// stands for each cell of a 256 × 256 grid, with the count of its cell.
const thinAbove = 5000

// tileColumns are the properties of each collection's features in a tile. Icons
// and labels need these; everything else is asked for by id.
var tileColumns = map[string]string{
	assets.CollectionAreas:    `id::text as id, code, name, level, residents`,
	assets.CollectionSegments: `id::text as id, code, name, road, key, length_m, status`,
	assets.CollectionAssets:   `id::text as id, code, class, name, status, condition, segment::text as segment`,
}

// Tile returns a Mapbox Vector Tile of one collection with one layer of its
// name, in Web Mercator; nil if nothing is there.
func (s *Store) Tile(ctx context.Context, collection string, t geo.Tile, q assets.Query) ([]byte, error) {
	q.Bounds, q.After = nil, assets.Key{}
	c, err := selection(collection, q)
	if err != nil {
		return nil, err
	}
	z, x, y := c.arg(t.Z), c.arg(t.X), c.arg(t.Y)
	// The box is transformed, not the column, so that the column's index serves.
	// Clamped to the world: beyond ±180 degrees the transformation would wrap.
	c.add(fmt.Sprintf(`geom && st_transform(st_intersection(st_tileenvelope(%s::int, %s::int, %s::int, margin => %g), st_tileenvelope(0, 0, 0)), 4326)`,
		z, x, y, float64(tileBuffer)/tileExtent))
	envelope := fmt.Sprintf(`st_tileenvelope(%s::int, %s::int, %s::int)`, z, x, y)
	hit := fmt.Sprintf(`select %s, st_asmvtgeom(st_transform(geom, 3857), %s, %d, %d, true) as geom from %s%s`,
		tileColumns[collection], envelope, tileExtent, tileBuffer, tableOf[collection], c.where())
	if collection == assets.CollectionAssets {
		hit = thinned(hit)
	}
	sql := fmt.Sprintf(`select st_asmvt(t, '%s', %d, 'geom') from (%s) t where geom is not null`, collection, tileExtent, hit)
	var mvt []byte
	if err := s.pool.QueryRow(ctx, sql, c.args...).Scan(&mvt); err != nil {
		return nil, err
	}
	if len(mvt) == 0 {
		return nil, nil
	}
	return mvt, nil
}

func thinned(hit string) string {
	const cell = tileExtent / 256
	return fmt.Sprintf(`select id, code, class, name, status, condition, segment, case when total > %[1]d and cell > 1 then cell end as count, geom from (
		select *, count(*) over () as total,
			count(*) over (partition by floor(st_x(st_pointonsurface(geom)) / %[2]d), floor(st_y(st_pointonsurface(geom)) / %[2]d)) as cell,
			row_number() over (partition by floor(st_x(st_pointonsurface(geom)) / %[2]d), floor(st_y(st_pointonsurface(geom)) / %[2]d) order by id) as rank
		from (%[3]s) h where geom is not null) r where total <= %[1]d or rank = 1`, thinAbove, cell, hit)
}
