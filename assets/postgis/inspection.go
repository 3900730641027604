package postgis

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"streetbook/assets"
)

var inspectionNoun = noun[assets.Inspection]{
	name:    "inspection",
	table:   "inspection",
	columns: []string{"jurisdiction", "id", "asset", "result", "condition", "note", "accuracy_m", "said_at", "actor", "geom", "version", "updated_at"},
	selects: `select jurisdiction, id, version, updated_at, asset, result, condition, note, accuracy_m, said_at, actor, geom from`,
	head:    func(i *assets.Inspection) *assets.Header { return &i.Header },
	prepare: func(i *assets.Inspection) error { return i.Validate() },
	row: func(i *assets.Inspection) []any {
		return []any{i.Jurisdiction, i.ID, i.Asset, i.Result, i.Condition, i.Note, i.AccuracyM, i.At, i.Actor, pointOrNull(i.Position), i.Version, i.UpdatedAt}
	},
	scan: func(row scanner, i *assets.Inspection) error {
		var g orb.Geometry
		err := row.Scan(&i.Jurisdiction, &i.ID, &i.Version, &i.UpdatedAt, &i.Asset, &i.Result, &i.Condition, &i.Note, &i.AccuracyM, &i.At, &i.Actor, &g)
		i.Position = pointIn(g)
		return err
	},
}

// pointOrNull is the column value of a point that may not be known.
func pointOrNull(p *orb.Point) any {
	if p == nil {
		return nil
	}
	return *p
}

func pointIn(g orb.Geometry) *orb.Point {
	if p, ok := g.(orb.Point); ok {
		return &p
	}
	return nil
}

// InspectionsOf lists the inspections of an asset, the latest first.
func (s *Store) InspectionsOf(ctx context.Context, jurisdiction string, asset uuid.UUID) (list []assets.Inspection, err error) {
	rows, err := s.pool.Query(ctx, inspectionNoun.selects+` inspection where jurisdiction = $1 and asset = $2 and deleted_at is null order by said_at desc, id desc`, jurisdiction, asset)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (i assets.Inspection, err error) {
		err = inspectionNoun.scan(row, &i)
		return i, err
	})
}

// LastInspection is when an asset was last looked for, and whether it was there.
type LastInspection struct {
	Asset  uuid.UUID `json:"asset"`
	At     time.Time `json:"at"`
	Result string    `json:"result"`
}

// LastInspections lists the last inspection of every asset that had one.
func (s *Store) LastInspections(ctx context.Context, jurisdiction string) ([]LastInspection, error) {
	return collect[LastInspection](ctx, s.pool, `select distinct on (asset) asset, said_at as at, result from inspection
		where jurisdiction = $1 and deleted_at is null order by asset, said_at desc, id desc`, jurisdiction)
}
