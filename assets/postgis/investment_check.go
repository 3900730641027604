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

// investmentChecks find the first thing that is wrong: the entry at fault, nil
// where it is a sum, and the difference in fen.
var investmentChecks = []struct {
	sql    string
	zh, en string
}{
	{`select e.id, e.amount - (replace(c.after->>'amount', '.', ''))::bigint from entry e
		left join change c on c.jurisdiction = e.jurisdiction and c.id = e.id and c.version = 1
		where e.jurisdiction = $1 and (c.id is null or e.amount <> (replace(c.after->>'amount', '.', ''))::bigint or e.counted <> case when e.kind = 'refund' then -e.amount else e.amount end)
		order by e.booked_on, e.id limit 1`,
		"分录金额与变更记录不符", "the amount of the entry is not the one that was booked"},
	{`select e.id, coalesce(sum(a.amount), 0)::bigint - e.counted from entry e left join allocation a on a.jurisdiction = e.jurisdiction and a.entry = e.id
		where e.jurisdiction = $1 group by e.id, e.counted, e.booked_on having coalesce(sum(a.amount), 0) <> e.counted order by e.booked_on, e.id limit 1`,
		"分录的分摊之和不等于其金额", "the shares of the entry do not add up to its amount"},
	{`select a.entry, a.amount from allocation a left join entry e on e.jurisdiction = a.jurisdiction and e.id = a.entry
		where a.jurisdiction = $1 and (e.id is null or e.basis <> a.basis) order by a.entry limit 1`,
		"分摊没有对应的分录", "there are shares of an entry that does not exist"},
	{`select null::uuid, (coalesce(r.amount, 0) - coalesce(a.amount, 0))::bigint from (select * from rollup where jurisdiction = $1) r
		full join (select basis, noun, target, sum(amount)::bigint as amount, count(*) as entries from allocation where jurisdiction = $1 group by 1, 2, 3) a using (basis, noun, target)
		where coalesce(r.amount, 0) <> coalesce(a.amount, 0) or coalesce(r.entries, 0) <> coalesce(a.entries, 0) limit 1`,
		"汇总与分摊不符", "the sums kept beside are not those of the shares"},
	{`select null::uuid, null::bigint from lineage s left join change c on c.jurisdiction = s.jurisdiction and c.id = s.id and c.version = s.version
		left join segment g on g.jurisdiction = s.jurisdiction and g.id = s.from_segment
		where s.jurisdiction = $1 and s.deleted_at is null and (g.deleted_at is null or (c.after->>'weight')::bigint is distinct from s.weight
			or (c.after->>'from')::uuid is distinct from s.from_segment or (c.after->>'to')::uuid is distinct from s.to_segment) limit 1`,
		"路段沿革与变更记录不符", "the lineage of a segment is not the one that was recorded"},
}

func checkInvestment(ctx context.Context, tx pgx.Tx, jurisdiction string) (assets.InvestmentCheck, error) {
	check := assets.InvestmentCheck{OK: true}
	for _, c := range investmentChecks {
		var entry *uuid.UUID
		var difference *int64
		err := tx.QueryRow(ctx, c.sql, jurisdiction).Scan(&entry, &difference)
		if none(err) {
			continue
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
	return check, nil
}
