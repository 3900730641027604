package postgis

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// What a dossier lists at most.
const (
	maxBought = 200
	maxPhotos = 12
)

// Dossier tells the money of a segment or area, also of one that is no more, in a
// view of lineage; now ends the years.
func (s *Store) Dossier(ctx context.Context, jurisdiction string, of assets.TargetRef, view string, now time.Time) (d assets.Dossier, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		q := assets.InvestmentQuery{Jurisdiction: jurisdiction, Lineage: view, Segments: []uuid.UUID{of.ID}}
		if of.Noun == assets.TargetArea {
			q.Segments, q.Areas = nil, q.Segments
		}
		asked, err := questionOf(ctx, tx, q)
		if err != nil {
			return err
		}
		r := dossierReader{tx, asked, of, now, &d}
		for _, read := range []func(context.Context) error{r.head, r.money, r.ranks, r.classes, r.condition, r.bought, r.photos} {
			if err := read(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return d, err
}

type dossierReader struct {
	tx   pgx.Tx
	q    question
	of   assets.TargetRef
	now  time.Time
	into *assets.Dossier
}

func (r *dossierReader) head(ctx context.Context) (err error) {
	d := r.into
	d.Noun, d.ID, d.Jurisdiction = r.of.Noun, r.of.ID, r.q.Jurisdiction
	if r.of.Noun == assets.TargetSegment {
		err = r.tx.QueryRow(ctx, `select code, name, deleted_at is not null, road, key, length_m from segment where jurisdiction = $1 and id = $2`, r.q.Jurisdiction, r.of.ID).
			Scan(&d.Code, &d.Name, &d.Retired, &d.Road, &d.Key, &d.LengthM)
	} else {
		err = r.tx.QueryRow(ctx, `select code, name, deleted_at is not null, level, area_m2, residents from area where jurisdiction = $1 and id = $2`, r.q.Jurisdiction, r.of.ID).
			Scan(&d.Code, &d.Name, &d.Retired, &d.Level, &d.AreaM2, &d.Residents)
	}
	if none(err) {
		return notFound(r.of.Noun)
	}
	return err
}

// money sums what fell on the thing by year, kind and fund under both bases.
func (r *dossierReader) money(ctx context.Context) error {
	c := &conditions{}
	from, err := c.shares(r.q)
	if err != nil {
		return err
	}
	rows, err := r.tx.Query(ctx, `select a.basis, to_char(a.booked_on, 'YYYY'), p.kind, p.fund, sum(a.amount)::bigint, `+r.q.counted()+` from `+from+` and a.basis = any(`+c.arg(assets.Bases)+`)
		group by 1, 2, 3, 4`, c.args...)
	if err != nil {
		return err
	}
	years, kinds, funds := map[string]*assets.DossierYear{}, map[string]*assets.DossierPart{}, map[string]*assets.DossierPart{}
	var basis, year, kind, fund string
	var amount assets.Fen
	var entries int64
	_, err = pgx.ForEachRow(rows, []any{&basis, &year, &kind, &fund, (*int64)(&amount), &entries}, func() error {
		y, k, f := entryOf(years, year), entryOf(kinds, kind), entryOf(funds, fund)
		y.Year, k.Kind, f.Fund = year, kind, fund
		total, parts := &r.into.Paid, []*assets.Fen{&y.Paid, &k.Paid, &f.Paid}
		if basis == assets.BasisCommitted {
			total, parts = &r.into.Committed, []*assets.Fen{&y.Committed, &k.Committed, &f.Committed}
		}
		total.Total += amount
		total.Entries += entries
		for _, p := range parts {
			*p += amount
		}
		return nil
	})
	r.into.Years = slices.Collect(valuesOf(years))
	r.into.Kinds, r.into.Funds = mostPaid(kinds), mostPaid(funds)
	return err
}

func entryOf[T any](m map[string]*T, key string) *T {
	if m[key] == nil {
		m[key] = new(T)
	}
	return m[key]
}

func valuesOf[T any](m map[string]*T) func(func(T) bool) {
	return func(yield func(T) bool) {
		for _, v := range m {
			if !yield(*v) {
				return
			}
		}
	}
}

func mostPaid(m map[string]*assets.DossierPart) []assets.DossierPart {
	list := append([]assets.DossierPart{}, slices.Collect(valuesOf(m))...)
	slices.SortFunc(list, func(a, b assets.DossierPart) int {
		return cmp.Or(cmp.Compare(b.Paid, a.Paid), cmp.Compare(b.Committed, a.Committed), cmp.Compare(a.Kind+a.Fund, b.Kind+b.Fund))
	})
	return list
}

// ranks divides the totals and says where they stand among their like.
func (r *dossierReader) ranks(ctx context.Context) error {
	for basis, t := range map[string]*assets.DossierTotal{assets.BasisPaid: &r.into.Paid, assets.BasisCommitted: &r.into.Committed} {
		t.PerM, t.PerM2 = perOf(t.Total, r.into.LengthM), perOf(t.Total, r.into.AreaM2)
		if n := r.into.Residents; n != nil {
			residents := float64(*n)
			t.PerResident = perOf(t.Total, &residents)
		}
		own := t.PerM
		if r.of.Noun == assets.TargetArea {
			own = t.PerM2
		}
		others, among, err := r.like(ctx, basis)
		if err != nil {
			return err
		}
		if t.Of = len(others); !among || own == nil {
			continue
		}
		rank := 1
		for _, o := range others {
			if o > *own {
				rank++
			}
		}
		t.Rank = &rank
	}
	return nil
}

// perOf is an amount for one unit of a measure, nil where there is none.
func perOf(amount assets.Fen, measure *float64) *assets.Fen {
	if measure == nil {
		return nil
	}
	each, ok := amount.Per(*measure)
	if !ok {
		return nil
	}
	return &each
}

// like are the figures of all key segments, with what they took over where that is
// asked for, or of the areas of a level; and whether the thing is among them.
func (r *dossierReader) like(ctx context.Context, basis string) (list []assets.Fen, among bool, err error) {
	sql, of := `select g.id, (coalesce(r.amount, 0) + coalesce((select sum(c.amount) from carried_rollup c where c.jurisdiction = g.jurisdiction and c.segment = g.id and c.basis = $2 and $3), 0))::bigint, g.length_m
		from segment g left join rollup r on r.jurisdiction = g.jurisdiction and r.basis = $2 and r.noun = 'segment' and r.target = g.id
		where g.jurisdiction = $1 and g.key and g.deleted_at is null`, any(r.q.carried)
	if r.of.Noun == assets.TargetArea {
		sql, of = `select g.id, coalesce(r.amount, 0), g.area_m2 from area g left join rollup r on r.jurisdiction = g.jurisdiction and r.basis = $2 and r.noun = 'area' and r.target = g.id
		where g.jurisdiction = $1 and g.level = $3 and g.deleted_at is null`, r.into.Level
	}
	rows, err := r.tx.Query(ctx, sql, r.q.Jurisdiction, basis, of)
	if err != nil {
		return nil, false, err
	}
	var id uuid.UUID
	var amount int64
	var measure float64
	_, err = pgx.ForEachRow(rows, []any{&id, &amount, &measure}, func() error {
		among = among || id == r.of.ID
		if each, ok := assets.Fen(amount).Per(measure); ok {
			list = append(list, each)
		}
		return nil
	})
	return list, among, err
}

// on selects the assets of the thing: $1 jurisdiction, $2 id.
func (r *dossierReader) on() string {
	if r.of.Noun == assets.TargetSegment {
		return `jurisdiction = $1 and segment = $2 and deleted_at is null and status <> 'removed'`
	}
	const area = `(select g.geom from area g where g.jurisdiction = $1 and g.id = $2)`
	return `jurisdiction = $1 and geom && ` + area + ` and st_intersects(geom, ` + area + `) and deleted_at is null and status <> 'removed'`
}

// className of a class, as the jurisdiction calls it: $1.
const className = `coalesce((select c.name from class c where c.jurisdiction in ($1, '000000000') and c.code = t.class order by c.jurisdiction desc limit 1), '')`

func (r *dossierReader) classes(ctx context.Context) error {
	rows, err := r.tx.Query(ctx, `select t.class, `+className+`, t.condition, t.n from (select class, condition, count(*) as n from asset where `+r.on()+` group by 1, 2) t order by 1`, r.q.Jurisdiction, r.of.ID)
	if err != nil {
		return err
	}
	r.into.Classes = []assets.DossierClass{}
	var class, name, condition string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&class, &name, &condition, &n}, func() error {
		list := r.into.Classes
		if len(list) == 0 || list[len(list)-1].Class != class {
			list = append(list, assets.DossierClass{Class: class, ClassName: name})
		}
		last := &list[len(list)-1]
		last.SegmentCounts = last.With(condition, n)
		r.into.Classes = list
		return nil
	})
	return err
}

// condition counts the assets at the end of each year, from the first money or
// record on, by the versions that lived then.
func (r *dossierReader) condition(ctx context.Context) error {
	versions := `(select condition, updated_at, null::timestamptz as ended_at from asset where ` + r.on() + ` union all select condition, updated_at, ended_at from asset_history where ` + r.on() + `) v`
	if err := r.tx.QueryRow(ctx, `select min(updated_at) from `+versions, r.q.Jurisdiction, r.of.ID).Scan(&r.into.RecordedSince); err != nil {
		return err
	}
	r.years(r.into.RecordedSince)
	ends := make([]time.Time, len(r.into.Years))
	for i, y := range r.into.Years {
		n, err := strconv.Atoi(y.Year)
		if err != nil {
			return err
		}
		if ends[i] = time.Date(n+1, 1, 1, 0, 0, 0, 0, china).Add(-time.Microsecond); ends[i].After(r.now) {
			ends[i] = r.now
		}
	}
	rows, err := r.tx.Query(ctx, `select x.i, count(*), round(avg(array_position(array['good', 'fair', 'poor', 'dangerous'], v.condition)), 3)::float8
		from unnest($3::timestamptz[]) with ordinality x(at, i) join `+versions+` on v.updated_at <= x.at and (v.ended_at is null or v.ended_at > x.at) group by 1`, r.q.Jurisdiction, r.of.ID, ends)
	if err != nil {
		return err
	}
	var i int
	var n int64
	var mean *float64
	_, err = pgx.ForEachRow(rows, []any{&i, &n, &mean}, func() error {
		count := n
		r.into.Years[i-1].AssetCount, r.into.Years[i-1].ConditionMean = &count, mean
		return nil
	})
	if n := len(r.into.Years); n > 0 && r.into.Years[n-1].AssetCount != nil {
		r.into.AssetCount, r.into.ConditionMean = *r.into.Years[n-1].AssetCount, r.into.Years[n-1].ConditionMean
	}
	return err
}

// china is where years end.
var china = time.FixedZone("UTC+8", 8*60*60)

// years puts the years in order and fills gaps, from the first money or record to
// now, or to the last money if that is dated later.
func (r *dossierReader) years(recorded *time.Time) {
	known := map[string]assets.DossierYear{}
	last := r.now.In(china).Year()
	first := last
	if recorded != nil {
		first = min(first, recorded.In(china).Year())
	}
	for _, y := range r.into.Years {
		known[y.Year] = y
		if n, err := strconv.Atoi(y.Year); err == nil {
			first, last = min(first, n), max(last, n)
		}
	}
	r.into.Years = r.into.Years[:0]
	for n := first; n <= last; n++ {
		y := known[strconv.Itoa(n)]
		y.Year = strconv.Itoa(n)
		r.into.Years = append(r.into.Years, y)
	}
}

// bought lists what entries on the thing paid for: of one that falls on others
// too, the assets that are there.
func (r *dossierReader) bought(ctx context.Context) error {
	c := &conditions{}
	c.arg(r.q.Jurisdiction) // $1 and $2, of className and on
	c.arg(r.of.ID)
	from, err := c.shares(r.q)
	if err != nil {
		return err
	}
	rows, err := r.tx.Query(ctx, `select t.id, t.code, t.name, t.class, `+className+` as class_name, t.condition, t.status, t.segment, t.entry, t.on_day, t.voucher from (
			select distinct on (t.id) t.id, t.code, t.name, t.class, t.condition, t.status, t.segment, e.id as entry, e.booked_on::text as on_day, e.voucher
			from entry e cross join lateral json_array_elements_text(e.assets) x(id) join asset t on t.jurisdiction = e.jurisdiction and t.id = x.id::uuid
			where e.jurisdiction = $1 and e.assets is not null and e.reverses is null and e.reversed_by is null and t.deleted_at is null and e.id in (select a.entry from `+from+`)
				and (t.id in (select id from asset where `+r.on()+`) or not exists (select from allocation o where o.jurisdiction = e.jurisdiction and o.entry = e.id and o.noun <> '' and o.target <> $2))
			order by t.id, e.booked_on desc, e.id desc) t
		order by t.on_day desc, t.code, t.id limit `+c.arg(maxBought), c.args...)
	if err != nil {
		return err
	}
	r.into.Bought, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (b assets.BoughtAsset, err error) {
		err = row.Scan(&b.ID, &b.Code, &b.Name, &b.Class, &b.ClassName, &b.Condition, &b.Status, &b.Segment, &b.Entry, &b.On, &b.Voucher)
		return b, err
	})
	return err
}

// photos lists the newest of the thing, of its assets, and of the segments that it
// was split off or merged from: without originals, which follow their copies.
func (r *dossierReader) photos(ctx context.Context) error {
	of := []uuid.UUID{r.of.ID}
	if r.of.Noun == assets.TargetSegment {
		line, err := lineage(ctx, r.tx, r.q.Jurisdiction)
		if err != nil {
			return err
		}
		of = line.Origins(of...)
	}
	rows, err := r.tx.Query(ctx, `select id, case when noun = 'asset' then object end, taken_at, caption, coalesce((select g.name from segment g where g.jurisdiction = p.jurisdiction and g.id = p.object and p.noun = 'segment' and g.id <> $2), '')
		from photo p where jurisdiction = $1 and deleted_at is null and stored_at is not null and original_of is null
		and (noun = $3 and object = any($4) or noun = 'asset' and object in (select id from asset where `+r.on()+`)) order by coalesce(taken_at, stored_at) desc, id limit $5`,
		r.q.Jurisdiction, r.of.ID, r.of.Noun, of, maxPhotos)
	if err != nil {
		return err
	}
	r.into.Photos, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (p assets.DossierPhoto, err error) {
		err = row.Scan(&p.Photo, &p.Asset, &p.TakenAt, &p.Caption, &p.Former)
		return p, err
	})
	return err
}
