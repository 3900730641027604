package postgis

import (
	"context"

	"github.com/google/uuid"

	"streetbook/assets"
)

var disputeNoun = noun[assets.Dispute]{
	name:  "conflict",
	table: "conflict",
	columns: []string{"jurisdiction", "id", "noun", "object", "kind", "op", "device", "actor", "said_at", "received_at", "base", "fields", "choice", "resolved_by",
		"resolved_at", "version", "updated_at"},
	selects: `select jurisdiction, id, version, updated_at, noun, object, kind, op, device, actor, said_at, received_at, base, fields, choice, resolved_by, resolved_at from`,
	head:    func(d *assets.Dispute) *assets.Header { return &d.Header },
	prepare: func(*assets.Dispute) error { return nil },
	row: func(d *assets.Dispute) []any {
		return []any{d.Jurisdiction, d.ID, d.Noun, d.Object, d.Kind, d.Op, d.Device, d.Actor, d.At, d.ReceivedAt, d.Base, d.Fields, d.Choice, d.ResolvedBy,
			d.ResolvedAt, d.Version, d.UpdatedAt}
	},
	scan: func(row scanner, d *assets.Dispute) error {
		return row.Scan(&d.Jurisdiction, &d.ID, &d.Version, &d.UpdatedAt, &d.Noun, &d.Object, &d.Kind, &d.Op, &d.Device, &d.Actor, &d.At, &d.ReceivedAt, &d.Base,
			&d.Fields, &d.Choice, &d.ResolvedBy, &d.ResolvedAt)
	},
}

// DisputeQuery selects conflicts of a jurisdiction.
type DisputeQuery struct {
	Jurisdiction string
	Open         *bool     // nil: all
	After        uuid.UUID // keyset: only those with a greater id
	Limit        int
}

// DisputedObject is a conflict with what its object is called.
type DisputedObject struct {
	assets.Dispute
	Name, Class string
	Current     int // the object's version
}

// Disputes lists conflicts in the order in which they arose.
func (s *Store) Disputes(ctx context.Context, q DisputeQuery) (list []DisputedObject, err error) {
	sql := disputeNoun.selects + ` conflict where jurisdiction = $1 and id > $2`
	if q.Open != nil && *q.Open {
		sql += ` and choice = ''`
	} else if q.Open != nil {
		sql += ` and choice <> ''`
	}
	rows, err := s.pool.Query(ctx, sql+` order by id limit $3`, q.Jurisdiction, q.After, q.Limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []uuid.UUID
	for rows.Next() {
		var d DisputedObject
		if err := disputeNoun.scan(rows, &d.Dispute); err != nil {
			return nil, err
		}
		list, ids = append(list, d), append(ids, d.Object)
	}
	if err := rows.Err(); err != nil || len(ids) == 0 {
		return list, err
	}
	return list, s.nameObjects(ctx, q.Jurisdiction, ids, list)
}

func (s *Store) nameObjects(ctx context.Context, jurisdiction string, ids []uuid.UUID, list []DisputedObject) error {
	type object struct {
		ID          uuid.UUID
		Name, Class string
		Version     int
	}
	objects, err := collect[object](ctx, s.pool, `select id, name, class, version from asset where jurisdiction = $1 and id = any($2)`, jurisdiction, ids)
	if err != nil {
		return err
	}
	by := map[uuid.UUID]object{}
	for _, o := range objects {
		by[o.ID] = o
	}
	for i := range list {
		o := by[list[i].Object]
		list[i].Name, list[i].Class, list[i].Current = o.Name, o.Class, o.Version
	}
	return nil
}

// DisputePlace is the jurisdiction of a conflict in a scope.
func (s *Store) DisputePlace(ctx context.Context, scope assets.Scope, id uuid.UUID) (string, error) {
	return s.placeOf(ctx, scope, disputeNoun.table, id)
}

// Resolve settles an open conflict: what is chosen of mine becomes a new version
// of the object. by says for each field who is to win when choice is
// assets.ChoiceFields. The conflict stays, with both values.
func (s *Store) Resolve(ctx context.Context, w Write, jurisdiction string, id uuid.UUID, choice string, by map[string]string) (d assets.Dispute, err error) {
	receipts, err := s.write(ctx, w, jurisdiction, nil, func(l *ledger) error {
		d, err = revise(ctx, l, disputeNoun, id, assets.AnyVersion, func(d *assets.Dispute) error {
			if d.Choice != "" {
				return assets.Errorf(assets.Conflict, "id", "此冲突已由 %s 解决", "this conflict was resolved by %s", d.ResolvedBy)
			}
			mine, err := d.Chosen(choice, by)
			if err != nil {
				return err
			}
			at := l.at
			d.Choice, d.ResolvedBy, d.ResolvedAt = choice, w.Actor, &at
			if choice == assets.ChoiceTheirs {
				return nil
			}
			return l.settleDispute(ctx, *d, mine)
		})
		return err
	})
	if err != nil {
		return d, err
	}
	return d, settled(ctx, s, disputeNoun, jurisdiction, receipts, &d)
}

// settleDispute writes what was chosen of mine.
func (l *ledger) settleDispute(ctx context.Context, d assets.Dispute, mine []assets.Clash) error {
	if d.Kind == assets.ClashDeleteEdit {
		p, err := load(ctx, l, assetNoun, d.Object)
		if err != nil || p.deleted {
			return err
		}
		_, err = erase(ctx, l, assetNoun, d.Object, assets.AnyVersion)
		return err
	}
	if err := l.revive(ctx, d.Object); err != nil {
		return err
	}
	_, err := l.reviseAsset(ctx, d.Object, assets.AnyVersion, func(a *assets.Asset) error { return a.Take(mine) })
	return err
}
