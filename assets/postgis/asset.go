package postgis

import (
	"context"
	"encoding/json"
	"sort"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

var assetNoun = noun[assets.Asset]{
	name:    "asset",
	table:   "asset",
	history: true,
	columns: []string{"jurisdiction", "id", "code", "class", "name", "status", "condition", "segment", "chainage_m", "side", "offset_m",
		"community", "accuracy_m", "source", "source_id", "source_crs", "installed_on", "removed_on", "replaces", "replaced_by", "attributes", "geom", "version", "updated_at"},
	head:     func(a *assets.Asset) *assets.Header { return &a.Header },
	geometry: func(a *assets.Asset) orb.Geometry { return a.Geometry },
	prepare: func(a *assets.Asset) error {
		a.Geometry = geo.Orient(a.Geometry)
		if len(a.Attributes) == 0 {
			a.Attributes = json.RawMessage("{}")
		}
		return a.Validate()
	},
	row: func(a *assets.Asset) []any {
		p := a.Place
		return []any{a.Jurisdiction, a.ID, a.Code, a.Class, a.Name, a.Status, a.Condition, p.Segment, p.ChainageM, p.Side, p.OffsetM,
			p.Community, a.AccuracyM, a.Source, a.SourceID, a.SourceCRS, date(a.InstalledOn), date(a.RemovedOn), a.Replaces, a.ReplacedBy,
			a.Attributes, a.Geometry, a.Version, a.UpdatedAt}
	},
	selects: assetFields,
	scan:    scanAsset,
}

// date is the column value of an ISO date that was checked before, NULL for "".
func date(s string) (d pgtype.Date) {
	if s != "" {
		d.Valid = d.Scan(s) == nil
	}
	return d
}

// AddAssets stores new assets: each is placed on its segment and in its
// community, and given a component code if it has none.
func (s *Store) AddAssets(ctx context.Context, w Write, jurisdiction string, list []assets.Asset) error {
	body, err := assetNoun.body(list)
	if err != nil {
		return err
	}
	locator, err := s.Locator(ctx, jurisdiction)
	if err != nil {
		return err
	}
	return s.record(ctx, w, jurisdiction, body, func(l *ledger) error { return addAssetsIn(ctx, l, locator, list) })
}

// addAssetsIn is AddAssets inside a write that is under way.
func addAssetsIn(ctx context.Context, l *ledger, locator *assets.Locator, list []assets.Asset) error {
	codes, err := openCodes(ctx, l)
	if err != nil {
		return err
	}
	for _, class := range classesOf(list) {
		if err := codes.open(ctx, l, class); err != nil {
			return err
		}
	}
	for i := range list {
		if err := geo.Validate(list[i].Geometry); err != nil {
			return err
		}
		list[i].Place = locator.Place(list[i].Geometry)
		codes.keep(list[i])
	}
	for i := range list {
		codes.give(&list[i])
	}
	if err := createIn(ctx, l, assetNoun, list); err != nil {
		return err
	}
	return codes.close(ctx, l)
}

// classesOf returns the classes in use, sorted: counters are locked in this
// order, so that two writers never wait for one another in a circle.
func classesOf(list []assets.Asset) (classes []string) {
	seen := map[string]bool{}
	for i := range list {
		if c := list[i].Class; !seen[c] {
			seen[c] = true
			classes = append(classes, c)
		}
	}
	sort.Strings(classes)
	return classes
}

// Locator prepares the segments and communities of a jurisdiction.
func (s *Store) Locator(ctx context.Context, jurisdiction string) (*assets.Locator, error) {
	return locator(ctx, s.pool, jurisdiction)
}

func locator(ctx context.Context, db querier, jurisdiction string) (*assets.Locator, error) {
	segments, err := all(func(each func(*assets.Segment) error) error {
		return stream(ctx, db, segmentNoun, assets.CollectionSegments, assets.In(jurisdiction), each)
	})
	if err != nil {
		return nil, err
	}
	areas, err := all(func(each func(*assets.Area) error) error {
		return stream(ctx, db, areaNoun, assets.CollectionAreas, assets.In(jurisdiction), each)
	})
	if err != nil {
		return nil, err
	}
	return assets.NewLocator(segments, areas), nil
}

const assetFields = `select jurisdiction, id, version, updated_at, code, class, name, status, condition, segment, chainage_m, side, offset_m,
	community, accuracy_m, source, source_id, source_crs, coalesce(to_char(installed_on, 'YYYY-MM-DD'), ''),
	coalesce(to_char(removed_on, 'YYYY-MM-DD'), ''), replaces, replaced_by, attributes, geom from`

func scanAsset(row scanner, a *assets.Asset) error {
	p := &a.Place
	return row.Scan(&a.Jurisdiction, &a.ID, &a.Version, &a.UpdatedAt, &a.Code, &a.Class, &a.Name, &a.Status, &a.Condition,
		&p.Segment, &p.ChainageM, &p.Side, &p.OffsetM, &p.Community, &a.AccuracyM, &a.Source, &a.SourceID, &a.SourceCRS,
		&a.InstalledOn, &a.RemovedOn, &a.Replaces, &a.ReplacedBy, &a.Attributes, &a.Geometry)
}

// EachAsset calls each with every asset the query selects, in the order of
// keys. The asset is reused for the next row.
func (s *Store) EachAsset(ctx context.Context, q assets.Query, each func(*assets.Asset) error) error {
	names, err := s.classNames(ctx)
	if err != nil {
		return err
	}
	return stream(ctx, s.pool, assetNoun, assets.CollectionAssets, q, func(a *assets.Asset) error {
		names.dress(a, q.Public)
		return each(a)
	})
}

// Asset returns one asset, or an error of code assets.NotFound.
func (s *Store) Asset(ctx context.Context, v assets.View, id uuid.UUID) (assets.Asset, error) {
	names, err := s.classNames(ctx)
	if err != nil {
		return assets.Asset{}, err
	}
	a, err := one(ctx, s.pool, assetNoun, assets.CollectionAssets, v, id)
	names.dress(&a, v.Public)
	return a, err
}

// AssetVersion returns one asset as it was in a version.
func (s *Store) AssetVersion(ctx context.Context, jurisdiction string, id uuid.UUID, version int) (assets.Asset, error) {
	names, err := s.classNames(ctx)
	if err != nil {
		return assets.Asset{}, err
	}
	a, err := atVersion(ctx, s, assetNoun, jurisdiction, id, version)
	names.dress(&a, false)
	return a, err
}
