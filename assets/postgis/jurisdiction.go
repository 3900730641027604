package postgis

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

// AddJurisdiction makes room for a place: the jurisdiction and, as its first
// area, its boundary. The jurisdiction's own change is the first of its chain.
func (s *Store) AddJurisdiction(ctx context.Context, w Write, j assets.Jurisdiction, boundary orb.Geometry) error {
	outline := assets.Area{Code: j.Code, Name: j.Name, Level: assets.LevelBoundary, Source: j.Source, Geometry: boundary}
	return s.AddRegistry(ctx, w, assets.Registry{Jurisdiction: j, Areas: []assets.Area{outline}})
}

// AddRegistry stores a whole jurisdiction in one transaction: a program killed
// on the way leaves nothing of it. Segments and areas must bring their ids if
// assets are to be placed on them.
func (s *Store) AddRegistry(ctx context.Context, w Write, r assets.Registry) error {
	j := &r.Jurisdiction
	if j.Profile == "" {
		j.Profile = assets.ProfileCJT
	}
	if j.CodeOf == (assets.CodeLengths{}) {
		j.CodeOf = assets.StandardCode
	}
	if err := j.Validate(); err != nil {
		return err
	}
	if err := geo.Validate(r.Boundary()); err != nil {
		return err
	}
	id, err := newID(j.ID)
	if err != nil {
		return err
	}
	j.Header = assets.Header{Jurisdiction: j.Code, ID: id, Version: 1}
	var l *ledger
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := insertJurisdiction(ctx, tx, j); err != nil {
			return err
		}
		if l, err = openLedger(ctx, tx, w, j.Code); err != nil {
			return err
		}
		if err := fillJurisdiction(ctx, l, r); err != nil {
			return err
		}
		sum, err := bodySum(j.Code)
		if err != nil {
			return err
		}
		return l.close(ctx, sum)
	})
	if err == nil {
		s.commits.note(j.Code, l.seq)
	}
	return explain(err)
}

func insertJurisdiction(ctx context.Context, tx pgx.Tx, j *assets.Jurisdiction) error {
	lengths, err := json.Marshal(j.CodeOf)
	if err != nil {
		return err
	}
	const insert = `insert into jurisdiction (code, id, name, profile, source, code_lengths, updated_at)
		values ($1, $2, $3, $4, $5, $6, clock_timestamp()) returning updated_at`
	return tx.QueryRow(ctx, insert, j.Code, j.ID, j.Name, j.Profile, j.Source, rawJSON(lengths)).Scan(&j.UpdatedAt)
}

func fillJurisdiction(ctx context.Context, l *ledger, r assets.Registry) error {
	j := r.Jurisdiction
	after, err := marshal(j)
	if err != nil {
		return err
	}
	if err := l.note(ctx, assets.KindCreate, "jurisdiction", j.ID, 1, nil, after); err != nil {
		return err
	}
	if err := createIn(ctx, l, areaNoun, r.Areas); err != nil {
		return err
	}
	if err := createIn(ctx, l, segmentNoun, r.Segments); err != nil {
		return err
	}
	if err := createIn(ctx, l, basemapNoun, r.Basemap); err != nil {
		return err
	}
	if err := addAssetsIn(ctx, l, assets.NewLocator(r.Segments, r.Areas), r.Assets); err != nil {
		return err
	}
	return fillMoney(ctx, l, r)
}

// fillMoney books what was spent: on what stands there by now.
func fillMoney(ctx context.Context, l *ledger, r assets.Registry) error {
	if len(r.Projects) == 0 {
		return nil
	}
	if err := l.send(ctx); err != nil {
		return err
	}
	if err := createIn(ctx, l, projectNoun, r.Projects); err != nil {
		return err
	}
	return l.book(ctx, r.Entries)
}

type jurisdictionRow struct {
	Code        string
	ID          uuid.UUID
	Name        string
	Profile     string
	Source      string
	CodeLengths assets.CodeLengths
	Version     int
	UpdatedAt   time.Time
}

func (r jurisdictionRow) jurisdiction() assets.Jurisdiction {
	return assets.Jurisdiction{Header: assets.Header{Jurisdiction: r.Code, ID: r.ID, Version: r.Version, UpdatedAt: r.UpdatedAt},
		Code: r.Code, Name: r.Name, Profile: r.Profile, Source: r.Source, CodeOf: r.CodeLengths}
}

const jurisdictionColumns = `code, id, name, profile, source, code_lengths, version, updated_at`

// Jurisdiction returns one jurisdiction, or an error of code assets.NotFound.
func (s *Store) Jurisdiction(ctx context.Context, code string) (assets.Jurisdiction, error) {
	list, err := collect[jurisdictionRow](ctx, s.pool, `select `+jurisdictionColumns+` from jurisdiction where code = $1`, code)
	if err != nil {
		return assets.Jurisdiction{}, err
	}
	if len(list) == 0 || code == assets.SystemJurisdiction {
		return assets.Jurisdiction{}, assets.Errorf(assets.NotFound, "jurisdiction", "没有辖区 %s", "there is no jurisdiction %s", code)
	}
	return list[0].jurisdiction(), nil
}

// Jurisdictions lists every place in the registry with what it holds, by code.
// The program's own ledger is not among them.
func (s *Store) Jurisdictions(ctx context.Context) ([]assets.Summary, error) {
	type summaryRow struct {
		jurisdictionRow
		Areas, Segments, Assets  int64
		West, South, East, North *float64
	}
	rows, err := collect[summaryRow](ctx, s.pool, `select `+jurisdictionColumns+`,
		(select count(*) from area a where a.jurisdiction = j.code and deleted_at is null) as areas,
		(select count(*) from segment g where g.jurisdiction = j.code and deleted_at is null) as segments,
		(select count(*) from asset t where t.jurisdiction = j.code and deleted_at is null) as assets,
		st_xmin(outline) as west, st_ymin(outline) as south, st_xmax(outline) as east, st_ymax(outline) as north
		from (select *, (select geom from area a where a.jurisdiction = jurisdiction.code and level = 'boundary' and deleted_at is null) as outline
			from jurisdiction where code <> $1) j order by code`, assets.SystemJurisdiction)
	if err != nil {
		return nil, err
	}
	list := make([]assets.Summary, len(rows))
	for i, r := range rows {
		list[i] = assets.Summary{Jurisdiction: r.jurisdiction(), Areas: r.Areas, Segments: r.Segments, Assets: r.Assets}
		if r.West != nil {
			list[i].Bounds = orb.Bound{Min: orb.Point{*r.West, *r.South}, Max: orb.Point{*r.East, *r.North}}
		}
	}
	return list, nil
}
