package postgis

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// dimension is how one of assets.Dimensions is asked: its key, and which shares
// have one; the others fall elsewhere.
type dimension struct {
	key, has string
}

var dimensions = map[string]dimension{
	"segment":     {`a.target::text`, `a.noun = 'segment'`},
	"area":        {`a.target::text`, `a.noun = 'area'`},
	"asset-class": {`a.class`, `a.class is not null`},
	"year":        {key: `to_char(a.booked_on, 'YYYY')`},
	"month":       {key: `to_char(a.booked_on, 'YYYY-MM')`},
	"kind":        {key: `p.kind`},
	"fund":        {key: `p.fund`},
	"project":     {key: `p.id::text`},
	"department":  {key: `coalesce(p.department::text, '')`},
}

// Where a share stands in the answer.
const (
	inRows = iota
	inElsewhere
	inUnallocated
)

// Investment sums the shares that a query selects. All is taken from one
// snapshot, so it always belongs together.
func (s *Store) Investment(ctx context.Context, q assets.InvestmentQuery) (found assets.Investment, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		asked, err := questionOf(ctx, tx, q)
		if err != nil {
			return err
		}
		if err := asked.sum(ctx, tx, &found); err != nil {
			return err
		}
		if err := addAsked(ctx, tx, q, &found); err != nil {
			return err
		}
		if err := asked.origins(ctx, tx, found.Rows); err != nil {
			return err
		}
		if err := dressInvestment(ctx, tx, q, found.Rows); err != nil {
			return err
		}
		return markRetired(ctx, tx, q, found.Rows)
	})
	return found, err
}

// sum fills an answer but for what people call its rows.
func (q question) sum(ctx context.Context, db querier, found *assets.Investment) error {
	sql, args, err := q.sums()
	if err != nil {
		return err
	}
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	keys := make([]*string, len(q.By))
	var place int
	var r assets.InvestmentRow
	into := []any{&place}
	for i := range keys {
		into = append(into, &keys[i])
	}
	into = append(into, (*int64)(&r.Amount), &r.Entries, (*int64)(&found.Total))
	_, err = pgx.ForEachRow(rows, into, func() error {
		switch place {
		case inUnallocated:
			found.Unallocated += r.Amount
		case inElsewhere:
			found.Elsewhere += r.Amount
		default:
			r.Keys = make([]string, len(keys))
			for i, k := range keys {
				r.Keys[i] = *k
			}
			found.Rows = append(found.Rows, r)
		}
		return nil
	})
	return err
}

// sums selects where shares stand, their keys there, their sum, the number of
// entries, and beside each the sum of all shares that the query selects, before
// they are divided among classes.
func (q question) sums() (string, []any, error) {
	if q.Summed() {
		return q.keptSums()
	}
	c := &conditions{}
	from, err := c.shares(q)
	if err != nil {
		return "", nil, err
	}
	total := `sum(sum(a.amount)) over ()`
	if q.Classed() && len(q.Classes) == 0 {
		total = `(select coalesce(sum(a.amount), 0) from ` + c.undivided(q) + sharesJoined + c.where() + `)`
	}
	row, keys := q.standing()
	places := []string{"1"}
	for i := range keys {
		keys[i] = fmt.Sprintf("case when %s then %s end", row, keys[i])
		places = append(places, fmt.Sprint(i+2))
	}
	return fmt.Sprintf(`select case when %s then %d when a.noun = '' then %d else %d end, %s, sum(a.amount)::bigint, %s, (%s)::bigint from %s group by %s order by %d desc, %s`,
		row, inRows, inUnallocated, inElsewhere, strings.Join(keys, ", "), q.counted(), total, from, strings.Join(places, ", "), len(q.By)+2, strings.Join(places[1:], ", ")), c.args, nil
}

// keptSums is sums from what is kept of each target.
func (q question) keptSums() (string, []any, error) {
	c := &conditions{}
	from, err := c.summed(q)
	return fmt.Sprintf(`select case noun when '%s' then %d when '' then %d else %d end, target::text, sum(amount)::bigint, sum(entries)::bigint, (sum(sum(amount)) over ())::bigint from %s
		group by noun, target having sum(entries) <> 0 or sum(amount) <> 0 order by 3 desc, 2`, q.By[0], inRows, inUnallocated, inElsewhere, from), c.args, err
}

// standing is which shares have a row in the answer, and the keys of it.
func (q question) standing() (row string, keys []string) {
	var has []string
	for _, name := range q.By {
		d := dimensions[name]
		keys = append(keys, d.key)
		if d.has != "" {
			has = append(has, d.has)
		}
	}
	if has == nil {
		has = []string{`a.noun <> ''`}
	}
	return strings.Join(has, " and "), keys
}

// addAsked adds the segments and areas that have no money but are asked for by
// their ids, and the key segments: that nothing was spent on one of them is an
// answer too.
func addAsked(ctx context.Context, db querier, q assets.InvestmentQuery, found *assets.Investment) error {
	if len(q.By) != 1 || len(q.Classes) > 0 {
		return nil
	}
	noun := q.By[0]
	asked := map[string][]uuid.UUID{assets.TargetSegment: q.Segments, assets.TargetArea: q.Areas}
	other := len(q.Segments) + len(q.Areas) - len(asked[noun])
	if len(q.On) > 0 && !slices.Contains(q.On, noun) || other > 0 || noun == assets.TargetArea && (len(q.Areas) == 0 || q.Key != nil) || noun != assets.TargetSegment && noun != assets.TargetArea {
		return nil
	}
	c := &conditions{}
	c.add("jurisdiction = " + c.arg(q.Jurisdiction))
	c.add("deleted_at is null")
	switch {
	case len(asked[noun]) > 0:
		c.add(fmt.Sprintf("id = any(%s)", c.arg(asked[noun])))
	default:
		c.add("key")
	}
	if q.Key != nil {
		c.add("key = " + c.arg(*q.Key))
	}
	if q.Filter != nil {
		if q.Filter[collectionOf[noun]] == nil {
			return nil
		}
		sql, err := c.targets(q, noun)
		if err != nil {
			return err
		}
		c.add("id in (" + sql + ")")
	}
	rows, err := db.Query(ctx, "select id::text from "+noun+c.where()+" order by id", c.args...)
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	known := make(map[string]bool, len(found.Rows))
	for _, r := range found.Rows {
		known[r.Keys[0]] = true
	}
	for _, id := range ids {
		if !known[id] {
			found.Rows = append(found.Rows, assets.InvestmentRow{Keys: []string{id}})
		}
	}
	slices.SortStableFunc(found.Rows, func(a, b assets.InvestmentRow) int { return cmp.Compare(b.Amount, a.Amount) })
	return nil
}

// dressInvestment gives rows the names people know and what they can be divided by.
func dressInvestment(ctx context.Context, db querier, q assets.InvestmentQuery, list []assets.InvestmentRow) error {
	for i, name := range q.By {
		sql := namesOf[name]
		if sql == "" {
			for k := range list {
				list[k].Names = append(list[k].Names, list[k].Keys[i])
			}
			continue
		}
		ids := make([]string, len(list))
		for k := range list {
			ids[k] = list[k].Keys[i]
		}
		slices.Sort(ids)
		if ids = slices.Compact(ids); name == assets.TargetArea && len(ids) > maxCounted {
			sql = uncountedAreas
		}
		type named struct {
			Name      string
			LengthM   *float64
			AreaM2    *float64
			Residents *int
			Assets    *int64
		}
		rows, err := db.Query(ctx, sql, q.Jurisdiction, ids)
		if err != nil {
			return err
		}
		var id string
		var n named
		found := map[string]named{}
		if _, err := pgx.ForEachRow(rows, []any{&id, &n.Name, &n.LengthM, &n.AreaM2, &n.Residents, &n.Assets}, func() error { found[id] = n; return nil }); err != nil {
			return err
		}
		for k := range list {
			r, n := &list[k], found[list[k].Keys[i]]
			r.Names = append(r.Names, n.Name)
			if n.LengthM != nil || n.AreaM2 != nil || n.Assets != nil && len(q.By) == 1 {
				r.LengthM, r.AreaM2, r.Residents, r.Assets = n.LengthM, n.AreaM2, n.Residents, n.Assets
			}
		}
	}
	return nil
}

// namesOf the keys of a dimension, also of what was deleted since: $1
// jurisdiction, $2 keys.
var namesOf = map[string]string{
	"segment": `select g.id::text, g.name, g.length_m, null::float8, null::integer,
		(select count(*) from asset t where t.jurisdiction = g.jurisdiction and t.segment = g.id and t.deleted_at is null and t.status <> 'removed')
		from segment g where g.jurisdiction = $1 and g.id = any($2::text[]::uuid[])`,
	"area": `select g.id::text, g.name, null::float8, g.area_m2, g.residents,
		(select count(*) from asset t where t.jurisdiction = g.jurisdiction and t.geom && g.geom and st_intersects(t.geom, g.geom) and t.deleted_at is null and t.status <> 'removed')
		from area g where g.jurisdiction = $1 and g.id = any($2::text[]::uuid[])`,
	"project":    `select id::text, name, null::float8, null::float8, null::integer, null::bigint from project where jurisdiction = $1 and id = any($2::text[]::uuid[])`,
	"department": `select id::text, name, null::float8, null::float8, null::integer, null::bigint from department where jurisdiction = $1 and id::text = any($2)`,
	"asset-class": `select c.code, c.name, null::float8, null::float8, null::integer, coalesce(n.n, 0)
		from (select distinct on (code) code, name from class where jurisdiction in ($1, '000000000') and code = any($2) order by code, jurisdiction desc) c
		left join (select class, count(*) as n from asset where jurisdiction = $1 and class = any($2) and deleted_at is null and status <> 'removed' group by 1) n on n.class = c.code`,
}

// maxCounted is how many areas the assets are counted in: each has to be searched.
const maxCounted = 500

// uncountedAreas are the names of areas without their assets.
const uncountedAreas = `select id::text, name, null::float8, area_m2, residents, null::bigint from area where jurisdiction = $1 and id = any($2::text[]::uuid[])`
