package postgis

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"streetbook/assets"
)

var projectNoun = noun[assets.Project]{
	name:  "project",
	table: "project",
	columns: []string{"jurisdiction", "id", "code", "name", "kind", "fund", "department", "contractor", "planned_start", "planned_end", "actual_start", "actual_end",
		"status", "budget", "targets", "rule", "rule_reason", "version", "updated_at"},
	selects: `select jurisdiction, id, version, updated_at, code, name, kind, fund, department, contractor,
		coalesce(planned_start::text, ''), coalesce(planned_end::text, ''), coalesce(actual_start::text, ''), coalesce(actual_end::text, ''),
		status, budget, targets, rule, rule_reason from`,
	head: func(p *assets.Project) *assets.Header { return &p.Header },
	prepare: func(p *assets.Project) error {
		if p.Targets == nil {
			p.Targets = []assets.TargetRef{}
		}
		return p.Validate()
	},
	row: func(p *assets.Project) []any {
		return []any{p.Jurisdiction, p.ID, p.Code, p.Name, p.Kind, p.Fund, p.Department, p.Contractor, date(p.PlannedStart), date(p.PlannedEnd), date(p.ActualStart), date(p.ActualEnd),
			p.Status, (*int64)(p.Budget), asJSON(p.Targets), asJSON(p.Rule), p.RuleReason, p.Version, p.UpdatedAt}
	},
	scan: func(row scanner, p *assets.Project) error {
		var targets, rule []byte
		var budget *int64
		if err := row.Scan(&p.Jurisdiction, &p.ID, &p.Version, &p.UpdatedAt, &p.Code, &p.Name, &p.Kind, &p.Fund, &p.Department, &p.Contractor,
			&p.PlannedStart, &p.PlannedEnd, &p.ActualStart, &p.ActualEnd, &p.Status, &budget, &targets, &rule, &p.RuleReason); err != nil {
			return err
		}
		p.Budget, p.Targets, p.Rule = (*assets.Fen)(budget), nil, assets.Rule{}
		if err := json.Unmarshal(targets, &p.Targets); err != nil {
			return err
		}
		return json.Unmarshal(rule, &p.Rule)
	},
}

// asJSON passes a value of the domain to a json column. Nothing of the domain
// that is stored so can fail to be encoded.
func asJSON(v any) json.RawMessage {
	b, err := marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// Projects lists the projects of a jurisdiction by code.
func (s *Store) Projects(ctx context.Context, jurisdiction string) (list []assets.Project, err error) {
	rows, err := s.pool.Query(ctx, projectNoun.selects+` project where jurisdiction = $1 and deleted_at is null order by code`, jurisdiction)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p assets.Project
		if err := projectNoun.scan(rows, &p); err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

// ProjectPlace is the jurisdiction of a project in a scope.
func (s *Store) ProjectPlace(ctx context.Context, scope assets.Scope, id uuid.UUID) (string, error) {
	return s.placeOf(ctx, scope, projectNoun.table, id)
}

// Project returns one project, or an error of code assets.NotFound.
func (s *Store) Project(ctx context.Context, jurisdiction string, id uuid.UUID) (assets.Project, error) {
	p, err := loadWhere(ctx, s.pool, projectNoun, projectNoun.table, `jurisdiction = $1 and id = $2 and deleted_at is null`, jurisdiction, id)
	return p.value, err
}

// AddProject stores a new project and fills its header.
func (s *Store) AddProject(ctx context.Context, w Write, jurisdiction string, p *assets.Project) error {
	receipts, err := s.write(ctx, w, jurisdiction, p, func(l *ledger) error {
		if err := l.checkProject(ctx, *p); err != nil {
			return err
		}
		list := []assets.Project{*p}
		err := createIn(ctx, l, projectNoun, list)
		*p = list[0]
		return err
	})
	if err != nil {
		return err
	}
	return settled(ctx, s, projectNoun, jurisdiction, receipts, p)
}

// checkProject demands that what a project refers to is there.
func (l *ledger) checkProject(ctx context.Context, p assets.Project) error {
	if p.Department != nil {
		var found bool
		if err := l.tx.QueryRow(ctx, `select exists (select from department where jurisdiction = $1 and id = $2 and deleted_at is null)`, l.jurisdiction, *p.Department).Scan(&found); err != nil {
			return err
		}
		if !found {
			return assets.Errorf(assets.Invalid, "department", "没有这个部门", "there is no such department")
		}
	}
	b := booking{l: l}
	targets, _, err := b.today(ctx, p.Targets, p.Rule)
	if err != nil {
		return err
	}
	for _, t := range targets {
		if _, err := b.measure(ctx, assets.Rule{Kind: assets.RuleLength}, t); err != nil {
			return err
		}
	}
	return nil
}

// ReviseProject changes what a project says of itself and returns it. What its
// amounts fall on is changed by Reapportion alone.
func (s *Store) ReviseProject(ctx context.Context, w Write, jurisdiction string, id uuid.UUID, match assets.Match, fn func(*assets.Project) error) (p assets.Project, err error) {
	receipts, err := s.write(ctx, w, jurisdiction, nil, func(l *ledger) error {
		p, err = revise(ctx, l, projectNoun, id, match, func(p *assets.Project) error {
			before := *p
			if err := fn(p); err != nil {
				return err
			}
			p.Targets, p.Rule, p.RuleReason = before.Targets, before.Rule, before.RuleReason
			return l.checkProject(ctx, *p)
		})
		return err
	})
	if err != nil {
		return p, err
	}
	return p, settled(ctx, s, projectNoun, jurisdiction, receipts, &p)
}

// DeleteProject takes away a project that nothing was booked on.
func (s *Store) DeleteProject(ctx context.Context, w Write, jurisdiction string, id uuid.UUID, match assets.Match) error {
	return s.record(ctx, w, jurisdiction, nil, func(l *ledger) error {
		var n int64
		if err := l.tx.QueryRow(ctx, `select count(*) from entry where jurisdiction = $1 and project = $2`, jurisdiction, id).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return assets.Errorf(assets.Conflict, "project", "此项目已有 %d 笔分录，不能删除", "%d entries are booked on this project: it cannot be deleted", n)
		}
		_, err := erase(ctx, l, projectNoun, id, match)
		return err
	})
}

// Moved is what a target had of a project under a basis before its rule changed,
// and what it has after.
type Moved struct {
	Target        assets.TargetRef
	Basis         string
	Before, After assets.Fen
}

// previewed ends a write that was only to show what it would do.
type previewed struct{}

func (previewed) Error() string { return "a preview" }

// Reapportion gives a project other targets or another rule, and divides anew
// what is booked on it: every entry without targets or rule of its own, but for
// those that are reversed. It returns the project and what moves; with preview
// it changes nothing.
func (s *Store) Reapportion(ctx context.Context, w Write, jurisdiction string, id uuid.UUID, match assets.Match, targets []assets.TargetRef, rule assets.Rule, reason string, preview bool) (p assets.Project, moved []Moved, err error) {
	receipts, err := s.write(ctx, w, jurisdiction, nil, func(l *ledger) error {
		p, err = revise(ctx, l, projectNoun, id, match, func(p *assets.Project) error {
			p.Targets, p.Rule, p.RuleReason = targets, rule, reason
			return l.checkProject(ctx, *p)
		})
		if err != nil {
			return err
		}
		if err := l.send(ctx); err != nil {
			return err
		}
		if moved, err = l.divideAnew(ctx, p); err == nil && preview {
			err = previewed{}
		}
		return err
	})
	if _, ok := err.(previewed); ok {
		return p, moved, nil
	}
	if err != nil {
		return p, nil, err
	}
	return p, moved, settled(ctx, s, projectNoun, jurisdiction, receipts, &p)
}

// divideAnew replaces the allocations of a project's own entries.
func (l *ledger) divideAnew(ctx context.Context, p assets.Project) ([]Moved, error) {
	list, err := entriesWhere(ctx, l.tx, `jurisdiction = $1 and project = $2 and reverses is null and reversed_by is null and (targets is null or rule is null) order by id`, l.jurisdiction, p.ID)
	if err != nil {
		return nil, err
	}
	b := booking{l: l, projects: map[uuid.UUID]assets.Project{p.ID: p}, rollup: sums{}}
	before, after := sums{}, sums{}
	for i := range list {
		old, err := allocationsOf(ctx, l.tx, l.jurisdiction, list[i].ID)
		if err != nil {
			return nil, err
		}
		fresh, err := b.divide(ctx, &list[i])
		if err != nil {
			return nil, err
		}
		if _, err := l.tx.Exec(ctx, `delete from allocation where jurisdiction = $1 and entry = $2`, l.jurisdiction, list[i].ID); err != nil {
			return nil, err
		}
		basis, _ := assets.BasisOf(list[i].Kind)
		before.add(basis, old, 1)
		after.add(basis, fresh, 1)
		b.rollup.add(basis, old, -1)
		b.keep(&list[i], fresh)
	}
	return compare(before, after), b.store(ctx)
}
