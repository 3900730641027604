package postgis

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// dimension is how one of assets.Dimensions is asked: its key, and which rows
// have one; the others fall elsewhere.
type dimension struct {
	key, noun string
}

var dimensions = map[string]dimension{
	"segment":     {`a.target::text`, assets.TargetSegment},
	"area":        {`a.target::text`, assets.TargetArea},
	"asset-class": {`(select t.class from asset t where t.jurisdiction = a.jurisdiction and t.id = a.target)`, assets.TargetAsset},
	"year":        {key: `to_char(e.booked_on, 'YYYY')`},
	"month":       {key: `to_char(e.booked_on, 'YYYY-MM')`},
	"kind":        {key: `p.kind`},
	"fund":        {key: `p.fund`},
	"project":     {key: `p.id::text`},
	"department":  {key: `coalesce(p.department::text, '')`},
}

// Investment sums the allocations that a query selects. Rows, Elsewhere and
// Unallocated are taken from one statement, so they always belong together.
func (s *Store) Investment(ctx context.Context, q assets.InvestmentQuery) (found assets.Investment, err error) {
	sql, args := investmentSQL(q)
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return found, err
	}
	keys := make([]*string, len(q.By))
	var noun string
	var r assets.InvestmentRow
	into := []any{&noun}
	for i := range keys {
		into = append(into, &keys[i])
	}
	into = append(into, (*int64)(&r.Amount), &r.Entries)
	_, err = pgx.ForEachRow(rows, into, func() error {
		found.Total += r.Amount
		switch {
		case noun == "":
			found.Unallocated += r.Amount
		case !meant(q.By, noun):
			found.Elsewhere += r.Amount
		default:
			r.Keys = make([]string, len(keys))
			for i, k := range keys {
				if k != nil {
					r.Keys[i] = *k
				}
			}
			found.Rows = append(found.Rows, r)
		}
		return nil
	})
	if err != nil {
		return found, err
	}
	if q.Lineage == assets.LineageCurrent {
		if err := s.carryInvestment(ctx, q, &found); err != nil {
			return found, err
		}
	}
	if err := s.dressInvestment(ctx, q, found.Rows); err != nil {
		return found, err
	}
	return found, s.markRetired(ctx, q, found.Rows)
}

// meant reports whether what falls on a noun has a row under the dimensions.
func meant(by []string, noun string) bool {
	for _, name := range by {
		if d := dimensions[name]; d.noun != "" && d.noun != noun {
			return false
		}
	}
	return true
}

func investmentSQL(q assets.InvestmentQuery) (string, []any) {
	if len(q.By) == 1 && !q.Narrow() && dimensions[q.By[0]].noun != "" && q.By[0] != "asset-class" {
		return `select noun, target::text, sum(amount)::bigint, sum(entries)::bigint from rollup a where jurisdiction = $1 and basis = $2` + notCarried(q) + `
			group by noun, target having sum(entries) <> 0 or sum(amount) <> 0 order by 3 desc, 2`, []any{q.Jurisdiction, q.Basis}
	}
	c := &conditions{}
	c.investment(q)
	keys, places := make([]string, len(q.By)), []string{"1"}
	byTarget := false
	for i, name := range q.By {
		keys[i] = dimensions[name].key
		byTarget = byTarget || dimensions[name].noun != ""
		places = append(places, fmt.Sprint(i+2))
	}
	// Nouns matter only where a dimension is one of them; what falls nowhere is always told apart.
	noun := `case when a.noun = '' then '' else 'target' end`
	if byTarget {
		noun = `a.noun`
	}
	return fmt.Sprintf(`select %s, %s, sum(a.amount)::bigint, count(distinct a.entry) from allocation a
		join entry e on e.jurisdiction = a.jurisdiction and e.id = a.entry
		join project p on p.jurisdiction = e.jurisdiction and p.id = e.project%s%s group by %s order by %d desc, 2`,
		noun, strings.Join(keys, ", "), c.where(), notCarried(q), strings.Join(places, ", "), len(q.By)+2), c.args
}

// investment adds the conditions of a query on allocation a, entry e, project p.
func (c *conditions) investment(q assets.InvestmentQuery) {
	c.add("a.jurisdiction = " + c.arg(q.Jurisdiction))
	if q.Basis != "" {
		c.add("a.basis = " + c.arg(q.Basis))
	}
	if q.From != "" {
		c.add("e.booked_on >= " + c.arg(date(q.From)))
	}
	if q.To != "" {
		c.add("e.booked_on <= " + c.arg(date(q.To)))
	}
	if len(q.Kinds) > 0 {
		c.add(fmt.Sprintf("p.kind = any(%s)", c.arg(q.Kinds)))
	}
	if len(q.Funds) > 0 {
		c.add(fmt.Sprintf("p.fund = any(%s)", c.arg(q.Funds)))
	}
	if len(q.Projects) > 0 {
		c.add(fmt.Sprintf("p.id = any(%s)", c.arg(q.Projects)))
	}
	if len(q.Departments) > 0 {
		c.add(fmt.Sprintf("p.department = any(%s)", c.arg(q.Departments)))
	}
	if len(q.Segments) > 0 {
		c.add(fmt.Sprintf("a.noun = 'segment' and a.target = any(%s)", c.arg(q.Segments)))
	}
	if len(q.Areas) > 0 {
		c.add(fmt.Sprintf("a.noun = 'area' and a.target = any(%s)", c.arg(q.Areas)))
	}
	if q.Key != nil {
		c.add(fmt.Sprintf("a.noun = 'segment' and exists (select from segment g where g.jurisdiction = a.jurisdiction and g.id = a.target and g.key = %s)", c.arg(*q.Key)))
	}
}

// dressInvestment gives rows the names people know and what they can be divided by.
func (s *Store) dressInvestment(ctx context.Context, q assets.InvestmentQuery, list []assets.InvestmentRow) error {
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
		type named struct {
			Name      string
			LengthM   *float64
			AreaM2    *float64
			Residents *int
			Assets    *int64
		}
		rows, err := s.pool.Query(ctx, sql, q.Jurisdiction, ids)
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
			if n.LengthM != nil || n.AreaM2 != nil {
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
	"area":        `select id::text, name, null::float8, area_m2, residents, null::bigint from area where jurisdiction = $1 and id = any($2::text[]::uuid[])`,
	"project":     `select id::text, name, null::float8, null::float8, null::integer, null::bigint from project where jurisdiction = $1 and id = any($2::text[]::uuid[])`,
	"department":  `select id::text, name, null::float8, null::float8, null::integer, null::bigint from department where jurisdiction = $1 and id::text = any($2)`,
	"asset-class": `select distinct on (code) code, name, null::float8, null::float8, null::integer, null::bigint from class where jurisdiction in ($1, '000000000') and code = any($2) order by code, jurisdiction desc`,
}

// EntryQuery selects entries of one jurisdiction, the latest day first.
type EntryQuery struct {
	assets.InvestmentQuery // without By; an empty Basis asks for every kind
	EntryKinds             []string
	After                  uuid.UUID // the last entry of the page before; the nil UUID for the first
	Limit                  int
}

// BookedEntry is an entry with its project's name and what of it falls where.
type BookedEntry struct {
	assets.Entry
	ProjectName string
	Allocations []assets.Allocation
	Gone        map[uuid.UUID]GoneSegment // those of its segments that were split or merged
}

// Entries returns a page of entries.
func (s *Store) Entries(ctx context.Context, q EntryQuery) (list []BookedEntry, err error) {
	if q.InvestmentQuery, err = s.before(ctx, q.InvestmentQuery); err != nil {
		return nil, err
	}
	c := &conditions{}
	c.add("e.jurisdiction = " + c.arg(q.Jurisdiction))
	if q.Basis != "" || q.Narrow() {
		inner := &conditions{args: c.args}
		inner.investment(q.InvestmentQuery)
		c.args = inner.args
		c.add("exists (select from allocation a join project p on p.jurisdiction = e.jurisdiction and p.id = e.project" + inner.where() + " and a.entry = e.id)")
	}
	// Of a target's entries there are few: they are looked up first, or the
	// database would walk all entries by day until it has found a page of them.
	for noun, ids := range map[string][]uuid.UUID{assets.TargetSegment: q.Segments, assets.TargetArea: q.Areas} {
		if len(ids) > 0 {
			c.add(fmt.Sprintf("e.id = any(array(select entry from allocation where jurisdiction = %s and noun = %s and target = any(%s)))", c.arg(q.Jurisdiction), c.arg(noun), c.arg(ids)))
		}
	}
	if len(q.EntryKinds) > 0 {
		c.add(fmt.Sprintf("e.kind = any(%s)", c.arg(q.EntryKinds)))
	}
	if q.After != uuid.Nil {
		c.add(fmt.Sprintf("(e.booked_on, e.id) < (select booked_on, id from entry where jurisdiction = %s and id = %s)", c.arg(q.Jurisdiction), c.arg(q.After)))
	}
	entries, err := entriesIn(ctx, s.pool, entryNoun.selects+" entry e"+c.where()+" order by e.booked_on desc, e.id desc limit "+c.arg(q.Limit), c.args...)
	if err != nil {
		return nil, err
	}
	return s.withShares(ctx, q.Jurisdiction, entries)
}

// withShares adds what people ask of entries.
func (s *Store) withShares(ctx context.Context, jurisdiction string, entries []assets.Entry) ([]BookedEntry, error) {
	list, at, ids := make([]BookedEntry, len(entries)), map[uuid.UUID]int{}, make([]uuid.UUID, len(entries))
	projects := map[uuid.UUID]string{}
	for i, e := range entries {
		list[i], at[e.ID], ids[i] = BookedEntry{Entry: e}, i, e.ID
		projects[e.Project] = ""
	}
	rows, err := s.pool.Query(ctx, `select entry, noun, target, amount, rule, weight, weight_total from allocation where jurisdiction = $1 and entry = any($2) order by entry, noun, target`, jurisdiction, ids)
	if err != nil {
		return nil, err
	}
	var id uuid.UUID
	var a assets.Allocation
	if _, err = pgx.ForEachRow(rows, []any{&id, &a.Target.Noun, &a.Target.ID, (*int64)(&a.Amount), &a.Rule, &a.Weight, &a.WeightTotal}, func() error {
		list[at[id]].Allocations = append(list[at[id]].Allocations, a)
		return nil
	}); err != nil {
		return nil, err
	}
	rows, err = s.pool.Query(ctx, `select p.id, p.name from project p join entry e on e.jurisdiction = p.jurisdiction and e.project = p.id where p.jurisdiction = $1 and e.id = any($2)`, jurisdiction, ids)
	if err != nil {
		return nil, err
	}
	var name string
	if _, err = pgx.ForEachRow(rows, []any{&id, &name}, func() error { projects[id] = name; return nil }); err != nil {
		return nil, err
	}
	for i := range list {
		list[i].ProjectName = projects[list[i].Project]
	}
	return list, s.withGone(ctx, jurisdiction, list)
}

// EntryPlace is the jurisdiction of an entry in a scope.
func (s *Store) EntryPlace(ctx context.Context, scope assets.Scope, id uuid.UUID) (string, error) {
	return s.placeOf(ctx, scope, entryNoun.table, id)
}

// Entry returns one entry with what of it falls where.
func (s *Store) Entry(ctx context.Context, jurisdiction string, id uuid.UUID) (BookedEntry, error) {
	entries, err := entriesWhere(ctx, s.pool, `jurisdiction = $1 and id = $2`, jurisdiction, id)
	if err != nil {
		return BookedEntry{}, err
	}
	list, err := s.withShares(ctx, jurisdiction, entries)
	if err != nil || len(list) == 0 {
		return BookedEntry{}, orNotFound(err, "entry")
	}
	return list[0], nil
}

func orNotFound(err error, noun string) error {
	if err != nil {
		return err
	}
	return notFound(noun)
}
