package postgis

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

// noun says how objects of one kind are stored and read.
type noun[T any] struct {
	name     string // in the change log
	table    string
	history  bool     // superseded versions are kept in TABLE_history, for the map as of a date
	columns  []string // in the order of row; the first two are jurisdiction and id
	selects  string   // "select … from" without the table, in the order of scan
	head     func(*T) *assets.Header
	geometry func(*T) orb.Geometry // nil where the noun has none
	prepare  func(*T) error        // checks, and fills what is derived
	row      func(*T) []any        // in the order of columns
	scan     func(scanner, *T) error
}

// create stores new objects in one transaction: rows, versions and changes.
// Objects without an id are given one; the slice is updated in place.
func create[T any](ctx context.Context, s *Store, n noun[T], w Write, jurisdiction string, items []T) error {
	body, err := n.body(items)
	if err != nil {
		return err
	}
	return s.record(ctx, w, jurisdiction, body, func(l *ledger) error { return createIn(ctx, l, n, items) })
}

// createIn is create inside a write that is under way.
func createIn[T any](ctx context.Context, l *ledger, n noun[T], items []T) error {
	for i := range items {
		t := &items[i]
		if err := n.found(t, l.jurisdiction, l.at); err != nil {
			return err
		}
		after, err := n.record(t)
		if err != nil {
			return err
		}
		h := n.head(t)
		if err := l.note(ctx, assets.KindCreate, n.name, h.ID, h.Version, nil, after); err != nil {
			return err
		}
	}
	_, err := l.tx.CopyFrom(ctx, pgx.Identifier{n.table}, n.columns, &rowSource[T]{items: items, row: n.row})
	return err
}

// found checks a new object and fills its header.
func (n noun[T]) found(t *T, jurisdiction string, at time.Time) error {
	h := n.head(t)
	id, err := newID(h.ID)
	if err != nil {
		return err
	}
	*h = assets.Header{Jurisdiction: jurisdiction, ID: id, Version: 1, UpdatedAt: at}
	return n.check(t)
}

// check refuses a wrong geometry and wrong members.
func (n noun[T]) check(t *T) error {
	if n.geometry != nil {
		if err := geo.Validate(n.geometry(t)); err != nil {
			return err
		}
	}
	return n.prepare(t)
}

// record is the JSON of an object as the change log keeps it, its geometry as
// GeoJSON among the members.
func (n noun[T]) record(t *T) ([]byte, error) {
	b, err := marshal(t)
	if err != nil || n.geometry == nil {
		return b, err
	}
	b = append(b[:len(b)-1], `,"geometry":`...)
	return append(geo.AppendGeometry(b, n.geometry(t)), '}'), nil
}

// body is what identifies the input of an operation.
func (n noun[T]) body(items []T) ([]json.RawMessage, error) {
	list := make([]json.RawMessage, len(items))
	for i := range items {
		b, err := n.record(&items[i])
		if err != nil {
			return nil, err
		}
		list[i] = b
	}
	return list, nil
}

// marshal is json.Marshal without the HTML escapes, which would only make the
// log harder to read.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// present is an object with what the table alone knows of it.
type present[T any] struct {
	value   T
	deleted bool
}

// load reads the present version of an object, deleted or not. Nobody else can
// write to it: the ledger holds the jurisdiction.
func load[T any](ctx context.Context, l *ledger, n noun[T], id uuid.UUID) (p present[T], err error) {
	if err := l.send(ctx); err != nil {
		return p, err
	}
	return loadWhere(ctx, l.tx, n, n.table, `jurisdiction = $1 and id = $2`, l.jurisdiction, id)
}

// loadVersion reads a superseded version of an object.
func loadVersion[T any](ctx context.Context, l *ledger, n noun[T], id uuid.UUID, version int) (present[T], error) {
	return loadWhere(ctx, l.tx, n, n.table+"_history", `jurisdiction = $1 and id = $2 and version = $3`, l.jurisdiction, id, version)
}

func loadWhere[T any](ctx context.Context, db querier, n noun[T], table, where string, args ...any) (p present[T], err error) {
	err = n.scan(db.QueryRow(ctx, n.selects+" "+table+" where "+where, args...), &p.value)
	if none(err) {
		return p, notFound(n.name)
	}
	if err != nil {
		return p, err
	}
	err = db.QueryRow(ctx, "select deleted_at is not null from "+table+" where "+where, args...).Scan(&p.deleted)
	return p, err
}

// revise changes a living object that the writer saw in one of the versions
// that match, and returns it as it is now. Whatever fn leaves as it was is no
// change and makes no version.
func revise[T any](ctx context.Context, l *ledger, n noun[T], id uuid.UUID, match assets.Match, fn func(*T) error) (T, error) {
	p, err := load(ctx, l, n, id)
	if err == nil && p.deleted {
		err = notFound(n.name)
	}
	if err != nil {
		return p.value, err
	}
	if err := match.Check(n.head(&p.value).Version); err != nil {
		return p.value, err
	}
	before := p.value
	if err := fn(&p.value); err != nil {
		return before, err
	}
	return p.value, save(ctx, l, n, before, &p.value, assets.KindUpdate)
}

// save stores the next version of an object whose present one is before. It
// does nothing when the two are alike, unless the object is brought back.
func save[T any](ctx context.Context, l *ledger, n noun[T], before T, after *T, kind string) error {
	old := n.head(&before)
	*n.head(after) = *old
	if err := n.check(after); err != nil {
		return err
	}
	was, err := n.record(&before)
	if err != nil {
		return err
	}
	if kind == assets.KindUpdate {
		same, err := n.record(after)
		if err != nil || bytes.Equal(was, same) {
			return err
		}
	} else {
		was = nil // it was gone
	}
	h := n.head(after)
	h.Version, h.UpdatedAt = old.Version+1, l.at
	is, err := n.record(after)
	if err != nil {
		return err
	}
	if err := l.note(ctx, kind, n.name, h.ID, h.Version, was, is); err != nil {
		return err
	}
	if err := supersede(ctx, l, n, h.ID); err != nil {
		return err
	}
	return l.queue(ctx, n.update(), n.row(after)...)
}

// supersede keeps the present version for the map as of a date.
func supersede[T any](ctx context.Context, l *ledger, n noun[T], id uuid.UUID) error {
	if !n.history {
		return nil
	}
	columns := strings.Join(n.columns, ", ")
	return l.queue(ctx, fmt.Sprintf(`insert into %[1]s_history (%[2]s, deleted_at, ended_at) select %[2]s, deleted_at, $3 from %[1]s where jurisdiction = $1 and id = $2`,
		n.table, columns), l.jurisdiction, id, l.at)
}

// update writes every column of a row anew, and makes it a living one.
func (n noun[T]) update() string {
	set := make([]string, 0, len(n.columns))
	for i, column := range n.columns[2:] {
		set = append(set, fmt.Sprintf("%s = $%d", column, i+3))
	}
	return fmt.Sprintf("update %s set %s, deleted_at = null where jurisdiction = $1 and id = $2", n.table, strings.Join(set, ", "))
}

// erase takes a living object from every read. It can be brought back.
func erase[T any](ctx context.Context, l *ledger, n noun[T], id uuid.UUID, match assets.Match) (T, error) {
	p, err := load(ctx, l, n, id)
	if err == nil && p.deleted {
		err = notFound(n.name)
	}
	if err != nil {
		return p.value, err
	}
	h := n.head(&p.value)
	if err := match.Check(h.Version); err != nil {
		return p.value, err
	}
	was, err := n.record(&p.value)
	if err != nil {
		return p.value, err
	}
	if err := l.note(ctx, assets.KindDelete, n.name, id, h.Version+1, was, nil); err != nil {
		return p.value, err
	}
	if err := supersede(ctx, l, n, id); err != nil {
		return p.value, err
	}
	h.Version++
	h.UpdatedAt = l.at
	return p.value, l.queue(ctx, `update `+n.table+` set deleted_at = $3, updated_at = $3, version = $4 where jurisdiction = $1 and id = $2`,
		l.jurisdiction, id, l.at, h.Version)
}

// returned makes an object what it was in an earlier version, also one that is
// deleted.
func returned[T any](ctx context.Context, l *ledger, n noun[T], id uuid.UUID, match assets.Match, version int) (T, error) {
	p, err := load(ctx, l, n, id)
	if err != nil {
		return p.value, err
	}
	if err := match.Check(n.head(&p.value).Version); err != nil {
		return p.value, err
	}
	kind := assets.KindUpdate
	if p.deleted {
		kind = assets.KindRestore
	}
	if version == n.head(&p.value).Version {
		if p.deleted {
			return p.value, gone(version)
		}
		return p.value, nil
	}
	old, err := loadVersion(ctx, l, n, id, version)
	if err != nil {
		return p.value, err
	}
	if old.deleted {
		return p.value, gone(version)
	}
	return old.value, save(ctx, l, n, p.value, &old.value, kind)
}

func gone(version int) error {
	return assets.Errorf(assets.Conflict, "version", "第 %d 版时它已被删除，无法恢复到此版", "in version %d it was deleted: there is nothing to go back to", version)
}

// settled fills an object that a write left alone because its operation was
// known: with what it is now.
func settled[T any](ctx context.Context, s *Store, n noun[T], jurisdiction string, receipts []Receipt, t *T) error {
	if n.head(t).Version > 0 {
		return nil
	}
	for _, r := range receipts {
		if r.Noun == n.name {
			p, err := loadWhere(ctx, s.pool, n, n.table, `jurisdiction = $1 and id = $2`, jurisdiction, r.ID)
			*t = p.value
			return err
		}
	}
	return notFound(n.name)
}

// shownOnce is the answer to an operation that comes again and whose first answer
// held a secret.
func shownOnce(version int) error {
	if version > 0 {
		return nil
	}
	return assets.Errorf(assets.Conflict, "Idempotency-Key", "此操作已完成；密码或令牌只显示一次", "this was done already; a password or token is shown only once")
}
