package postgis

import (
	"context"

	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

var basemapNoun = noun[assets.BasemapFeature]{
	name:     "basemap",
	table:    "basemap",
	columns:  []string{"jurisdiction", "id", "kind", "name", "source", "geom", "version", "updated_at"},
	head:     func(b *assets.BasemapFeature) *assets.Header { return &b.Header },
	geometry: func(b *assets.BasemapFeature) orb.Geometry { return b.Geometry },
	prepare: func(b *assets.BasemapFeature) error {
		b.Geometry = geo.Orient(b.Geometry)
		return b.Validate()
	},
	row: func(b *assets.BasemapFeature) []any {
		return []any{b.Jurisdiction, b.ID, b.Kind, b.Name, b.Source, b.Geometry, b.Version, b.UpdatedAt}
	},
}

// AddBasemap stores new pieces of the background map.
func (s *Store) AddBasemap(ctx context.Context, w Write, jurisdiction string, list []assets.BasemapFeature) error {
	return create(ctx, s, basemapNoun, w, jurisdiction, list)
}

// EachBasemap calls each with every piece of a jurisdiction's background map, by
// kind and neighbours together: what is alike and near compresses best. The piece
// is reused for the next row.
func (s *Store) EachBasemap(ctx context.Context, jurisdiction string, each func(*assets.BasemapFeature) error) error {
	rows, err := s.pool.Query(ctx, `select jurisdiction, id, version, updated_at, kind, name, source, geom
		from basemap where jurisdiction = $1 and deleted_at is null order by kind, geom, id`, jurisdiction)
	if err != nil {
		return err
	}
	defer rows.Close()
	var b assets.BasemapFeature
	for rows.Next() {
		if err := rows.Scan(&b.Jurisdiction, &b.ID, &b.Version, &b.UpdatedAt, &b.Kind, &b.Name, &b.Source, &b.Geometry); err != nil {
			return err
		}
		if err := each(&b); err != nil {
			return err
		}
	}
	return rows.Err()
}
