package postgis

import (
	"context"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

var segmentNoun = noun[assets.Segment]{
	name:  "segment",
	table: "segment", history: true,
	columns:  []string{"jurisdiction", "id", "code", "name", "road", "from_name", "to_name", "key", "length_m", "status", "source", "geom", "version", "updated_at"},
	head:     func(s *assets.Segment) *assets.Header { return &s.Header },
	geometry: func(s *assets.Segment) orb.Geometry { return s.Geometry },
	prepare: func(s *assets.Segment) error {
		s.LengthM = geo.Length(s.Geometry)
		return s.Validate()
	},
	row: func(s *assets.Segment) []any {
		return []any{s.Jurisdiction, s.ID, s.Code, s.Name, s.Road, s.From, s.To, s.Key, s.LengthM, s.Status, s.Source, s.Geometry, s.Version, s.UpdatedAt}
	},
	selects: segmentFields,
	scan:    scanSegment,
}

// AddSegments stores new segments. Assets that are already there keep their
// place until they are saved again.
func (s *Store) AddSegments(ctx context.Context, w Write, jurisdiction string, list []assets.Segment) error {
	return create(ctx, s, segmentNoun, w, jurisdiction, list)
}

const segmentFields = `select jurisdiction, id, version, updated_at, code, name, road, from_name, to_name, key, length_m, status, source, geom from`

func scanSegment(row scanner, s *assets.Segment) error {
	return row.Scan(&s.Jurisdiction, &s.ID, &s.Version, &s.UpdatedAt, &s.Code, &s.Name, &s.Road, &s.From, &s.To, &s.Key, &s.LengthM, &s.Status, &s.Source, &s.Geometry)
}

// EachSegment calls each with every segment the query selects, in the order of
// keys, with its figures. The segment is reused for the next row.
func (s *Store) EachSegment(ctx context.Context, q assets.Query, each func(*assets.Segment) error) error {
	return stream(ctx, s.pool, shownSegment, assets.CollectionSegments, q, each)
}

// Segment returns one segment, or an error of code assets.NotFound.
func (s *Store) Segment(ctx context.Context, v assets.View, id uuid.UUID) (assets.Segment, error) {
	return one(ctx, s.pool, shownSegment, assets.CollectionSegments, v, id)
}

// SegmentVersion returns one segment as it was in a version, without figures.
func (s *Store) SegmentVersion(ctx context.Context, jurisdiction string, id uuid.UUID, version int) (assets.Segment, error) {
	return atVersion(ctx, s, segmentNoun, jurisdiction, id, version)
}
