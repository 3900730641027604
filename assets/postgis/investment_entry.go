package postgis

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

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
	Share       assets.Fen                // what of it falls into the question it is an answer to
	Gone        map[uuid.UUID]GoneSegment // those of its segments that were split or merged
}

// Entries returns a page of entries.
func (s *Store) Entries(ctx context.Context, q EntryQuery) (list []BookedEntry, err error) {
	asked, err := questionOf(ctx, s.pool, q.InvestmentQuery)
	if err != nil {
		return nil, err
	}
	c := &conditions{}
	ask := c.entries
	if len(q.EntryKinds) == 0 && q.Words == "" && q.Targeted() {
		ask = func(asked question) error { return c.page(asked, q.After, q.Limit) }
	}
	if err := ask(asked); err != nil {
		return nil, err
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
	return list, s.shareOf(ctx, asked, list)
}

// page demands the entries of a page, found by their shares: the database would
// else walk all entries by day until it has a page of those that fall into the
// question.
func (c *conditions) page(q question, after uuid.UUID, limit int) error {
	shares := &conditions{args: c.args}
	from, err := shares.shares(q)
	if err != nil {
		return err
	}
	if after != uuid.Nil {
		from += fmt.Sprintf(" and (a.booked_on, a.entry) < (select booked_on, id from entry where jurisdiction = %s and id = %s)", shares.arg(q.Jurisdiction), shares.arg(after))
	}
	from += " order by 1 desc, 2 desc limit " + shares.arg(limit)
	c.args = shares.args
	c.add("e.jurisdiction = " + c.arg(q.Jurisdiction))
	c.add("e.id = any(array(select entry from (select distinct a.booked_on, a.entry from " + from + ") a))")
	return nil
}

// entries adds the conditions of a question on entry e: some of it must fall into
// it.
func (c *conditions) entries(q question) error {
	c.ofEntries(q.InvestmentQuery)
	projects := &conditions{args: c.args}
	if projects.ofProjects(q.InvestmentQuery); len(projects.parts) > 0 {
		projects.add("p.jurisdiction = " + projects.arg(q.Jurisdiction))
		c.add("e.project = any(array(select p.id from project p" + projects.where() + "))")
	}
	c.args = projects.args
	if !q.Targeted() {
		return nil
	}
	shares := &conditions{args: c.args}
	from := shares.sharesFrom(q)
	if err := shares.ofShares(q.InvestmentQuery); err != nil {
		return err
	}
	c.args = shares.args
	if q.Classed() || q.carried { // what is not the table itself is looked through once
		c.add("e.id = any(array(select a.entry from " + from + shares.where() + "))")
		return nil
	}
	c.add("exists (select from " + from + shares.where() + " and a.entry = e.id)")
	return nil
}

// ShareBehind is a share of an entry with what people call all that it names.
type ShareBehind struct {
	On, Project, Kind, Voucher, Target string
	Amount                             assets.Fen
}

// SharesBehind lists the shares that a query selects, the earliest day first, at
// most limit of them.
func (s *Store) SharesBehind(ctx context.Context, q assets.InvestmentQuery, limit int) ([]ShareBehind, error) {
	asked, err := questionOf(ctx, s.pool, q)
	if err != nil {
		return nil, err
	}
	c := &conditions{}
	from, err := c.shares(asked)
	if err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, `select e.booked_on::text, a.project_name, e.kind, e.voucher, coalesce(case a.noun
			when 'segment' then (select g.name from segment g where g.jurisdiction = a.jurisdiction and g.id = a.target)
			when 'area' then (select g.name from area g where g.jurisdiction = a.jurisdiction and g.id = a.target)
			when 'asset' then (select trim(t.code || ' ' || t.name) from asset t where t.jurisdiction = a.jurisdiction and t.id = a.target) end, ''), a.amount
		from (select a.*, p.name as project_name from `+from+`) a join entry e on e.jurisdiction = a.jurisdiction and e.id = a.entry order by e.booked_on, e.id, a.noun, a.target limit `+c.arg(limit), c.args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (b ShareBehind, err error) {
		err = row.Scan(&b.On, &b.Project, &b.Kind, &b.Voucher, &b.Target, (*int64)(&b.Amount))
		return b, err
	})
}

// shareOf says what of each entry falls into a question.
func (s *Store) shareOf(ctx context.Context, q question, list []BookedEntry) error {
	at, ids := make(map[uuid.UUID]int, len(list)), make([]uuid.UUID, len(list))
	for i := range list {
		at[list[i].ID], ids[i] = i, list[i].ID
	}
	c := &conditions{}
	from := c.sharesFrom(q)
	if err := c.ofShares(q.InvestmentQuery); err != nil {
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
