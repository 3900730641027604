package postgis

import (
	"context"
	"encoding/hex"

	"github.com/jackc/pgx/v5"
)

// Contents say what a registry holds, so that a restored one can be compared
// with the one that was backed up.
type Contents struct {
	// Heads are the last entries of the histories: "410105015 17 hash". Every
	// entry before follows from them.
	Heads []string `json:"heads"`
	// Rows are the numbers of rows by table.
	Rows map[string]int64 `json:"rows"`
}

// Passing are the tables whose rows are worth nothing in another life of the
// database: who is signed in, and who mistyped a password.
var Passing = []string{"sessions", "login_failure", "login_address"}

// Frozen calls fn with the name of an exported snapshot of the registry, which
// lives until fn returns, and what the registry holds in it.
func (s *Store) Frozen(ctx context.Context, fn func(snapshot string, holds Contents) error) error {
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `set local statement_timeout = 0`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `set local idle_in_transaction_session_timeout = 0`); err != nil {
			return err
		}
		var snapshot string
		if err := tx.QueryRow(ctx, `select pg_export_snapshot()`).Scan(&snapshot); err != nil {
			return err
		}
		holds, err := contents(ctx, tx)
		if err != nil {
			return err
		}
		return fn(snapshot, holds)
	})
}

func contents(ctx context.Context, tx pgx.Tx) (Contents, error) {
	c := Contents{Rows: map[string]int64{}}
	type head struct {
		Code string
		Seq  string
		Hash []byte
	}
	heads, err := collect[head](ctx, tx, `select code, seq::text, hash from jurisdiction order by code`)
	if err != nil {
		return c, err
	}
	for _, h := range heads {
		c.Heads = append(c.Heads, h.Code+" "+h.Seq+" "+hex.EncodeToString(h.Hash))
	}
	tables, err := ownTables(ctx, tx)
	if err != nil {
		return c, err
	}
	for _, table := range tables {
		var n int64
		if err := tx.QueryRow(ctx, `select count(*) from `+pgx.Identifier{table}.Sanitize()).Scan(&n); err != nil {
			return c, err
		}
		c.Rows[table] = n
	}
	return c, nil
}

// ownTables are the registry's tables, without those of extensions and without
// those whose rows pass.
func ownTables(ctx context.Context, db querier) ([]string, error) {
	rows, err := db.Query(ctx, `select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
		and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
		and c.relname <> all ($1) order by 1`, Passing)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// Empty reports whether the database has no table of anybody's.
func (s *Store) Empty(ctx context.Context) (bool, error) {
	tables, err := ownTables(ctx, s.pool)
	return len(tables) == 0, err
}
