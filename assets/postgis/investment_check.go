package postgis

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// CheckInvestment recomputes the ledger of a jurisdiction: what the log of
// changes says was booked, what of it falls where, and the sums kept beside.
func (s *Store) CheckInvestment(ctx context.Context, jurisdiction string) (check assets.InvestmentCheck, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		check, err = checkInvestment(ctx, tx, jurisdiction)
		return err
	})
	return check, err
}

// ledgerCheck lists what is wrong: the entry at fault, nil where it is a sum, the
// difference in fen, and the day of the entry.
type ledgerCheck struct {
	sql    string
	zh, en string
}

var investmentChecks = []ledgerCheck{
	{`select e.id, e.amount - (replace(c.after->>'amount', '.', ''))::bigint, e.booked_on from entry e
		left join change c on c.jurisdiction = e.jurisdiction and c.id = e.id and c.version = 1
		where e.jurisdiction = $1 and (c.id is null or e.amount <> (replace(c.after->>'amount', '.', ''))::bigint or e.counted <> case when e.kind = 'refund' then -e.amount else e.amount end)`,
		"分录金额与变更记录不符", "the amount of the entry is not the one that was booked"},
	{`select e.id, coalesce(a.amount, 0)::bigint - e.counted, e.booked_on from entry e left join (select entry, sum(amount) as amount from allocation where jurisdiction = $1 group by 1) a on a.entry = e.id
		where e.jurisdiction = $1 and coalesce(a.amount, 0) <> e.counted`,
		"分录的分摊之和不等于其金额", "the shares of the entry do not add up to its amount"},
	{`select a.entry, a.amount, null::date from allocation a left join entry e on e.jurisdiction = a.jurisdiction and e.id = a.entry
		where a.jurisdiction = $1 and (e.id is null or e.basis <> a.basis or e.booked_on <> a.booked_on or e.project <> a.project)`,
		"分摊没有对应的分录，或与其日期、项目、口径不符", "there are shares whose entry does not exist, or is of another day, project or basis"},
	{`select null::uuid, (coalesce(r.amount, 0) - coalesce(a.amount, 0))::bigint, null::date from (select * from rollup where jurisdiction = $1) r
		full join (select basis, noun, target, sum(amount)::bigint as amount, count(*) as entries from allocation where jurisdiction = $1 group by 1, 2, 3) a using (basis, noun, target)
		where coalesce(r.amount, 0) <> coalesce(a.amount, 0) or coalesce(r.entries, 0) <> coalesce(a.entries, 0)`,
		"汇总与分摊不符", "the sums kept beside are not those of the shares"},
	{`select null::uuid, null::bigint, null::date from lineage s left join change c on c.jurisdiction = s.jurisdiction and c.id = s.id and c.version = s.version
		left join segment g on g.jurisdiction = s.jurisdiction and g.id = s.from_segment
		where s.jurisdiction = $1 and s.deleted_at is null and (g.deleted_at is null or (c.after->>'weight')::bigint is distinct from s.weight
			or (c.after->>'from')::uuid is distinct from s.from_segment or (c.after->>'to')::uuid is distinct from s.to_segment)`,
		"路段沿革与变更记录不符", "the lineage of a segment is not the one that was recorded"},
}

// carriedCheck is of the sums of what segments took over, after the shares.
var carriedCheck = ledgerCheck{`select null::uuid, (coalesce(r.amount, 0) - coalesce(c.amount, 0))::bigint, null::date from (select * from carried_rollup where jurisdiction = $1) r
	full join (select basis, segment, origin, sum(amount) as amount, count(*) filter (where counts) as entries from (` + carriedCounts + `) c group by 1, 2, 3) c using (basis, segment, origin)
	where coalesce(r.amount, 0) <> coalesce(c.amount, 0) or coalesce(r.entries, 0) <> coalesce(c.entries, 0)
	union all select k.entry, 0, null::date from (` + carriedCounts + `) x join carried k on k.jurisdiction = $1 and k.entry = x.entry and k.origin = x.origin and k.segment = x.segment and k.counts <> x.counts`,
	"承接金额的汇总与明细不符", "the sums of what segments took over are not those of the shares"}

func checkInvestment(ctx context.Context, tx pgx.Tx, jurisdiction string) (assets.InvestmentCheck, error) {
	for _, c := range investmentChecks {
		if check, err := c.run(ctx, tx, jurisdiction); err != nil || !check.OK {
			return check, err
		}
	}
	entry, difference, err := checkCarried(ctx, tx, jurisdiction)
	if err != nil {
		return assets.InvestmentCheck{}, err
	}
	if entry != nil {
		return assets.InvestmentCheck{Entry: entry, Difference: difference, Reason: &assets.Text{ZH: "拆分或合并后的路段所承接的金额与分摊不符", EN: "what segments took over is not what the shares carry on"}}, nil
	}
	return carriedCheck.run(ctx, tx, jurisdiction)
}

// run looks for the first fault. All are sought before it is taken: in a hurry for
// one that is not there, the database would look up every entry for itself.
func (c ledgerCheck) run(ctx context.Context, tx pgx.Tx, jurisdiction string) (assets.InvestmentCheck, error) {
	check := assets.InvestmentCheck{OK: true}
	var entry *uuid.UUID
	var difference *int64
	err := tx.QueryRow(ctx, `with wrong (entry, difference, day) as materialized (`+c.sql+`) select entry, difference from wrong order by day, entry limit 1`, jurisdiction).Scan(&entry, &difference)
	if none(err) {
		return check, nil
	}
	if err != nil {
		return check, err
	}
	check = assets.InvestmentCheck{Entry: entry, Reason: &assets.Text{ZH: c.zh, EN: c.en}}
	if difference != nil {
		check.Difference = assets.Fen(*difference)
	}
	return check, nil
}
