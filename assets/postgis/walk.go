package postgis

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

var walkNoun = noun[assets.Walk]{
	name:    "walk",
	table:   "walk",
	columns: []string{"jurisdiction", "id", "actor", "started_at", "ended_at", "sides", "note", "track", "version", "updated_at"},
	selects: `select jurisdiction, id, version, updated_at, actor, started_at, ended_at, sides, note, track from`,
	head:    func(w *assets.Walk) *assets.Header { return &w.Header },
	prepare: func(w *assets.Walk) error {
		if w.Sides == nil {
			w.Sides = []assets.WalkedSide{}
		}
		if len(w.Track) > 0 {
			if err := geo.Validate(w.Track); err != nil {
				return err
			}
		}
		return w.Validate()
	},
	row: func(w *assets.Walk) []any {
		var track any
		if len(w.Track) > 0 {
			track = w.Track
		}
		return []any{w.Jurisdiction, w.ID, w.Actor, w.StartedAt, w.EndedAt, w.Sides, w.Note, track, w.Version, w.UpdatedAt}
	},
	scan: func(row scanner, w *assets.Walk) error {
		var g orb.Geometry
		w.Sides = nil
		err := row.Scan(&w.Jurisdiction, &w.ID, &w.Version, &w.UpdatedAt, &w.Actor, &w.StartedAt, &w.EndedAt, &w.Sides, &w.Note, &g)
		w.Track, _ = g.(orb.LineString)
		return err
	},
}

// walkedSegments demands that the segments of a walk are there.
func (l *ledger) walkedSegments(ctx context.Context, w assets.Walk) error {
	for i, side := range w.Sides {
		err := l.living(ctx, segmentNoun.name, side.Segment)
		if assets.ErrorCode(err) == assets.NotYet {
			return assets.Errorf(assets.Invalid, fmt.Sprintf("sides.%d.segment", i), "没有这个路段", "there is no such segment")
		}
		if err != nil && assets.ErrorCode(err) != assets.Gone { // it was there when he walked
			return err
		}
	}
	return nil
}

// Walks lists the walks of a jurisdiction in the order of ids, which is that of
// their making, after one of them.
func (s *Store) Walks(ctx context.Context, jurisdiction string, after uuid.UUID, limit int) ([]assets.Walk, error) {
	rows, err := s.pool.Query(ctx, walkNoun.selects+` walk where jurisdiction = $1 and deleted_at is null and id > $2 order by id limit $3`, jurisdiction, after, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (w assets.Walk, err error) {
		err = walkNoun.scan(row, &w)
		return w, err
	})
}

// CoverageQuery selects segments and days; days are those in China, "" is open.
type CoverageQuery struct {
	Jurisdiction string
	KeyOnly      bool
	From, To     string
}

// Coverage says for each segment when its sides were walked, in the order of codes.
// Whoever walked a segment that was split since, walked its parts; of a merged one
// somebody may have walked but a piece, which says nothing of the whole.
func (s *Store) Coverage(ctx context.Context, q CoverageQuery) ([]assets.Coverage, error) {
	type row struct {
		ID         uuid.UUID
		Code, Name string
		LengthM    float64
		Side       *string
		On         *string
		By         *string
	}
	rows, err := collect[row](ctx, s.pool, `with recursive seen as (
			select distinct (side->>'segment')::uuid as segment, side->>'side' as side, to_char(ended_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as day, actor
			from walk, json_array_elements(sides) side where jurisdiction = $1 and deleted_at is null),
		part (whole, segment) as (
			select from_segment, to_segment from lineage where jurisdiction = $1 and kind = 'split' and deleted_at is null
			union select p.whole, l.to_segment from part p join lineage l on l.jurisdiction = $1 and l.from_segment = p.segment and l.kind = 'split' and l.deleted_at is null),
		walked as (select * from seen union select p.segment, s.side, s.day, s.actor from seen s join part p on p.whole = s.segment)
		select s.id, s.code, s.name, s.length_m, w.side, w.day as "on", w.actor as by from segment s
		left join walked w on w.segment = s.id and ($3 = '' or w.day >= $3) and ($4 = '' or w.day <= $4)
		where s.jurisdiction = $1 and s.deleted_at is null and (s.key or not $2) order by s.code, s.id, w.day desc, w.actor`, q.Jurisdiction, q.KeyOnly, q.From, q.To)
	if err != nil {
		return nil, err
	}
	list := []assets.Coverage{}
	for _, r := range rows {
		if len(list) == 0 || list[len(list)-1].Segment != r.ID {
			list = append(list, assets.Coverage{Segment: r.ID, Code: r.Code, Name: r.Name, LengthM: r.LengthM,
				Left: assets.SideCoverage{Days: []assets.WalkedDay{}}, Right: assets.SideCoverage{Days: []assets.WalkedDay{}}})
		}
		if r.Side == nil {
			continue
		}
		side := &list[len(list)-1].Right
		if *r.Side == assets.SideLeft {
			side = &list[len(list)-1].Left
		}
		if side.Last == nil {
			side.Last = r.On
		}
		side.Days = append(side.Days, assets.WalkedDay{On: *r.On, By: *r.By})
	}
	return list, nil
}
