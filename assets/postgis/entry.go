package postgis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

var entryNoun = noun[assets.Entry]{
	name:  "entry",
	table: "entry",
	columns: []string{"jurisdiction", "id", "project", "booked_on", "kind", "amount", "voucher", "counterparty", "note", "document", "document_name",
		"reverses", "reversed_by", "targets", "rule", "assets", "basis", "counted", "version", "updated_at"},
	selects: `select jurisdiction, id, version, updated_at, project, booked_on::text, kind, amount, voucher, counterparty, note, document, document_name,
		reverses, reversed_by, targets, rule, assets from`,
	head:    func(e *assets.Entry) *assets.Header { return &e.Header },
	prepare: func(e *assets.Entry) error { return e.Validate() },
	row: func(e *assets.Entry) []any {
		basis, sign := assets.BasisOf(e.Kind)
		return []any{e.Jurisdiction, e.ID, e.Project, date(e.On), e.Kind, int64(e.Amount), e.Voucher, e.Counterparty, e.Note, e.Document, e.DocumentName,
			e.Reverses, e.ReversedBy, orNone(e.Targets != nil, e.Targets), orNone(e.Rule != nil, e.Rule), orNone(e.Assets != nil, e.Assets), basis, int64(e.Amount * sign), e.Version, e.UpdatedAt}
	},
	scan: func(row scanner, e *assets.Entry) error {
		var targets, rule, bought []byte
		if err := row.Scan(&e.Jurisdiction, &e.ID, &e.Version, &e.UpdatedAt, &e.Project, &e.On, &e.Kind, (*int64)(&e.Amount), &e.Voucher, &e.Counterparty, &e.Note,
			&e.Document, &e.DocumentName, &e.Reverses, &e.ReversedBy, &targets, &rule, &bought); err != nil {
			return err
		}
		e.Targets, e.Rule, e.Assets = nil, nil, nil
		for _, m := range []struct {
			text []byte
			into any
		}{{targets, &e.Targets}, {rule, &e.Rule}, {bought, &e.Assets}} {
			if m.text == nil {
				continue
			}
			if err := json.Unmarshal(m.text, m.into); err != nil {
				return err
			}
		}
		return nil
	},
}

// orNone is a value for a json column, NULL where there is none.
func orNone(there bool, v any) any {
	if !there {
		return nil
	}
	return asJSON(v)
}

func entriesWhere(ctx context.Context, db querier, where string, args ...any) ([]assets.Entry, error) {
	return entriesIn(ctx, db, entryNoun.selects+" entry where "+where, args...)
}

func entriesIn(ctx context.Context, db querier, sql string, args ...any) (list []assets.Entry, err error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e assets.Entry
		if err := entryNoun.scan(rows, &e); err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, rows.Err()
}

// BookEntries stores new entries with what of them falls where, all or none, and
// returns them with their ids. A fault names the entry by its place in the list:
// "12.voucher". With dryRun nothing is stored.
func (s *Store) BookEntries(ctx context.Context, w Write, jurisdiction string, list []assets.Entry, dryRun bool) ([]assets.Entry, error) {
	receipts, err := s.write(ctx, w, jurisdiction, list, func(l *ledger) error {
		list = slices.Clone(list)
		if err := l.book(ctx, list); err != nil {
			return err
		}
		if dryRun {
			return previewed{}
		}
		return nil
	})
	if _, ok := err.(previewed); ok {
		return list, nil
	}
	if err == nil {
		err = s.learnEntries(ctx, len(list))
	}
	if err != nil {
		return nil, err
	}
	return s.booked(ctx, jurisdiction, list, receipts)
}

// manyEntries are so many that the database has to learn of them at once: until it
// does by itself, it takes each question for one about a few.
const manyEntries = 5000

func (s *Store) learnEntries(ctx context.Context, n int) error {
	if n < manyEntries {
		return nil
	}
	_, err := s.pool.Exec(ctx, `analyze entry, allocation, rollup, carried, carried_rollup, change`)
	return err
}

// booked returns what a write booked, also when its operation was known.
func (s *Store) booked(ctx context.Context, jurisdiction string, list []assets.Entry, receipts []Receipt) ([]assets.Entry, error) {
	if len(list) == 0 || list[0].Version > 0 {
		return list, nil
	}
	var ids []uuid.UUID
	for _, r := range receipts {
		if r.Noun == entryNoun.name && r.Kind == assets.KindCreate {
			ids = append(ids, r.ID)
		}
	}
	return entriesWhere(ctx, s.pool, `jurisdiction = $1 and id = any($2) order by array_position($2, id)`, jurisdiction, ids)
}

// book stores entries inside a write.
func (l *ledger) book(ctx context.Context, list []assets.Entry) error {
	if err := l.takeTime(ctx); err != nil {
		return err
	}
	b := booking{l: l, projects: map[uuid.UUID]assets.Project{}}
	var faults assets.Errors
	allocations := make([][]assets.Allocation, len(list))
	taken, err := l.takenVouchers(ctx, list)
	if err != nil {
		return err
	}
	for i := range list {
		e := &list[i]
		e.Reverses, e.ReversedBy = nil, nil
		err := e.Validate()
		if err == nil {
			err = taken.check(e)
		}
		if err == nil {
			allocations[i], err = b.divide(ctx, e)
		}
		if err == nil {
			err = l.checkBought(ctx, e.Assets)
		}
		if err == nil {
			continue
		}
		if !gatherAt(&faults, i, len(list) > 1, err) {
			return err
		}
	}
	if len(faults) > 0 {
		return faults
	}
	if err := createIn(ctx, l, entryNoun, list); err != nil {
		return err
	}
	for i := range list {
		b.keep(&list[i], allocations[i])
	}
	return b.store(ctx)
}

// gatherAt adds the faults in err, named by the place of the entry where there
// are several; false if err is another kind of error.
func gatherAt(faults *assets.Errors, i int, several bool, err error) bool {
	var own assets.Errors
	if !gather(&own, err) {
		return false
	}
	for _, f := range own {
		if several {
			f = &assets.Error{Code: f.Code, Field: fmt.Sprintf("%d.%s", i, f.Field), Text: f.Text}
		}
		*faults = append(*faults, f)
	}
	return true
}

// voucherKey is what a voucher is known by.
type voucherKey struct{ kind, counterparty, voucher string }

func keyOf(e *assets.Entry) voucherKey { return voucherKey{e.Kind, e.Counterparty, e.Voucher} }

// vouchers are those that are booked already, with who booked them and when.
type vouchers map[voucherKey]string

func (l *ledger) takenVouchers(ctx context.Context, list []assets.Entry) (vouchers, error) {
	var names []string
	for i := range list {
		if list[i].Voucher != "" {
			names = append(names, list[i].Voucher)
		}
	}
	taken := vouchers{}
	if len(names) == 0 {
		return taken, nil
	}
	rows, err := l.tx.Query(ctx, `select e.kind, e.counterparty, e.voucher, c.actor || ' ' || to_char(c.at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI')
		from entry e join change c on c.jurisdiction = e.jurisdiction and c.id = e.id and c.version = 1
		where e.jurisdiction = $1 and e.voucher = any($2) and e.reverses is null and e.reversed_by is null`, l.jurisdiction, names)
	if err != nil {
		return nil, err
	}
	var k voucherKey
	var by string
	_, err = pgx.ForEachRow(rows, []any{&k.kind, &k.counterparty, &k.voucher, &by}, func() error { taken[k] = by; return nil })
	return taken, err
}

// check refuses a voucher that is booked, here or earlier in the list.
func (v vouchers) check(e *assets.Entry) error {
	if e.Voucher == "" {
		return nil
	}
	by, ok := v[keyOf(e)]
	if !ok {
		v[keyOf(e)] = ""
		return nil
	}
	if by == "" {
		return assets.Errorf(assets.Conflict, "voucher", "凭证 %s 在此出现两次", "the voucher %s stands here twice", e.Voucher)
	}
	return assets.Errorf(assets.Conflict, "voucher", "凭证 %s 已由 %s 入账", "the voucher %s was booked by %s", e.Voucher, by)
}

// checkBought demands that the assets which an entry paid for are there.
func (l *ledger) checkBought(ctx context.Context, ids []uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	var n int
	if err := l.tx.QueryRow(ctx, `select count(distinct id) from asset where jurisdiction = $1 and id = any($2)`, l.jurisdiction, ids).Scan(&n); err != nil {
		return err
	}
	if n != len(ids) {
		return assets.Errorf(assets.Invalid, "assets", "%d 个设施中只找到 %d 个", "of %d assets only %d are there", len(ids), n)
	}
	return nil
}

// Reverse books the opposite of an entry, with the same shares, and marks it as
// reversed. It returns the reversing entry.
func (s *Store) Reverse(ctx context.Context, w Write, jurisdiction string, id uuid.UUID, on, reason string) (made assets.Entry, err error) {
	receipts, err := s.write(ctx, w, jurisdiction, nil, func(l *ledger) error {
		made, err = l.reverse(ctx, id, on, reason)
		return err
	})
	if err != nil {
		return made, err
	}
	for _, r := range receipts {
		if r.Kind == assets.KindCreate && r.Noun == entryNoun.name {
			list, err := entriesWhere(ctx, s.pool, `jurisdiction = $1 and id = $2`, jurisdiction, r.ID)
			if err != nil || len(list) == 0 {
				return made, errors.Join(err, notFound("entry"))
			}
			return list[0], nil
		}
	}
	return made, notFound("entry")
}

func (l *ledger) reverse(ctx context.Context, id uuid.UUID, on, reason string) (made assets.Entry, err error) {
	if strings.TrimSpace(reason) == "" {
		return made, assets.Errorf(assets.Invalid, "reason", "请写明冲销原因", "say why it is reversed")
	}
	p, err := load(ctx, l, entryNoun, id)
	if err != nil {
		return made, err
	}
	switch {
	case p.value.Reverses != nil:
		return made, assets.Errorf(assets.Conflict, "id", "冲销分录不能再冲销", "a reversing entry cannot be reversed")
	case p.value.ReversedBy != nil:
		return made, assets.Errorf(assets.Conflict, "id", "此分录已被冲销", "this entry is reversed already")
	}
	list, err := l.reverseAll(ctx, []assets.Entry{p.value}, on, reason)
	if err != nil {
		return made, err
	}
	return list[0], nil
}

// reverseAll books the opposite of entries that nobody reversed, with the same
// shares, and marks them. It asks the database as often for one as for many.
func (l *ledger) reverseAll(ctx context.Context, old []assets.Entry, on, reason string) ([]assets.Entry, error) {
	if err := l.takeTime(ctx); err != nil {
		return nil, err
	}
	made, ids, by := make([]assets.Entry, len(old)), make([]uuid.UUID, len(old)), make([]uuid.UUID, len(old))
	for i, e := range old {
		id, err := newID(uuid.Nil)
		if err != nil {
			return nil, err
		}
		ids[i], by[i] = e.ID, id
		made[i] = e
		made[i].Header, made[i].On, made[i].Amount, made[i].Note, made[i].Reverses = assets.Header{ID: id}, on, -e.Amount, reason, &ids[i]
		if err := l.noteReversed(ctx, e, &by[i]); err != nil {
			return nil, err
		}
	}
	if err := l.send(ctx); err != nil {
		return nil, err
	}
	if _, err := l.tx.Exec(ctx, `update entry e set reversed_by = x.by, version = e.version + 1, updated_at = $4 from unnest($2::uuid[], $3::uuid[]) x(id, by)
		where e.jurisdiction = $1 and e.id = x.id`, l.jurisdiction, ids, by, l.at); err != nil {
		return nil, err
	}
	if err := createIn(ctx, l, entryNoun, made); err != nil {
		return nil, err
	}
	shares, err := l.sharesOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	b := booking{l: l}
	for i := range made {
		list := shares[ids[i]]
		for k := range list {
			list[k].Amount = -list[k].Amount
		}
		b.keep(&made[i], list)
	}
	return made, b.store(ctx)
}

// takeTime lifts the limit of one statement: a batch of entries may be large, and
// whoever waits for it bounds it all the same.
func (l *ledger) takeTime(ctx context.Context) error {
	_, err := l.tx.Exec(ctx, `set local statement_timeout = 0`)
	return err
}

// noteReversed notes that an entry is reversed.
func (l *ledger) noteReversed(ctx context.Context, e assets.Entry, by *uuid.UUID) error {
	was, err := entryNoun.record(&e)
	if err != nil {
		return err
	}
	e.ReversedBy, e.Version, e.UpdatedAt = by, e.Version+1, l.at
	is, err := entryNoun.record(&e)
	if err != nil {
		return err
	}
	return l.note(ctx, assets.KindUpdate, entryNoun.name, e.ID, e.Version, was, is)
}

// sharesOf entries, by entry.
func (l *ledger) sharesOf(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID][]assets.Allocation, error) {
	rows, err := l.tx.Query(ctx, `select entry, noun, target, amount, rule, weight, weight_total from allocation where jurisdiction = $1 and entry = any($2) order by entry, noun, target`, l.jurisdiction, ids)
	if err != nil {
		return nil, err
	}
	shares := make(map[uuid.UUID][]assets.Allocation, len(ids))
	var id uuid.UUID
	var a assets.Allocation
	_, err = pgx.ForEachRow(rows, []any{&id, &a.Target.Noun, &a.Target.ID, (*int64)(&a.Amount), &a.Rule, &a.Weight, &a.WeightTotal}, func() error {
		shares[id] = append(shares[id], a)
		return nil
	})
	return shares, err
}
