package postgis

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

// noun says how objects of one kind are stored. It is what create needs to
// know about a type; reading is each noun's own business.
type noun[T any] struct {
	name     string // in the change log
	table    string
	columns  []string
	head     func(*T) *assets.Header
	geometry func(*T) orb.Geometry // nil where the noun has none
	prepare  func(*T) error        // checks, and fills what is derived
	row      func(*T) []any        // in the order of columns
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
