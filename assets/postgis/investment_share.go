package postgis

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"streetbook/assets"
)

// question is a query, and whether some of its shares are carried on to segments
// of today.
type question struct {
	assets.InvestmentQuery
	carried bool
}

func questionOf(ctx context.Context, db querier, q assets.InvestmentQuery) (asked question, err error) {
	asked.InvestmentQuery = q
	if q.Lineage == assets.LineageCurrent {
		err = db.QueryRow(ctx, `select exists (select from lineage where jurisdiction = $1 and deleted_at is null)`, q.Jurisdiction).Scan(&asked.carried)
	}
	return asked, err
}

// sharesJoined brings the project p of shares a.
const sharesJoined = ` join project p on p.jurisdiction = a.jurisdiction and p.id = a.project`

// shares are those that a question selects, with all its conditions.
func (c *conditions) shares(q question) (string, error) {
	from := c.sharesFrom(q)
	if err := c.ofShares(q.InvestmentQuery); err != nil {
		return "", err
	}
	c.dated("a", q.InvestmentQuery)
	c.ofProjects(q.InvestmentQuery)
	return from + sharesJoined + c.where(), nil
}

// undivided are all shares a, in the view of lineage that is asked for.
func (c *conditions) undivided(q question) string {
	if !q.carried {
		return "allocation a"
	}
	return fmt.Sprintf(`(select jurisdiction, entry, noun, target, basis, amount, booked_on, project, true as counts, null::uuid as origin from allocation where jurisdiction = %[1]s
			and not (noun = 'segment' and target in (select from_segment from lineage where jurisdiction = %[1]s and deleted_at is null))
		union all select jurisdiction, entry, 'segment', segment, basis, amount, booked_on, project, counts, origin from carried where jurisdiction = %[1]s) a`, c.arg(q.Jurisdiction))
}

// counted is how entries are counted: each has one share that counts of a target,
// and only where targets fall together several have to be told apart.
func (q question) counted() string {
	parted := slices.Contains(q.By, assets.TargetSegment) || slices.Contains(q.By, assets.TargetArea)
	switch {
	case q.Classed() || !parted && len(q.Segments)+len(q.Areas) != 1:
		return "count(distinct a.entry)"
	case q.carried:
		return "count(*) filter (where a.counts)"
	}
	return "count(*)"
}

// summed are the sums a kept of each target, in the view of lineage that is asked
// for, of which a question selects some.
func (c *conditions) summed(q question) (string, error) {
	from := "rollup a"
	if q.carried {
		from = fmt.Sprintf(`(select jurisdiction, noun, target, basis, amount, entries, null::uuid as origin from rollup where jurisdiction = %[1]s
			and not (noun = 'segment' and target in (select from_segment from lineage where jurisdiction = %[1]s and deleted_at is null))
		union all select jurisdiction, 'segment', segment, basis, amount, entries, origin from carried_rollup where jurisdiction = %[1]s) a`, c.arg(q.Jurisdiction))
	}
	err := c.ofShares(q.InvestmentQuery)
	return from + c.where(), err
}

// sharesFrom are the shares a that a question is about. Where classes are asked
// for, each has that of the asset it falls on; otherwise, of an entry that bought
// assets, it is divided among their classes by number and largest remainder, the
// first code before others. The rest is of no class.
func (c *conditions) sharesFrom(q question) string {
	if !q.Classed() {
		return c.undivided(q)
	}
	all := c.undivided(q)
	return fmt.Sprintf(`(with bought as materialized (
			select e.id as entry, t.class, count(*) as n, sum(count(*)) over (partition by e.id) as all_n
			from entry e cross join lateral json_array_elements_text(e.assets) x(id) join asset t on t.jurisdiction = e.jurisdiction and t.id = x.id::uuid
			where e.jurisdiction = %[1]s and e.assets is not null group by e.id, t.class)
		select a.jurisdiction, a.entry, a.noun, a.target, a.basis, a.amount, a.booked_on, a.project, t.class%[3]s
			from %[2]s left join asset t on a.noun = 'asset' and t.jurisdiction = a.jurisdiction and t.id = a.target
			where a.jurisdiction = %[1]s and (a.noun = 'asset' or not exists (select from bought b where b.entry = a.entry))
		union all select jurisdiction, entry, noun, target, basis, (sign(amount) * (part +
				case when row_number() over (partition by entry, noun, target%[3]s order by rest desc, class) <= left_over then 1 else 0 end))::bigint, booked_on, project, class%[3]s
			from (select a.*, b.class, div(abs(a.amount)::numeric * b.n, b.all_n) as part, mod(abs(a.amount)::numeric * b.n, b.all_n) as rest,
					abs(a.amount) - sum(div(abs(a.amount)::numeric * b.n, b.all_n)) over (partition by a.entry, a.noun, a.target%[3]s) as left_over
				from %[2]s join bought b on b.entry = a.entry where a.jurisdiction = %[1]s and a.noun <> 'asset') a) a`,
		c.arg(q.Jurisdiction), all, orElse(map[bool]string{true: ", a.origin"}[q.carried], ""))
}

// ofProjects adds the conditions of a query on project p.
func (c *conditions) ofProjects(q assets.InvestmentQuery) {
	for _, is := range []struct {
		column string
		words  []string
	}{{"kind", q.Kinds}, {"fund", q.Funds}, {"status", q.Statuses}} {
		if len(is.words) > 0 {
			c.add(fmt.Sprintf("p.%s = any(%s)", is.column, c.arg(is.words)))
		}
	}
	if len(q.Projects) > 0 {
		c.add(fmt.Sprintf("p.id = any(%s)", c.arg(q.Projects)))
	}
	if len(q.Departments) > 0 {
		c.add(fmt.Sprintf("coalesce(p.department, %s) = any(%s)", c.arg(assets.NoDepartment), c.arg(q.Departments)))
	}
}

// ofEntries adds the conditions of a query on entry e.
func (c *conditions) ofEntries(q assets.InvestmentQuery) {
	c.add("e.jurisdiction = " + c.arg(q.Jurisdiction))
	if q.Basis != "" {
		c.add("e.basis = " + c.arg(q.Basis))
	}
	c.dated("e", q)
}

// dated adds the days of a query to entries or shares.
func (c *conditions) dated(of string, q assets.InvestmentQuery) {
	if q.From != "" {
		c.add(of + ".booked_on >= " + c.arg(date(q.From)))
	}
	if q.To != "" {
		c.add(of + ".booked_on <= " + c.arg(date(q.To)))
	}
}

// ofShares adds the conditions of a query on what is in sharesFrom.
func (c *conditions) ofShares(q assets.InvestmentQuery) error {
	c.add("a.jurisdiction = " + c.arg(q.Jurisdiction))
	if q.Basis != "" {
		c.add("a.basis = " + c.arg(q.Basis))
	}
	if len(q.Segments) > 0 {
		c.add("a.noun = 'segment' and " + c.oneOf("a.target", q.Segments))
	}
	if len(q.Areas) > 0 {
		c.add("a.noun = 'area' and " + c.oneOf("a.target", q.Areas))
	}
	if q.Key != nil {
		c.add(fmt.Sprintf("a.noun = 'segment' and exists (select from segment g where g.jurisdiction = a.jurisdiction and g.id = a.target and g.key = %s)", c.arg(*q.Key)))
	}
	if len(q.On) > 0 {
		c.add(fmt.Sprintf("coalesce(nullif(a.noun, ''), '%s') = any(%s)", assets.OnNothing, c.arg(q.On)))
	}
	if len(q.Classes) > 0 {
		c.add(fmt.Sprintf("coalesce(a.class, '%s') = any(%s)", assets.NoClass, c.arg(q.Classes)))
	}
	if q.Filter == nil {
		return nil
	}
	var parts []string
	for _, noun := range assets.TargetNouns {
		if q.Filter[collectionOf[noun]] == nil {
			continue
		}
		sql, err := c.targets(q, noun)
		if err != nil {
			return err
		}
		parts = append(parts, fmt.Sprintf("a.noun = '%s' and a.target in (%s)", noun, sql))
	}
	c.add("(" + strings.Join(parts, " or ") + ")")
	return nil
}

// oneOf demands that a column is one of ids. Of a single one the database can
// follow an index in its order.
func (c *conditions) oneOf(column string, ids []uuid.UUID) string {
	if len(ids) == 1 {
		return column + " = " + c.arg(ids[0])
	}
	return fmt.Sprintf("%s = any(%s)", column, c.arg(ids))
}

// targets selects the ids of what the filter of a query selects of a noun, also
// of what is not there any more: its money is.
func (c *conditions) targets(q assets.InvestmentQuery, noun string) (string, error) {
	where := "jurisdiction = " + c.arg(q.Jurisdiction)
	sql, err := c.predicate(q.Filter[collectionOf[noun]])
	return fmt.Sprintf("select id from %s where %s and (%s)", figuredFrom(collectionOf[noun]), where, sql), err
}
