package postgis

import (
	"context"

	"streetbook/assets"
)

var accountNoun = noun[assets.Account]{
	name:    "account",
	table:   "account",
	columns: []string{"jurisdiction", "id", "name", "display_name", "password", "version", "updated_at"},
	head:    func(a *assets.Account) *assets.Header { return &a.Header },
	prepare: func(a *assets.Account) error { return a.Validate() },
	row: func(a *assets.Account) []any {
		return []any{a.Jurisdiction, a.ID, a.Name, a.DisplayName, a.Password, a.Version, a.UpdatedAt}
	},
}

// AddFirstAdmin stores an account that is admin everywhere, if there is no
// account yet. It reports whether it did.
func (s *Store) AddFirstAdmin(ctx context.Context, w Write, a assets.Account) (added bool, err error) {
	err = s.record(ctx, w, assets.SystemJurisdiction, a, func(l *ledger) error {
		var any bool
		if err := l.tx.QueryRow(ctx, `select exists (select from account where jurisdiction = $1)`, l.jurisdiction).Scan(&any); any || err != nil {
			return err
		}
		list := []assets.Account{a}
		if err := createIn(ctx, l, accountNoun, list); err != nil {
			return err
		}
		added = true
		_, err := l.tx.Exec(ctx, `insert into account_role (jurisdiction, account, role) values ($1, $2, $3)`, l.jurisdiction, list[0].ID, assets.RoleAdmin)
		return err
	})
	return added, err
}

// HasAccounts reports whether anybody has an account.
func (s *Store) HasAccounts(ctx context.Context) (has bool, err error) {
	err = s.pool.QueryRow(ctx, `select exists (select from account where jurisdiction = $1)`, assets.SystemJurisdiction).Scan(&has)
	return has, err
}
