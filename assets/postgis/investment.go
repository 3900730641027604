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
	"year":        {key: `to_char(e.booked_on, 'YYYY')`},
	"month":       {key: `to_char(e.booked_on, 'YYYY-MM')`},
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
		if err := sumShares(ctx, tx, q, &found); err != nil {
			return err
		}
		if err := addAsked(ctx, tx, q, &found); err != nil {
			return err
		}
		return dressInvestment(ctx, tx, q, found.Rows)
	})
	return found, err
}

func sumShares(ctx context.Context, db querier, q assets.InvestmentQuery, found *assets.Investment) error {
	sql, args, err := investmentSQL(q)
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

// investmentSQL selects where shares stand, their keys there, their sum, the
// number of entries, and beside each the sum of all shares of the ledger that the
// query selects, before they are divided among classes.
func investmentSQL(q assets.InvestmentQuery) (string, []any, error) {
	if len(q.By) == 1 && !q.Narrow() && (q.By[0] == "segment" || q.By[0] == "area") {
		return fmt.Sprintf(`select case noun when '%s' then %d when '' then %d else %d end, target::text, sum(amount)::bigint, sum(entries)::bigint, (sum(sum(amount)) over ())::bigint from rollup
			where jurisdiction = $1 and basis = $2 group by noun, target having sum(entries) <> 0 or sum(amount) <> 0 order by 3 desc, 2`,
			q.By[0], inRows, inUnallocated, inElsewhere), []any{q.Jurisdiction, q.Basis}, nil
	}
	c := &conditions{}
	from := c.sharesFrom(q)
	if err := c.ofShares(q); err != nil {
		return "", nil, err
	}
	c.ofEntries(q)
	c.ofProjects(q)
	const joined = ` join entry e on e.jurisdiction = a.jurisdiction and e.id = a.entry join project p on p.jurisdiction = e.jurisdiction and p.id = e.project`
	total := `sum(sum(a.amount)) over ()`
	if q.Classed() && len(q.Classes) == 0 {
		total = `(select coalesce(sum(a.amount), 0) from allocation a` + joined + c.where() + `)`
	}
	var has []string
	for _, name := range q.By {
		if d := dimensions[name]; d.has != "" {
			has = append(has, d.has)
		}
	}
	if has == nil {
		has = []string{`a.noun <> ''`}
	}
	row := strings.Join(has, " and ")
	keys, places := make([]string, len(q.By)), []string{"1"}
	for i, name := range q.By {
		keys[i] = fmt.Sprintf("case when %s then %s end", row, dimensions[name].key)
		places = append(places, fmt.Sprint(i+2))
	}
	return fmt.Sprintf(`select case when %s then %d when a.noun = '' then %d else %d end, %s, sum(a.amount)::bigint, count(distinct a.entry), %s::bigint from %s group by %s order by %d desc, %s`,
		row, inRows, inUnallocated, inElsewhere, strings.Join(keys, ", "), "("+total+")", from+joined+c.where(), strings.Join(places, ", "), len(q.By)+2, strings.Join(places[1:], ", ")), c.args, nil
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
			if n.LengthM != nil || n.AreaM2 != nil || n.Assets != nil {
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
	"asset-class": `select distinct on (code) code, name, null::float8, null::float8, null::integer,
		(select count(*) from asset t where t.jurisdiction = $1 and t.class = c.code and t.deleted_at is null and t.status <> 'removed') from class c where jurisdiction in ($1, '000000000') and code = any($2) order by code, jurisdiction desc`,
}

// EntryQuery selects entries of one jurisdiction, the latest day first.
type EntryQuery struct {
	assets.InvestmentQuery // without By; an empty Basis asks for every kind
	EntryKinds             []string
	Words                  string    // in the voucher, the counterparty or the note
	After                  uuid.UUID // the last entry of the page before; the nil UUID for the first
	Limit                  int
}

// BookedEntry is an entry with its project's name and what of it falls where.
type BookedEntry struct {
	assets.Entry
	ProjectName string
	Allocations []assets.Allocation
	Share       assets.Fen // what of it falls into the question it is an answer to
}

// Entries returns a page of entries.
func (s *Store) Entries(ctx context.Context, q EntryQuery) (list []BookedEntry, err error) {
	c := &conditions{}
	if err := c.entries(q.InvestmentQuery); err != nil {
		return nil, err
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
	if q.Words != "" {
		c.add(fmt.Sprintf(`e.voucher || chr(10) || e.counterparty || chr(10) || e.note ilike %s`, c.arg("%"+likeEscaper.Replace(q.Words)+"%")))
	}
	if q.After != uuid.Nil {
		c.add(fmt.Sprintf("(e.booked_on, e.id) < (select booked_on, id from entry where jurisdiction = %s and id = %s)", c.arg(q.Jurisdiction), c.arg(q.After)))
	}
	entries, err := entriesIn(ctx, s.pool, entryNoun.selects+" entry e"+c.where()+" order by e.booked_on desc, e.id desc limit "+c.arg(q.Limit), c.args...)
	if err != nil {
		return nil, err
	}
	list, err = s.withShares(ctx, q.Jurisdiction, entries)
	if err != nil {
		return nil, err
	}
	return list, s.shareOf(ctx, q.InvestmentQuery, list)
}

// entries adds the conditions of a query on entry e: some of it must fall into
// the question.
func (c *conditions) entries(q assets.InvestmentQuery) error {
	c.ofEntries(q)
	projects := &conditions{args: c.args}
	if projects.ofProjects(q); len(projects.parts) > 0 {
		projects.add("p.jurisdiction = " + projects.arg(q.Jurisdiction))
		c.add("e.project = any(array(select p.id from project p" + projects.where() + "))")
	}
	c.args = projects.args
	if !q.Targeted() {
		return nil
	}
	shares := &conditions{args: c.args}
	from := shares.sharesFrom(q)
	if err := shares.ofShares(q); err != nil {
		return err
	}
	c.args = shares.args
	if q.Classed() { // to divide among classes is costly: it is done once
		c.add("e.id = any(array(select a.entry from " + from + shares.where() + "))")
		return nil
	}
	c.add("exists (select from " + from + shares.where() + " and a.entry = e.id)")
	return nil
}

// shareOf says what of each entry falls into a question.
func (s *Store) shareOf(ctx context.Context, q assets.InvestmentQuery, list []BookedEntry) error {
	at, ids := make(map[uuid.UUID]int, len(list)), make([]uuid.UUID, len(list))
	for i := range list {
		at[list[i].ID], ids[i] = i, list[i].ID
	}
	c := &conditions{}
	from := c.sharesFrom(q)
	if err := c.ofShares(q); err != nil {
		return err
	}
	rows, err := s.pool.Query(ctx, "select a.entry, sum(a.amount)::bigint from "+from+c.where()+" and a.entry = any("+c.arg(ids)+") group by a.entry", c.args...)
	if err != nil {
		return err
	}
	var id uuid.UUID
	var share int64
	_, err = pgx.ForEachRow(rows, []any{&id, &share}, func() error { list[at[id]].Share = assets.Fen(share); return nil })
	return err
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
	return list, nil
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
