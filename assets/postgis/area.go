package postgis

import (
	"context"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

var areaNoun = noun[assets.Area]{
	name:  "area",
	table: "area", history: true,
	columns:  []string{"jurisdiction", "id", "code", "name", "level", "parent", "area_m2", "residents", "source", "geom", "version", "updated_at"},
	head:     func(a *assets.Area) *assets.Header { return &a.Header },
	geometry: func(a *assets.Area) orb.Geometry { return a.Geometry },
	prepare: func(a *assets.Area) error {
		a.Geometry = geo.Orient(a.Geometry)
		a.AreaM2 = geo.Area(a.Geometry)
		return a.Validate()
	},
	row: func(a *assets.Area) []any {
		return []any{a.Jurisdiction, a.ID, a.Code, a.Name, a.Level, a.Parent, a.AreaM2, a.Residents, a.Source, a.Geometry, a.Version, a.UpdatedAt}
	},
	selects: areaFields,
	scan:    scanArea,
}

// AddAreas stores new areas.
func (s *Store) AddAreas(ctx context.Context, w Write, jurisdiction string, list []assets.Area) error {
	return create(ctx, s, areaNoun, w, jurisdiction, list)
}

const areaFields = `select jurisdiction, id, version, updated_at, code, name, level, parent, area_m2, residents, source, geom from`

func scanArea(row scanner, a *assets.Area) error {
	return row.Scan(&a.Jurisdiction, &a.ID, &a.Version, &a.UpdatedAt, &a.Code, &a.Name, &a.Level, &a.Parent, &a.AreaM2, &a.Residents, &a.Source, &a.Geometry)
}

// EachArea calls each with every area the query selects, in the order of keys.
// The area is reused for the next row.
func (s *Store) EachArea(ctx context.Context, q assets.Query, each func(*assets.Area) error) error {
	return stream(ctx, s.pool, areaNoun, assets.CollectionAreas, q, each)
}

// Area returns one area, or an error of code assets.NotFound.
func (s *Store) Area(ctx context.Context, v assets.View, id uuid.UUID) (assets.Area, error) {
	return one(ctx, s.pool, areaNoun, assets.CollectionAreas, v, id)
}

// AreaVersion returns one area as it was in a version.
func (s *Store) AreaVersion(ctx context.Context, jurisdiction string, id uuid.UUID, version int) (assets.Area, error) {
	return atVersion(ctx, s, areaNoun, jurisdiction, id, version)
}

// Boundary returns the outline of a jurisdiction, or nil if it has none.
func (s *Store) Boundary(ctx context.Context, jurisdiction string) (orb.Geometry, error) {
	return boundary(ctx, s.pool, jurisdiction)
}

func boundary(ctx context.Context, db querier, jurisdiction string) (g orb.Geometry, err error) {
	err = db.QueryRow(ctx, `select geom from area where jurisdiction = $1 and level = 'boundary' and deleted_at is null`, jurisdiction).Scan(&g)
	if none(err) {
		return nil, nil
	}
	return g, err
}
