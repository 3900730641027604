package postgis

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"sort"
	"time"

	"github.com/jackc/pgx/v5"

	"streetbook/migrations"
)

// migrationLock is the advisory lock under which the schema is looked at and
// changed. The number is arbitrary and fixed: every version must use the same.
const migrationLock = 0x5374726565744b

// step is one file of package migrations.
type step struct {
	name, sql, sum string
}

func steps() ([]step, error) {
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	list := make([]step, len(names))
	for i, name := range names {
		if want := fmt.Sprintf("%04d_", i+1); name[:5] != want {
			return nil, fmt.Errorf("migration %s: expected a name that begins with %s", name, want)
		}
		sql, err := migrations.FS.ReadFile(name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(sql)
		list[i] = step{name: name, sql: string(sql), sum: hex.EncodeToString(sum[:])}
	}
	return list, nil
}

// Migrate brings the database to the schema of this program. Each step runs in
// a transaction of its own together with the note that it ran, so a process
// killed at any moment leaves whole steps. Any number of processes may start at
// once: one applies the steps, the others wait for it.
func (s *Store) Migrate(ctx context.Context) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	// Waiting for another migrator, and building an index over a large table,
	// may take longer than any other statement.
	if _, err := conn.Exec(ctx, `set statement_timeout = 0; set lock_timeout = 0`); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `select pg_advisory_lock($1)`, int64(migrationLock)); err != nil {
		return err
	}
	err = migrate(ctx, conn.Conn())
	// The connection is closed rather than returned: that ends the lock and the
	// settings above even if the context has ended.
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if closeErr := conn.Conn().Close(closing); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	// Connections opened before the extension was created do not know its type.
	s.pool.Reset()
	return nil
}

func migrate(ctx context.Context, conn *pgx.Conn) error {
	want, err := steps()
	if err != nil {
		return err
	}
	return migrateTo(ctx, conn, want, len(want))
}

// migrateTo applies the first target of the wanted steps, as far as the
// database does not have them.
func migrateTo(ctx context.Context, conn *pgx.Conn, want []step, target int) error {
	const table = `create table if not exists migration (
		number integer primary key, name text not null, sha256 text not null, applied_at timestamptz not null)`
	if _, err := conn.Exec(ctx, table); err != nil {
		return err
	}
	type applied struct {
		Name   string
		SHA256 string `db:"sha256"`
	}
	have, err := collect[applied](ctx, conn, `select name, sha256 from migration order by number`)
	if err != nil {
		return err
	}
	if len(have) > len(want) {
		return fmt.Errorf("the database was made by a newer program: it has %d migrations, this program knows %d", len(have), len(want))
	}
	for i, a := range have {
		if a.Name != want[i].name || a.SHA256 != want[i].sum {
			return fmt.Errorf("migration %s of the database is not this program's %s", a.Name, want[i].name)
		}
	}
	for i := len(have); i < target; i++ {
		if err := apply(ctx, conn, i+1, want[i]); err != nil {
			return fmt.Errorf("migration %s: %w", want[i].name, err)
		}
	}
	return nil
}

func apply(ctx context.Context, conn *pgx.Conn, number int, st step) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, st.sql); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into migration (number, name, sha256, applied_at) values ($1, $2, $3, now())`, number, st.name, st.sum)
		return err
	})
}
