package postgis

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

var accountNoun = noun[assets.Account]{
	name:    "account",
	table:   "account",
	columns: []string{"jurisdiction", "id", "name", "display_name", "password", "disabled_at", "epoch", "password_at", "version", "updated_at"},
	selects: `select jurisdiction, id, version, updated_at, name, display_name, password, disabled_at is not null, epoch, password_at,
		coalesce((select json_object_agg(r.jurisdiction, r.role order by r.jurisdiction) from account_role r where r.account = account.id), '{}'),
		(select max(at) from login_address l where l.jurisdiction = account.jurisdiction and l.account = account.id) from`,
	head:    func(a *assets.Account) *assets.Header { return &a.Header },
	prepare: func(a *assets.Account) error { return a.Validate() },
	row: func(a *assets.Account) []any {
		var disabled *time.Time
		if a.Disabled {
			disabled = &a.UpdatedAt
		}
		return []any{a.Jurisdiction, a.ID, a.Name, a.DisplayName, a.Password, disabled, a.Epoch, a.PasswordAt, a.Version, a.UpdatedAt}
	},
	scan: func(row scanner, a *assets.Account) error {
		a.Roles = nil
		return row.Scan(&a.Jurisdiction, &a.ID, &a.Version, &a.UpdatedAt, &a.Name, &a.DisplayName, &a.Password, &a.Disabled, &a.Epoch, &a.PasswordAt, &a.Roles, &a.LastLoginAt)
	},
}

// AddFirstAdmin stores an account that is admin everywhere, if there is no
// account yet. It reports whether it did.
func (s *Store) AddFirstAdmin(ctx context.Context, w Write, a assets.Account) (added bool, err error) {
	a.Roles = map[string]string{assets.SystemJurisdiction: assets.RoleAdmin}
	err = s.record(ctx, w, assets.SystemJurisdiction, a, func(l *ledger) error {
		var any bool
		if err := l.tx.QueryRow(ctx, `select exists (select from account where jurisdiction = $1)`, l.jurisdiction).Scan(&any); any || err != nil {
			return err
		}
		added = true
		return l.addAccount(ctx, &a)
	})
	return added, err
}

// HasAccounts reports whether anybody has an account.
func (s *Store) HasAccounts(ctx context.Context) (has bool, err error) {
	err = s.pool.QueryRow(ctx, `select exists (select from account where jurisdiction = $1)`, assets.SystemJurisdiction).Scan(&has)
	return has, err
}

// AddAccount stores a new account with its roles and fills its header.
func (s *Store) AddAccount(ctx context.Context, w Write, a *assets.Account) error {
	if err := s.record(ctx, w, assets.SystemJurisdiction, a, func(l *ledger) error { return l.addAccount(ctx, a) }); err != nil {
		return err
	}
	return shownOnce(a.Version)
}

func (l *ledger) addAccount(ctx context.Context, a *assets.Account) error {
	if err := l.rolesExist(ctx, *a); err != nil {
		return err
	}
	a.PasswordAt = l.at
	list := []assets.Account{*a}
	if err := createIn(ctx, l, accountNoun, list); err != nil {
		return err
	}
	*a = list[0]
	return l.setRoles(ctx, *a)
}

func (l *ledger) rolesExist(ctx context.Context, a assets.Account) error {
	for jurisdiction := range a.Roles {
		var exists bool
		if err := l.tx.QueryRow(ctx, `select exists (select from jurisdiction where code = $1)`, jurisdiction).Scan(&exists); err != nil {
			return err
		}
		if !exists {
			return assets.Errorf(assets.Invalid, "roles", "没有辖区 %s", "there is no jurisdiction %s", jurisdiction)
		}
	}
	return nil
}

func (l *ledger) setRoles(ctx context.Context, a assets.Account) error {
	if err := l.queue(ctx, `delete from account_role where account = $1`, a.ID); err != nil {
		return err
	}
	for jurisdiction, role := range a.Roles {
		if err := l.queue(ctx, `insert into account_role (jurisdiction, account, role) values ($1, $2, $3)`, jurisdiction, a.ID, role); err != nil {
			return err
		}
	}
	return nil
}

// ReviseAccount changes an account by fn and returns it. The last account that
// is admin everywhere cannot lose that: nobody could give it back.
func (s *Store) ReviseAccount(ctx context.Context, w Write, id uuid.UUID, match assets.Match, fn func(*assets.Account) error) (a assets.Account, err error) {
	receipts, err := s.write(ctx, w, assets.SystemJurisdiction, nil, func(l *ledger) error {
		a, err = revise(ctx, l, accountNoun, id, match, func(a *assets.Account) error {
			password := a.Password
			if err := fn(a); err != nil {
				return err
			}
			if a.Password != password { // every session of the old one is over
				a.PasswordAt, a.Epoch = l.at, a.Epoch+1
			}
			return l.rolesExist(ctx, *a)
		})
		if err != nil {
			return err
		}
		if err := l.setRoles(ctx, a); err != nil {
			return err
		}
		return l.adminRemains(ctx)
	})
	if err != nil {
		return a, err
	}
	return a, settled(ctx, s, accountNoun, assets.SystemJurisdiction, receipts, &a)
}

func (l *ledger) adminRemains(ctx context.Context) error {
	if err := l.send(ctx); err != nil {
		return err
	}
	var n int
	err := l.tx.QueryRow(ctx, `select count(*) from account a join account_role r on r.account = a.id and r.jurisdiction = $1 and r.role = $2
		where a.jurisdiction = $1 and a.disabled_at is null`, assets.SystemJurisdiction, assets.RoleAdmin).Scan(&n)
	if err == nil && n == 0 {
		err = assets.Errorf(assets.Conflict, "roles", "至少要有一个可用的总管理员账号", "one account that is admin everywhere must remain")
	}
	return err
}

// Accounts lists accounts by name: those with a role in a jurisdiction, or all.
func (s *Store) Accounts(ctx context.Context, jurisdiction string) ([]assets.Account, error) {
	return s.accounts(ctx, `jurisdiction = $1 and ($2 = '' or exists (select from account_role r where r.account = account.id and r.jurisdiction = $2)) order by name`,
		assets.SystemJurisdiction, jurisdiction)
}

// Account returns one account, or an error of code assets.NotFound.
func (s *Store) Account(ctx context.Context, id uuid.UUID) (assets.Account, error) {
	return oneAccount(s.accounts(ctx, `jurisdiction = $1 and id = $2`, assets.SystemJurisdiction, id))
}

// AccountNamed returns the account with a name in its normal form, or an error of
// code assets.NotFound.
func (s *Store) AccountNamed(ctx context.Context, name string) (assets.Account, error) {
	return oneAccount(s.accounts(ctx, `jurisdiction = $1 and name = $2`, assets.SystemJurisdiction, name))
}

func oneAccount(list []assets.Account, err error) (assets.Account, error) {
	if err == nil && len(list) == 0 {
		err = notFound(accountNoun.name)
	}
	if err != nil {
		return assets.Account{}, err
	}
	return list[0], nil
}

func (s *Store) accounts(ctx context.Context, where string, args ...any) ([]assets.Account, error) {
	rows, err := s.pool.Query(ctx, accountNoun.selects+` account where deleted_at is null and `+where, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (a assets.Account, err error) {
		err = accountNoun.scan(row, &a)
		return a, err
	})
}

// People lists the accounts that may be named in attributes of a jurisdiction:
// those with a role there.
func (s *Store) People(ctx context.Context, jurisdiction string) ([]assets.Account, error) {
	return s.accounts(ctx, `jurisdiction = $1 and disabled_at is null
		and exists (select from account_role r where r.account = account.id and r.jurisdiction in ($1, $2)) order by display_name, name`, assets.SystemJurisdiction, jurisdiction)
}
