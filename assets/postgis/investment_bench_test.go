package postgis_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"streetbook/assets"
	"streetbook/assets/postgis"
	"streetbook/assets/postgis/postgistest"
)

// BenchmarkInvestment asks a ledger of 10,000,000 entries over 20,000 segments
// for the totals by segment, and for one segment's page: its dossier and its
// latest entries. INVESTMENT_ENTRIES sets another size.
func BenchmarkInvestment(b *testing.B) {
	entries, segments := 10_000_000, 20_000
	if v := os.Getenv("INVESTMENT_ENTRIES"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil {
			b.Fatal(err)
		}
		entries = n
	}
	ctx, store := context.Background(), postgistest.New(b)
	fillLedger(b, store, entries, segments)
	q := assets.InvestmentQuery{Jurisdiction: place, Basis: assets.BasisPaid, By: []string{"segment"}}
	one := uuid.MustParse("00000000-0000-7000-8000-000000000007")
	paged := q
	paged.Segments = []uuid.UUID{one}
	var all, sums, page []time.Duration
	for b.Loop() {
		began := time.Now()
		if _, err := store.Number(ctx, `select sum(amount) from (select target, sum(amount) as amount, sum(entries) as entries from rollup
			where jurisdiction = $1 and basis = 'paid' group by noun, target) t where entries > 0`, place); err != nil {
			b.Fatal(err)
		}
		sums = append(sums, time.Since(began))
		began = time.Now()
		f, err := store.Investment(ctx, q)
		if err != nil || len(f.Rows) != segments {
			b.Fatalf("%d rows: %v", len(f.Rows), err)
		}
		all = append(all, time.Since(began))
		began = time.Now()
		if d, err := store.Dossier(ctx, place, assets.TargetRef{Noun: assets.TargetSegment, ID: one}, "", time.Now()); err != nil || d.Paid.Entries != int64(entries/segments) {
			b.Fatalf("%+v: %v", d.Paid, err)
		}
		list, err := store.Entries(ctx, postgis.EntryQuery{InvestmentQuery: paged, Limit: 51})
		if err != nil || len(list) != min(51, entries/segments) {
			b.Fatalf("%d entries: %v", len(list), err)
		}
		page = append(page, time.Since(began))
	}
	b.ReportMetric(float64(median(sums).Microseconds())/1000, "sums-ms")
	b.ReportMetric(float64(median(all).Microseconds())/1000, "named-ms")
	b.ReportMetric(float64(median(page).Microseconds())/1000, "page-ms")
}

// fillLedger writes what as many bookings of one payment would leave behind,
// without waiting for them, in pieces that no statement is too long for.
func fillLedger(b *testing.B, store *postgis.Store, entries, segments int) {
	b.Helper()
	const piece = 250_000
	steps := []string{
		`insert into project (jurisdiction, id, code, name, kind, fund, contractor, status, targets, rule, rule_reason, version, updated_at)
			select '` + place + `', ('00000000-0000-7000-9000-' || lpad(to_hex(i), 12, '0'))::uuid, 'P' || i, '项目 ' || i, 'road', 'district', '', 'active', '[]', '{"kind":"length"}', '', 1, now()
			from generate_series(0, 99) i`,
		fmt.Sprintf(`insert into segment (jurisdiction, id, code, name, road, from_name, to_name, key, length_m, status, geom, version, updated_at)
			select '`+place+`', ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'LD-' || i, '路段 ' || i, '', '', '', false, 100 + i %% 900, 'in_service',
			st_setsrid(st_makeline(st_point(113.7, 34.7 + i * 0.000001), st_point(113.701, 34.7 + i * 0.000001)), 4326), 1, now() from generate_series(0, %d - 1) i`, segments),
	}
	for from := 0; from < entries; from += piece {
		to := min(from+piece, entries) - 1
		steps = append(steps, fmt.Sprintf(`insert into entry (jurisdiction, id, project, booked_on, kind, amount, voucher, counterparty, note, document, document_name, basis, counted, version, updated_at)
			select '`+place+`', ('00000000-0000-7001-8000-' || lpad(to_hex(i), 12, '0'))::uuid, ('00000000-0000-7000-9000-' || lpad(to_hex(i %% 100), 12, '0'))::uuid,
			date '2019-01-01' + (i / 7) %% 2500, 'payment', 1 + i %% 100000, '', '', '', '', '', 'paid', 1 + i %% 100000, 1, now() from generate_series(%d, %d) i`, from, to),
			fmt.Sprintf(`with s as (insert into allocation (jurisdiction, entry, noun, target, basis, amount, rule, weight, weight_total, booked_on, project)
			select '`+place+`', ('00000000-0000-7001-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'segment', ('00000000-0000-7000-8000-' || lpad(to_hex(i %% %d), 12, '0'))::uuid,
			'paid', 1 + i %% 100000, 'length', 1, 1, date '2019-01-01' + (i / 7) %% 2500, ('00000000-0000-7000-9000-' || lpad(to_hex(i %% 100), 12, '0'))::uuid from generate_series(%d, %d) i returning *)
			insert into rollup as r (jurisdiction, basis, noun, target, amount, entries) select jurisdiction, basis, noun, target, sum(amount), count(*) from s group by 1, 2, 3, 4
			on conflict (jurisdiction, basis, noun, target) do update set amount = r.amount + excluded.amount, entries = r.entries + excluded.entries`, segments, from, to))
	}
	for _, sql := range append(steps, `analyze project`, `analyze segment`, `analyze entry`, `analyze allocation`, `vacuum analyze rollup`) {
		if err := store.Tamper(context.Background(), sql); err != nil {
			b.Fatal(err)
		}
	}
}
