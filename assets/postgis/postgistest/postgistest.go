// Package postgistest gives any test a real, migrated PostGIS database of its
// own. It fails the test where PostGIS cannot be had; it never skips.
package postgistest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"streetbook/assets"
	"streetbook/assets/postgis"
	"streetbook/assets/postgis/local"
	"streetbook/migrations"
)

// server is the private PostGIS of this test process. The kernel stops it when
// the process ends; its folder is used again by a later one.
var server struct {
	once     sync.Once
	err      error
	url      func(database string) string
	template string
}

// New returns a store on a migrated, empty database of the test's own, which is
// dropped when the test ends.
func New(t testing.TB) *postgis.Store {
	t.Helper()
	store, err := postgis.Open(context.Background(), URL(t), postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return store
}

// URL returns a migrated, empty database for a test that opens it itself.
func URL(t testing.TB) string {
	t.Helper()
	start(t)
	return database(t, server.template)
}

// EmptyURL returns a database that nothing was ever done to.
func EmptyURL(t testing.TB) string {
	t.Helper()
	start(t)
	return database(t, "template1")
}

func start(t testing.TB) {
	t.Helper()
	server.once.Do(func() { server.err = startServer(t) })
	if server.err != nil {
		t.Fatal(server.err)
	}
}

func startServer(t testing.TB) error {
	ctx := context.Background()
	dir, err := takeSlot()
	if err != nil {
		return err
	}
	s, err := local.Start(ctx, local.Options{Dir: dir, Database: "streetbook", Ephemeral: true,
		Progress: func(text assets.Text) { t.Log(text.EN) }})
	if err != nil {
		return err
	}
	server.url = func(database string) string { return s.URL() + " dbname=" + database }
	if server.template, err = templateName(); err != nil {
		return err
	}
	return prepare(ctx)
}

// takeSlot finds a folder that no other test process uses, and keeps it until
// this one ends.
func takeSlot() (string, error) {
	base := fmt.Sprintf("/var/tmp/streetbook-test-%d", os.Geteuid()) // not below a home: the server's user must reach it
	if err := os.MkdirAll(base, 0o755); err != nil {
		return "", err
	}
	for n := range 64 {
		dir := filepath.Join(base, fmt.Sprintf("slot-%d", n))
		f, err := os.OpenFile(dir+".lock", os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return "", err
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			f.Close()
			continue
		}
		held = append(held, f)
		return dir, nil
	}
	return "", errors.New("64 test processes run at once")
}

// held keeps the lock's file from being closed by the garbage collector.
var held []*os.File

// templateName changes with the migrations, so that a template of an earlier
// version is never taken.
func templateName() (string, error) {
	h := sha256.New()
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return "", err
	}
	for _, name := range names {
		sql, err := migrations.FS.ReadFile(name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %d\n%s", name, len(sql), sql)
	}
	return fmt.Sprintf("template_%x", h.Sum(nil)[:8]), nil
}

// prepare drops what earlier processes left and makes the template if it is
// not there. It is migrated under another name first: a template that exists is
// complete.
func prepare(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, server.url("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, `select datname from pg_database where datname like 'test\_%' or datname like 'template\_%'`)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	exists := false
	for _, name := range names {
		if name == server.template {
			exists = true
			continue
		}
		if _, err := conn.Exec(ctx, `drop database `+pgx.Identifier{name}.Sanitize()+` with (force)`); err != nil {
			return err
		}
	}
	if exists {
		return nil
	}
	half := "test_" + server.template
	if _, err := conn.Exec(ctx, `create database `+half); err != nil {
		return err
	}
	store, err := postgis.Open(ctx, server.url(half), postgis.Options{})
	if err != nil {
		return err
	}
	err = store.Migrate(ctx)
	store.Close()
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `alter database `+half+` rename to `+server.template)
	return err
}

// making lets one database be made at a time: PostgreSQL does not copy a
// template that something else is connected to or copying.
var making sync.Mutex

func database(t testing.TB, template string) string {
	t.Helper()
	ctx := context.Background()
	name := fmt.Sprintf("test_%x", random())
	making.Lock()
	err := admin(ctx, `create database `+name+` template `+template+` strategy file_copy`)
	making.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin(ctx, `drop database `+name+` with (force)`); err != nil {
			t.Error(err)
		}
	})
	return server.url(name)
}

func admin(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, server.url("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

func random() []byte {
	b := make([]byte, 8)
	rand.Read(b)
	return b
}

// Exec does to a database what the store never would.
func Exec(ctx context.Context, url, sql string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

// Swap gives two databases one another's name, and ends whatever is connected to them.
func Swap(ctx context.Context, url, other string) error {
	a, err := nameOf(url)
	if err != nil {
		return err
	}
	b, err := nameOf(other)
	if err != nil {
		return err
	}
	end := `select pg_terminate_backend(pid) from pg_stat_activity where datname in ('` + a + `', '` + b + `')`
	for _, rename := range [][2]string{{a, a + "_away"}, {b, a}, {a + "_away", b}} {
		sql := `alter database ` + rename[0] + ` rename to ` + rename[1]
		err := admin(ctx, sql)
		for tries := 0; err != nil && tries < 500; tries++ { // somebody connected again
			if err := admin(ctx, end); err != nil {
				return err
			}
			err = admin(ctx, sql)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// nameOf is the database of a URL that this package gave.
func nameOf(url string) (string, error) {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return "", err
	}
	return c.Database, nil
}
