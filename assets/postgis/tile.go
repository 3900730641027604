package postgis

import (
	"context"
	"fmt"
	"math"

	"streetbook/assets"
	"streetbook/geo"
)

// ThinCells is the side of the grid of a crowded tile: one asset stands for each
// cell, with the count of its cell. On a screen that is a pixel or two.
const ThinCells = 256

// ThinBeyond is how many cells beyond the edge still belong to a tile: its buffer.
// What is larger may reach into a tile with its middle far outside.
const ThinBeyond = geo.TileBuffer * ThinCells / geo.TileExtent

// PartZoom is from where on single assets can be told apart on a screen.
const PartZoom = 14

// ThinAbove is how many assets a tile shows one by one. Where they cannot be told
// apart, a tile with their names would be many times as large.
func ThinAbove(t geo.Tile) int {
	if t.Z < PartZoom {
		return 250
	}
	return 5000
}

// tileColumns are the properties of each collection's features in a tile. Icons
// and labels need these; everything else is asked for by id.
var tileColumns = map[string]string{
	assets.CollectionAreas:    `id::text as id, code, name, level, residents`,
	assets.CollectionSegments: `id::text as id, code, name, road, key, length_m, status, invested, invested_per_m, asset_count, condition_mean`,
	assets.CollectionAssets:   `id::text as id, code, class, name, status, condition, segment::text as segment`,
}

// Tile returns a Mapbox Vector Tile of one collection with one layer of its
// name, in Web Mercator; nil if nothing is there. Features of a crowded tile of
// assets have class, condition and count, and from PartZoom on an id where they
// stand for themselves.
func (s *Store) Tile(ctx context.Context, collection string, t geo.Tile, q assets.Query) ([]byte, error) {
	q.Bounds, q.After = nil, assets.Key{}
	c, err := selection(collection, q)
	if err != nil {
		return nil, err
	}
	z, x, y := c.arg(t.Z), c.arg(t.X), c.arg(t.Y)
	envelope := fmt.Sprintf(`st_tileenvelope(%s::int, %s::int, %s::int)`, z, x, y)
	// The box is transformed, not the column, so that the column's index serves.
	// Clamped to the world: beyond ±180 degrees the transformation would wrap.
	c.add(fmt.Sprintf(`geom && st_transform(st_intersection(st_tileenvelope(%s::int, %s::int, %s::int, margin => %g), st_tileenvelope(0, 0, 0)), 4326)`,
		z, x, y, float64(geo.TileBuffer)/geo.TileExtent))
	shape := fmt.Sprintf(`st_asmvtgeom(st_transform(geom, 3857), %s, %d, %d, true)`, envelope, geo.TileExtent, geo.TileBuffer)
	switch collection { // polygons are drawn from the same corner on, whatever library cuts them
	case assets.CollectionAreas:
		shape = `st_forcepolygonccw(st_normalize(` + shape + `))`
	case assets.CollectionAssets:
		shape = `case st_dimension(geom) when 2 then st_forcepolygonccw(st_normalize(` + shape + `)) else ` + shape + ` end`
	}
	features := fmt.Sprintf(`select %s, %s as geom from %s%s order by jurisdiction, %s.id`,
		tileColumns[collection], shape, c.from, c.where(), tableOf[collection])
	if collection == assets.CollectionAssets {
		var n int
		if err := s.pool.QueryRow(ctx, fmt.Sprintf(`select count(*) from (select from %s%s limit %d) a`, c.from, c.where(), ThinAbove(t)+1), c.args...).Scan(&n); err != nil {
			return nil, err
		}
		if n > ThinAbove(t) {
			features = thinned(c, t)
		}
	}
	sql := fmt.Sprintf(`select st_asmvt(t, '%s', %d, 'geom') from (%s) t where geom is not null`, collection, geo.TileExtent, features)
	var mvt []byte
	if err := s.pool.QueryRow(ctx, sql, c.args...).Scan(&mvt); err != nil {
		return nil, err
	}
	if len(mvt) == 0 {
		return nil, nil
	}
	return mvt, nil
}

// thinned selects one asset for each cell: the first by id, put at the middle of
// the cell. Web Mercator's x is linear in longitude and its y is that of the
// Mercator projection, so cells are found by arithmetic: transforming each of a
// million points would take ten times as long.
func thinned(c *conditions, t geo.Tile) string {
	n := ThinCells * math.Exp2(float64(t.Z))
	column := fmt.Sprintf(`floor((st_x(p) + 180) / 360 * %s::float8)`, c.arg(n))
	row := fmt.Sprintf(`floor((0.5 - asinh(tan(radians(st_y(p)))) / (2 * pi())) * %s::float8)`, c.arg(n))
	left, top := c.arg(float64(t.X*ThinCells)), c.arg(float64(t.Y*ThinCells))
	const cell = geo.TileExtent / ThinCells
	id := `null::text`
	if t.Z >= PartZoom {
		id = `case when n = 1 then first[1] end`
	}
	return `select ` + id + fmt.Sprintf(` as id, first[2] as class, first[3] as condition, case when n > 1 then n end as count,
			st_point((cx - %[1]s) * %[3]d + %[4]d, (cy - %[2]s) * %[3]d + %[4]d) as geom
		from (select %[5]s as cx, %[6]s as cy, min(array[id::text, class, condition]) as first, count(*) as n
			from (select id, class, condition, st_centroid(geom) as p from %[8]s%[7]s) a group by 1, 2) g
		where cx - %[1]s >= -%[9]d and cx - %[1]s < %[10]d and cy - %[2]s >= -%[9]d and cy - %[2]s < %[10]d order by cy, cx`,
		left, top, cell, cell/2, column, row, c.where(), c.from, ThinBeyond, ThinCells+ThinBeyond)
}
