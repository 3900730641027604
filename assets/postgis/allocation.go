package postgis

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// booking divides entries among targets inside one write, and keeps the rollup
// in step with what it stores.
type booking struct {
	l        *ledger
	projects map[uuid.UUID]assets.Project
	lineage  assets.Lineage   // nil until it is needed
	weights  map[string]int64 // measured so far
	rows     []allocationRow
	rollup   sums
}

type allocationRow struct {
	entry, project uuid.UUID
	on             string
	basis          string
	assets.Allocation
}

// sumKey is a line of the rollup.
type sumKey struct {
	basis string
	assets.TargetRef
}

type sum struct {
	amount  assets.Fen
	entries int64
}

type sums map[sumKey]sum

// add counts allocations under a basis, sign times.
func (s sums) add(basis string, list []assets.Allocation, sign int64) {
	for _, a := range list {
		k := sumKey{basis, a.Target}
		v := s[k]
		s[k] = sum{v.amount + assets.Fen(sign)*a.Amount, v.entries + sign}
	}
}

// compare lists what differs between two states, in the order of targets.
func compare(before, after sums) (moved []Moved) {
	for k, v := range after {
		if before[k].amount != v.amount {
			moved = append(moved, Moved{k.TargetRef, k.basis, before[k].amount, v.amount})
		}
	}
	for k, v := range before {
		if _, ok := after[k]; !ok && v.amount != 0 {
			moved = append(moved, Moved{k.TargetRef, k.basis, v.amount, 0})
		}
	}
	slices.SortFunc(moved, func(a, b Moved) int {
		return strings.Compare(a.Basis+a.Target.Noun+a.Target.ID.String(), b.Basis+b.Target.Noun+b.Target.ID.String())
	})
	return moved
}

// divide says what of an entry falls where, by its own targets and rule or its
// project's. What falls nowhere stands under the target without a noun.
func (b *booking) divide(ctx context.Context, e *assets.Entry) ([]assets.Allocation, error) {
	p, err := b.project(ctx, e.Project)
	if err != nil {
		return nil, err
	}
	targets, rule := p.Targets, p.Rule
	if e.Targets != nil {
		targets = e.Targets
	}
	if e.Rule != nil {
		rule = *e.Rule
	}
	if targets, rule, err = b.today(ctx, targets, rule); err != nil {
		return nil, err
	}
	if e.Rule == nil {
		rule = rule.Proportional()
	}
	measured := make([]assets.Measured, len(targets))
	for i, t := range targets {
		w, err := b.measure(ctx, rule, t)
		if err != nil {
			return nil, err
		}
		measured[i] = assets.Measured{Ref: t, Weight: w}
	}
	_, sign := assets.BasisOf(e.Kind)
	shares, rest, err := assets.Apportion(e.Amount, rule, measured)
	if err != nil {
		return nil, err
	}
	if rest != 0 {
		shares = append(shares, assets.Allocation{Amount: rest, Rule: rule.Kind})
	}
	for i := range shares {
		shares[i].Amount *= sign
	}
	return shares, nil
}

// today puts the segments of today for those that were split or merged.
func (b *booking) today(ctx context.Context, targets []assets.TargetRef, rule assets.Rule) (_ []assets.TargetRef, _ assets.Rule, err error) {
	if b.lineage == nil {
		if b.lineage, err = lineage(ctx, b.l.tx, b.l.jurisdiction); err != nil {
			return nil, rule, err
		}
	}
	targets, rule = b.lineage.Resolve(targets, rule)
	return targets, rule, nil
}

func (b *booking) project(ctx context.Context, id uuid.UUID) (assets.Project, error) {
	if p, ok := b.projects[id]; ok {
		return p, nil
	}
	p, err := loadWhere(ctx, b.l.tx, projectNoun, projectNoun.table, `jurisdiction = $1 and id = $2 and deleted_at is null`, b.l.jurisdiction, id)
	if assets.ErrorCode(err) == assets.NotFound {
		err = assets.Errorf(assets.Invalid, "project", "没有这个项目", "there is no such project")
	}
	if err == nil && b.projects != nil {
		b.projects[id] = p.value
	}
	return p.value, err
}

// measures of a target by rule, as SQL: $1 jurisdiction, $2 id, $3 classes (none
// means every class). Lengths and areas are geodesic, of the row as it is saved.
var measures = map[string]map[string]string{
	assets.RuleLength: {
		assets.TargetSegment: `select length_m from segment where jurisdiction = $1 and id = $2 and deleted_at is null and $3::text[] is not null`,
		assets.TargetArea:    `select 0::float8 from area where jurisdiction = $1 and id = $2 and deleted_at is null and $3::text[] is not null`,
		assets.TargetAsset:   `select st_length(geom::geography) from asset where jurisdiction = $1 and id = $2 and deleted_at is null and $3::text[] is not null`,
	},
	assets.RuleArea: {
		assets.TargetSegment: `select 0::float8 from segment where jurisdiction = $1 and id = $2 and deleted_at is null and $3::text[] is not null`,
		assets.TargetArea:    `select area_m2 from area where jurisdiction = $1 and id = $2 and deleted_at is null and $3::text[] is not null`,
		assets.TargetAsset:   `select st_area(geom::geography) from asset where jurisdiction = $1 and id = $2 and deleted_at is null and $3::text[] is not null`,
	},
	assets.RuleCount: {
		assets.TargetSegment: `select (select count(*) from asset a where a.jurisdiction = t.jurisdiction and a.segment = t.id and a.deleted_at is null and a.status <> 'removed'
			and (a.class = any($3) or $3 = '{}'))::float8 from segment t where jurisdiction = $1 and id = $2 and deleted_at is null`,
		assets.TargetArea: `select (select count(*) from asset a where a.jurisdiction = t.jurisdiction and a.geom && t.geom and st_intersects(a.geom, t.geom) and a.deleted_at is null
			and a.status <> 'removed' and (a.class = any($3) or $3 = '{}'))::float8 from area t where jurisdiction = $1 and id = $2 and deleted_at is null`,
		assets.TargetAsset: `select case when class = any($3) or $3 = '{}' then 1::float8 else 0 end from asset where jurisdiction = $1 and id = $2 and deleted_at is null`,
	},
}

// measure is the weight of a target under a rule: thousandths of a metre or
// square metre, or a number of assets. It fails where there is no such target.
func (b *booking) measure(ctx context.Context, rule assets.Rule, t assets.TargetRef) (int64, error) {
	kind := rule.Kind
	if measures[kind] == nil { // shares and amounts measure nothing: the target must be there all the same
		kind = assets.RuleLength
	}
	key := kind + strings.Join(rule.Classes, ",") + t.Noun + t.ID.String()
	if w, ok := b.weights[key]; ok {
		return w, nil
	}
	classes := rule.Classes
	if classes == nil {
		classes = []string{}
	}
	var m float64
	err := b.l.tx.QueryRow(ctx, measures[kind][t.Noun], b.l.jurisdiction, t.ID, classes).Scan(&m)
	if none(err) {
		return 0, assets.Errorf(assets.Invalid, "targets", "没有这个对象：%s %s", "there is no such target: %s %s", t.Noun, t.ID)
	}
	if err != nil {
		return 0, err
	}
	if kind != assets.RuleCount {
		m *= 1000
	}
	if b.weights == nil {
		b.weights = map[string]int64{}
	}
	b.weights[key] = int64(math.Round(m))
	return b.weights[key], nil
}

// keep holds the allocations of an entry until store.
func (b *booking) keep(e *assets.Entry, list []assets.Allocation) {
	basis, _ := assets.BasisOf(e.Kind)
	for _, a := range list {
		b.rows = append(b.rows, allocationRow{e.ID, e.Project, e.On, basis, a})
	}
	if b.rollup == nil {
		b.rollup = sums{}
	}
	b.rollup.add(basis, list, 1)
}

var allocationColumns = []string{"jurisdiction", "entry", "noun", "target", "basis", "amount", "rule", "weight", "weight_total", "booked_on", "project"}

// store writes what is kept, and what it adds to the rollup.
func (b *booking) store(ctx context.Context) error {
	l := b.l
	if err := l.send(ctx); err != nil {
		return err
	}
	row := func(a *allocationRow) []any {
		return []any{l.jurisdiction, a.entry, a.Target.Noun, a.Target.ID, a.basis, int64(a.Amount), a.Rule, a.Weight, a.WeightTotal, date(a.on), a.project}
	}
	if _, err := l.tx.CopyFrom(ctx, pgx.Identifier{"allocation"}, allocationColumns, &rowSource[allocationRow]{items: b.rows, row: row}); err != nil {
		return err
	}
	var bases, nouns []string
	var targets []uuid.UUID
	var amounts, entries []int64
	for k, v := range b.rollup {
		bases, nouns, targets = append(bases, k.basis), append(nouns, k.Noun), append(targets, k.ID)
		amounts, entries = append(amounts, int64(v.amount)), append(entries, v.entries)
	}
	_, err := l.tx.Exec(ctx, `insert into rollup as r (jurisdiction, basis, noun, target, amount, entries)
		select $1, * from unnest($2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::bigint[])
		on conflict (jurisdiction, basis, noun, target) do update set amount = r.amount + excluded.amount, entries = r.entries + excluded.entries`,
		l.jurisdiction, bases, nouns, targets, amounts, entries)
	b.rows, b.rollup = nil, nil
	if err != nil {
		return err
	}
	rows, err := l.tx.Query(ctx, `select distinct from_segment from lineage where jurisdiction = $1 and from_segment = any($2) and deleted_at is null`, l.jurisdiction, targets)
	if err != nil {
		return err
	}
	gone, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	l.recarried = append(l.recarried, gone...)
	return err
}

// PreviewShares divides an amount as booking it would, and stores nothing. The
// shares stand in the order of the targets, which are the segments of today, those
// without weight included; what is left is unallocated.
func (s *Store) PreviewShares(ctx context.Context, jurisdiction string, amount assets.Fen, targets []assets.TargetRef, rule assets.Rule) (shares []assets.Allocation, rest assets.Fen, err error) {
	e := assets.Entry{On: time.Now().Format(time.DateOnly), Kind: assets.EntryPayment, Amount: amount, Targets: targets, Rule: &rule}
	if e.Targets == nil {
		e.Targets = []assets.TargetRef{}
	}
	if err := e.Validate(); err != nil {
		return nil, 0, err
	}
	var list []assets.Allocation
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		b := booking{l: &ledger{tx: tx, jurisdiction: jurisdiction}, projects: map[uuid.UUID]assets.Project{uuid.Nil: {}}}
		if targets, _, err = b.today(ctx, e.Targets, rule); err != nil {
			return err
		}
		list, err = b.divide(ctx, &e)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	found := map[assets.TargetRef]assets.Allocation{}
	for _, a := range list {
		found[a.Target] = a
	}
	for _, t := range targets {
		a := found[t]
		a.Target, a.Rule = t, rule.Kind
		shares = append(shares, a)
	}
	return shares, found[assets.TargetRef{}].Amount, nil
}

// allocationsOf an entry, in the order of targets; what falls nowhere first.
func allocationsOf(ctx context.Context, db querier, jurisdiction string, entry uuid.UUID) ([]assets.Allocation, error) {
	rows, err := db.Query(ctx, `select noun, target, amount, rule, weight, weight_total from allocation where jurisdiction = $1 and entry = $2 order by noun, target`, jurisdiction, entry)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanAllocation)
}

func scanAllocation(row pgx.CollectableRow) (a assets.Allocation, err error) {
	err = row.Scan(&a.Target.Noun, &a.Target.ID, (*int64)(&a.Amount), &a.Rule, &a.Weight, &a.WeightTotal)
	return a, err
}
