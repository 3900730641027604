package postgis

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"streetbook/assets"
)

var lineageNoun = noun[assets.Succession]{
	name:    "lineage",
	table:   "lineage",
	columns: []string{"jurisdiction", "id", "kind", "from_segment", "to_segment", "weight", "version", "updated_at"},
	selects: `select jurisdiction, id, version, updated_at, kind, from_segment, to_segment, weight from`,
	head:    func(s *assets.Succession) *assets.Header { return &s.Header },
	prepare: func(*assets.Succession) error { return nil },
	row: func(s *assets.Succession) []any {
		return []any{s.Jurisdiction, s.ID, s.Kind, s.From, s.To, s.Weight, s.Version, s.UpdatedAt}
	},
	scan: func(row scanner, s *assets.Succession) error {
		return row.Scan(&s.Jurisdiction, &s.ID, &s.Version, &s.UpdatedAt, &s.Kind, &s.From, &s.To, &s.Weight)
	},
}

// Retired is what a split or a merge did: the segments that went, as they were,
// and those that took their place.
type Retired struct {
	Gone, Made []assets.Segment
}

// SplitSegment retires a segment and puts its parts in its place. Money stays
// booked on it; assets along it are placed anew.
func (s *Store) SplitSegment(ctx context.Context, w Write, t Target, cuts []assets.Cut, names []assets.Naming) (done Retired, err error) {
	receipts, err := s.write(ctx, w, t.Jurisdiction, nil, func(l *ledger) error {
		old, err := l.livingSegment(ctx, t.ID, t.Match)
		if err != nil {
			return err
		}
		parts, err := old.Split(cuts, names)
		if err != nil {
			return err
		}
		return l.succeed(ctx, assets.LineageSplit, []assets.Segment{old}, parts)
	})
	if err != nil {
		return done, err
	}
	return s.retired(ctx, t.Jurisdiction, receipts)
}

// MergeSegments retires segments and puts one in their place. versions, where
// there are any, are those that the writer saw, in the order of ids.
func (s *Store) MergeSegments(ctx context.Context, w Write, jurisdiction string, ids []uuid.UUID, versions []int, named assets.Naming) (done Retired, err error) {
	receipts, err := s.write(ctx, w, jurisdiction, nil, func(l *ledger) error {
		var list []assets.Segment
		for i, id := range ids {
			if slices.Contains(ids[:i], id) {
				return assets.Errorf(assets.Invalid, "ids", "路段 %s 出现两次", "the segment %s stands there twice", id)
			}
			match := assets.AnyVersion
			if versions != nil {
				match = assets.Version(versions[i])
			}
			g, err := l.livingSegment(ctx, id, match)
			if err != nil {
				return err
			}
			list = append(list, g)
		}
		made, err := assets.Merge(list, named)
		if err != nil {
			return err
		}
		return l.succeed(ctx, assets.LineageMerge, list, []assets.Segment{made})
	})
	if err != nil {
		return done, err
	}
	return s.retired(ctx, jurisdiction, receipts)
}

// livingSegment is a segment as its writer saw it. Of one that was split or
// merged it says so.
func (l *ledger) livingSegment(ctx context.Context, id uuid.UUID, match assets.Match) (assets.Segment, error) {
	p, err := load(ctx, l, segmentNoun, id)
	if err != nil {
		return p.value, err
	}
	if p.deleted {
		if err := l.notSucceeded(ctx, id); assets.ErrorCode(err) == assets.Conflict {
			return p.value, assets.Errorf(assets.Gone, "id", "路段“%s”已被拆分或合并", "the segment %q was split or merged already", p.value.Name)
		} else if err != nil {
			return p.value, err
		}
		return p.value, notFound(segmentNoun.name)
	}
	return p.value, match.Check(p.value.Version)
}

// notSucceeded refuses to bring back a segment that lives on in others.
func (l *ledger) notSucceeded(ctx context.Context, id uuid.UUID) error {
	if err := l.send(ctx); err != nil {
		return err
	}
	rows, err := l.tx.Query(ctx, `select g.name from lineage s join segment g on g.jurisdiction = s.jurisdiction and g.id = s.to_segment
		where s.jurisdiction = $1 and s.from_segment = $2 and s.deleted_at is null order by g.code, g.id`, l.jurisdiction, id)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(names) == 0 {
		return err
	}
	return assets.Errorf(assets.Conflict, "id", "此路段已由“%s”接替，不能恢复；请撤销那次拆分或合并", "this segment lives on in %s: undo that split or merge instead", strings.Join(names, "、"))
}

// succeed retires segments, stores those that take their place, and says which
// came from which. The successions are the last of the segments' changes, so that
// an undo takes them back first.
func (l *ledger) succeed(ctx context.Context, kind string, old, made []assets.Segment) error {
	var around []orb.Geometry
	for _, g := range old {
		if _, err := erase(ctx, l, segmentNoun, g.ID, assets.Version(g.Version)); err != nil {
			return err
		}
		around = append(around, g.Geometry)
	}
	if err := l.send(ctx); err != nil { // their codes are free now
		return err
	}
	if err := createIn(ctx, l, segmentNoun, made); err != nil {
		return err
	}
	var list []assets.Succession
	for _, from := range old {
		for _, to := range made {
			part := to.LengthM
			if kind == assets.LineageMerge {
				part = from.LengthM
			}
			list = append(list, assets.Succession{Kind: kind, From: from.ID, To: to.ID, Weight: max(1, int64(math.Round(part*1000)))})
		}
	}
	for _, from := range old {
		l.recarried = append(l.recarried, from.ID)
	}
	if err := createIn(ctx, l, lineageNoun, list); err != nil {
		return err
	}
	return l.relocate(ctx, around...)
}

// retired reads what a split or merge did, also when its operation was known.
func (s *Store) retired(ctx context.Context, jurisdiction string, receipts []Receipt) (done Retired, err error) {
	for _, r := range receipts {
		if r.Noun != segmentNoun.name {
			continue
		}
		g, err := s.SegmentVersion(ctx, jurisdiction, r.ID, r.Version)
		if err != nil {
			return done, err
		}
		if r.Kind == assets.KindCreate {
			done.Made = append(done.Made, g)
		} else {
			done.Gone = append(done.Gone, g)
		}
	}
	return done, nil
}

// undoLineage takes back that one segment succeeded another, or brings that back.
// Where money was booked on the successor, undoing would leave it on nothing.
func (l *ledger) undoLineage(ctx context.Context, last, first Receipt) error {
	p, err := load(ctx, l, lineageNoun, last.ID)
	if err != nil {
		return err
	}
	l.recarried = append(l.recarried, p.value.From)
	if p.value.Version != last.Version {
		return assets.Errorf(assets.Stale, "op", "沿革之后又被改动", "the lineage was changed since")
	}
	if first.Kind == assets.KindDelete {
		again := p.value
		return save(ctx, l, lineageNoun, p.value, &again, assets.KindRestore)
	}
	var name string
	err = l.tx.QueryRow(ctx, `select g.name from segment g join rollup r on r.jurisdiction = g.jurisdiction and r.noun = 'segment' and r.target = g.id
		where g.jurisdiction = $1 and g.id = $2 and r.amount <> 0 limit 1`, l.jurisdiction, p.value.To).Scan(&name)
	if err == nil {
		return assets.Errorf(assets.Conflict, "op", "“%s”上已有入账，不能撤销；可再合并或拆分，或先冲销这些分录", "money is booked on %q by now: merge or split again instead, or reverse those entries first", name)
	}
	if !none(err) {
		return err
	}
	_, err = erase(ctx, l, lineageNoun, last.ID, assets.AnyVersion)
	return err
}

// lineage reads what became of the segments of a jurisdiction.
func lineage(ctx context.Context, db querier, jurisdiction string) (assets.Lineage, error) {
	rows, err := db.Query(ctx, lineageNoun.selects+` lineage where jurisdiction = $1 and deleted_at is null`, jurisdiction)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s assets.Succession, err error) {
		err = lineageNoun.scan(row, &s)
		return s, err
	})
	return assets.NewLineage(list), err
}

// SegmentName is what people call a segment, and whether it is gone.
type SegmentName struct {
	ID      uuid.UUID `json:"id"`
	Name    string    `json:"name"`
	Retired bool      `json:"retired"`
}

// Descent is a step in the lineage of a segment.
type Descent struct {
	Kind        string      `json:"kind"`
	From        SegmentName `json:"from"`
	To          SegmentName `json:"to"`
	Weight      int64       `json:"weight"` // of WeightTotal: millimetres of From's line
	WeightTotal int64       `json:"weight_total"`
	Op          uuid.UUID   `json:"op"`
	At          time.Time   `json:"at"`
	Actor       string      `json:"actor"`
}

// LineageOf lists the steps that lead to a segment and from it, and those beside
// them: whatever a split of an ancestor or a merge into a descendant made. The
// earliest comes first.
func (s *Store) LineageOf(ctx context.Context, jurisdiction string, id uuid.UUID) (name SegmentName, steps []Descent, err error) {
	err = s.pool.QueryRow(ctx, `select id, name, deleted_at is not null from segment where jurisdiction = $1 and id = $2`, jurisdiction, id).Scan(&name.ID, &name.Name, &name.Retired)
	if err != nil {
		if none(err) {
			err = notFound(segmentNoun.name)
		}
		return name, nil, err
	}
	rows, err := s.pool.Query(ctx, `with recursive up (id) as (select $2::uuid union select s.from_segment from lineage s join up on up.id = s.to_segment where s.jurisdiction = $1 and s.deleted_at is null),
		down (id) as (select $2::uuid union select s.to_segment from lineage s join down on down.id = s.from_segment where s.jurisdiction = $1 and s.deleted_at is null)
		select s.kind, f.id, f.name, f.deleted_at is not null, t.id, t.name, t.deleted_at is not null, s.weight,
			(select sum(weight)::bigint from lineage o where o.jurisdiction = $1 and o.from_segment = s.from_segment and o.deleted_at is null), c.op, c.at, c.actor
		from lineage s join segment f on f.jurisdiction = $1 and f.id = s.from_segment join segment t on t.jurisdiction = $1 and t.id = s.to_segment
		join change c on c.jurisdiction = $1 and c.id = s.id and c.version = s.version
		where s.jurisdiction = $1 and s.deleted_at is null and (s.from_segment in (select id from up union select id from down) or s.to_segment in (select id from up union select id from down))
		order by c.seq`, jurisdiction, id)
	if err != nil {
		return name, nil, err
	}
	steps, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (d Descent, err error) {
		err = row.Scan(&d.Kind, &d.From.ID, &d.From.Name, &d.From.Retired, &d.To.ID, &d.To.Name, &d.To.Retired, &d.Weight, &d.WeightTotal, &d.Op, &d.At, &d.Actor)
		return d, err
	})
	return name, steps, err
}
