package postgis_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"streetbook/assets/postgis"
	"streetbook/assets/postgis/postgistest"
	"streetbook/migrations"
)

// TestManyMigratorsAtOnce starts twenty programs on an empty database.
func TestManyMigratorsAtOnce(t *testing.T) {
	t.Parallel()
	ctx, url := context.Background(), postgistest.EmptyURL(t)
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			store, err := postgis.Open(ctx, url, postgis.Options{MaxConns: 2})
			if err != nil {
				t.Error(err)
				return
			}
			defer store.Close()
			if err := store.Migrate(ctx); err != nil {
				t.Error(err)
			}
			if err := store.Ready(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	assertWholeSchema(t, url)
}

// TestMigrationResumesAfterEveryStep cuts the migration off after each step, as
// a kill would, and lets the next start finish it.
func TestMigrationResumesAfterEveryStep(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	names := stepNames(t)
	for cut := range names {
		t.Run(names[cut], func(t *testing.T) {
			t.Parallel()
			url := postgistest.EmptyURL(t)
			conn, err := pgx.Connect(ctx, url)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(ctx)
			// A kill in the middle of step cut+1 leaves the steps before it, and of
			// the step itself nothing, because it runs in a transaction.
			if err := postgis.MigrateSome(ctx, conn, cut); err != nil {
				t.Fatal(err)
			}
			sql, err := migrations.FS.ReadFile(names[cut])
			if err != nil {
				t.Fatal(err)
			}
			tx, err := conn.Begin(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, statement := range statements(string(sql)) {
				if _, err := tx.Exec(ctx, statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
			if err := tx.Rollback(ctx); err != nil {
				t.Fatal(err)
			}
			store, err := postgis.Open(ctx, url, postgis.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			if err := store.Ready(ctx); err == nil {
				t.Error("a half-migrated database says that it is ready")
			}
			if err := store.Migrate(ctx); err != nil {
				t.Fatal(err)
			}
			assertWholeSchema(t, url)
		})
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	ctx, store := context.Background(), postgistest.New(t)
	if err := store.Tamper(ctx, `insert into migration values (9999, '9999_future.sql', '', now())`); err != nil {
		t.Fatal(err)
	}
	if err := store.Migrate(ctx); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("migrating a newer database: %v", err)
	}
}

func stepNames(t *testing.T) []string {
	t.Helper()
	entries, err := migrations.FS.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// statements splits a migration at its semicolons; none of ours has one inside
// a literal.
func statements(sql string) (list []string) {
	for _, s := range strings.Split(sql, ";\n") {
		if strings.TrimSpace(s) != "" {
			list = append(list, s)
		}
	}
	return list
}

func assertWholeSchema(t *testing.T, url string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var steps, distinct, systems int
	err = conn.QueryRow(ctx, `select (select count(*) from migration), (select count(distinct name) from migration), (select count(*) from jurisdiction)`).
		Scan(&steps, &distinct, &systems)
	if err != nil {
		t.Fatal(err)
	}
	if want := len(stepNames(t)); steps != want || distinct != want || systems != 1 {
		t.Errorf("%d steps noted, %d of them distinct, %d system ledgers; want %d, %d, 1", steps, distinct, systems, want, want)
	}
}
