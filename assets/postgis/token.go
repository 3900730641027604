package postgis

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

var tokenNoun = noun[assets.Token]{
	name:    "token",
	table:   "token",
	columns: []string{"jurisdiction", "id", "account", "name", "role", "place", "lenient", "sha256", "expires_at", "version", "updated_at"},
	selects: `select jurisdiction, id, version, updated_at, account, name, role, place, lenient, sha256, expires_at, last_used_at,
		coalesce((select a.name from account a where a.jurisdiction = token.jurisdiction and a.id = token.account), '') from`,
	head:    func(t *assets.Token) *assets.Header { return &t.Header },
	prepare: func(t *assets.Token) error { return t.Validate() },
	row: func(t *assets.Token) []any {
		return []any{t.Jurisdiction, t.ID, t.Account, t.Name, t.Role, t.Place, t.Lenient, t.Secret, t.ExpiresAt, t.Version, t.UpdatedAt}
	},
	scan: func(row scanner, t *assets.Token) error {
		t.ExpiresAt, t.LastUsedAt = nil, nil
		return row.Scan(&t.Jurisdiction, &t.ID, &t.Version, &t.UpdatedAt, &t.Account, &t.Name, &t.Role, &t.Place, &t.Lenient, &t.Secret, &t.ExpiresAt,
			&t.LastUsedAt, &t.AccountName)
	},
}

// AddToken stores a new token and fills its header.
func (s *Store) AddToken(ctx context.Context, w Write, t *assets.Token) error {
	list := []assets.Token{*t}
	err := create(ctx, s, tokenNoun, w, assets.SystemJurisdiction, list)
	*t = list[0]
	if err != nil {
		return err
	}
	return shownOnce(t.Version)
}

// Tokens lists the living tokens of an account, or of everybody for the nil
// UUID, by name.
func (s *Store) Tokens(ctx context.Context, account uuid.UUID) ([]assets.Token, error) {
	rows, err := s.pool.Query(ctx, tokenNoun.selects+` token where jurisdiction = $1 and deleted_at is null and ($2::uuid = $3::uuid or account = $2) order by name, id`,
		assets.SystemJurisdiction, account, uuid.Nil)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (t assets.Token, err error) {
		err = tokenNoun.scan(row, &t)
		return t, err
	})
}

// RevokeToken ends a token of an account, or of anybody for the nil UUID.
func (s *Store) RevokeToken(ctx context.Context, w Write, account, id uuid.UUID) error {
	return s.record(ctx, w, assets.SystemJurisdiction, nil, func(l *ledger) error {
		p, err := load(ctx, l, tokenNoun, id)
		if err == nil && account != uuid.Nil && p.value.Account != account {
			err = notFound(tokenNoun.name)
		}
		if err != nil {
			return err
		}
		_, err = erase(ctx, l, tokenNoun, id, assets.AnyVersion)
		return err
	})
}

// UseToken finds the token with a secret's hash, unless it is revoked or over,
// and notes that it was used, to the minute.
func (s *Store) UseToken(ctx context.Context, secret []byte) (t assets.Token, err error) {
	const where = ` token where jurisdiction = $1 and sha256 = $2 and deleted_at is null and (expires_at is null or expires_at > now())`
	err = tokenNoun.scan(s.pool.QueryRow(ctx, tokenNoun.selects+where, assets.SystemJurisdiction, secret), &t)
	if none(err) {
		return t, notFound(tokenNoun.name)
	}
	if err != nil || t.LastUsedAt != nil && time.Since(*t.LastUsedAt) < time.Minute {
		return t, err
	}
	_, err = s.pool.Exec(ctx, `update token set last_used_at = now() where jurisdiction = $1 and id = $2 and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
		assets.SystemJurisdiction, t.ID)
	return t, err
}
