package postgis

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"streetbook/assets"
)

var departmentNoun = noun[assets.Department]{
	name:    "department",
	table:   "department",
	columns: []string{"jurisdiction", "id", "code", "name", "version", "updated_at"},
	selects: `select jurisdiction, id, version, updated_at, code, name from`,
	head:    func(d *assets.Department) *assets.Header { return &d.Header },
	prepare: func(d *assets.Department) error { return d.Validate() },
	row: func(d *assets.Department) []any {
		return []any{d.Jurisdiction, d.ID, d.Code, d.Name, d.Version, d.UpdatedAt}
	},
	scan: func(row scanner, d *assets.Department) error {
		return row.Scan(&d.Jurisdiction, &d.ID, &d.Version, &d.UpdatedAt, &d.Code, &d.Name)
	},
}

// Departments lists the departments of a jurisdiction by code and name.
func (s *Store) Departments(ctx context.Context, jurisdiction string) (list []assets.Department, err error) {
	rows, err := s.pool.Query(ctx, departmentNoun.selects+` department where jurisdiction = $1 and deleted_at is null order by code, name`, jurisdiction)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var d assets.Department
		if err := departmentNoun.scan(rows, &d); err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

// AddDepartment stores a new department and fills its header.
func (s *Store) AddDepartment(ctx context.Context, w Write, jurisdiction string, d *assets.Department) error {
	receipts, err := s.write(ctx, w, jurisdiction, d, func(l *ledger) error {
		list := []assets.Department{*d}
		err := createIn(ctx, l, departmentNoun, list)
		*d = list[0]
		return err
	})
	if err != nil {
		return err
	}
	return settled(ctx, s, departmentNoun, jurisdiction, receipts, d)
}

// ReviseDepartment changes a department and returns it.
func (s *Store) ReviseDepartment(ctx context.Context, w Write, jurisdiction string, id uuid.UUID, match assets.Match, fn func(*assets.Department) error) (d assets.Department, err error) {
	receipts, err := s.write(ctx, w, jurisdiction, nil, func(l *ledger) error {
		d, err = revise(ctx, l, departmentNoun, id, match, fn)
		return err
	})
	if err != nil {
		return d, err
	}
	return d, settled(ctx, s, departmentNoun, jurisdiction, receipts, &d)
}

// DeleteDepartment takes a department away, unless assets refer to it.
func (s *Store) DeleteDepartment(ctx context.Context, w Write, jurisdiction string, id uuid.UUID, match assets.Match) error {
	return s.record(ctx, w, jurisdiction, nil, func(l *ledger) error {
		var n int64
		if err := l.tx.QueryRow(ctx, `select count(*) from asset where jurisdiction = $1 and deleted_at is null and attributes::text like '%' || $2 || '%'`,
			jurisdiction, id.String()).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return assets.Errorf(assets.Conflict, "department", "有 %d 个设施引用此部门", "%d assets refer to this department", n)
		}
		_, err := erase(ctx, l, departmentNoun, id, match)
		return err
	})
}

// DepartmentPlace is the jurisdiction of a department in a scope.
func (s *Store) DepartmentPlace(ctx context.Context, scope assets.Scope, id uuid.UUID) (string, error) {
	return s.placeOf(ctx, scope, departmentNoun.table, id)
}

// placeOf is the jurisdiction of a living row in a scope, or NotFound.
func (s *Store) placeOf(ctx context.Context, scope assets.Scope, table string, id uuid.UUID) (jurisdiction string, err error) {
	err = s.pool.QueryRow(ctx, `select jurisdiction from `+table+` where jurisdiction = any(array(select code from jurisdiction)) and id = $1 and deleted_at is null`, id).Scan(&jurisdiction)
	if none(err) || err == nil && !scope.Has(jurisdiction) {
		return "", notFound(table)
	}
	return jurisdiction, err
}

// checkReferences demands that the persons and departments which an asset's
// attributes newly name are there.
func (l *ledger) checkReferences(ctx context.Context, class assets.Class, now, before assets.Asset) error {
	var values, had map[string]json.RawMessage
	if err := json.Unmarshal(orObject(now.Attributes), &values); err != nil {
		return err
	}
	if err := json.Unmarshal(orObject(before.Attributes), &had); err != nil {
		return err
	}
	var faults assets.Errors
	for _, f := range class.Fields {
		value, ok := values[f.Key]
		if !ok || string(had[f.Key]) == string(value) || f.Kind != assets.KindPerson && f.Kind != assets.KindDepartment {
			continue
		}
		found, err := l.refersTo(ctx, f.Kind, value)
		if err != nil {
			return err
		}
		if !found {
			faults = append(faults, assets.Errorf(assets.Invalid, "attributes."+f.Key, "没有这个人员或部门", "there is no such person or department"))
		}
	}
	return faults.Err()
}

func (l *ledger) refersTo(ctx context.Context, kind string, value json.RawMessage) (found bool, err error) {
	var id uuid.UUID
	if err := json.Unmarshal(value, &id); err != nil {
		return false, nil
	}
	if kind == assets.KindDepartment {
		err = l.tx.QueryRow(ctx, `select exists (select from department where jurisdiction = $1 and id = $2 and deleted_at is null)`, l.jurisdiction, id).Scan(&found)
		return found, err
	}
	err = l.tx.QueryRow(ctx, `select exists (select from account a join account_role r on r.account = a.id and r.jurisdiction in ($1, $2)
		where a.jurisdiction = $1 and a.id = $3)`, assets.SystemJurisdiction, l.jurisdiction, id).Scan(&found)
	return found, err
}

func orObject(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("{}")
	}
	return raw
}
