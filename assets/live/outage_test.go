package live_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"streetbook/assets"
	"streetbook/assets/live"
	"streetbook/assets/postgis"
	"streetbook/assets/postgis/local"
	"streetbook/assets/postgis/postgistest"
)

// ownCluster is a folder for a PostGIS that a test may kill.
func ownCluster(t *testing.T) (dir string) {
	t.Helper()
	dir, err := os.MkdirTemp("/var/tmp", "streetbook-live-") // the server's user must reach it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "postgis")
}

func run(t *testing.T, dir string) *local.Server {
	t.Helper()
	s, err := local.Start(t.Context(), local.Options{Dir: dir, Database: "streetbook"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// kill ends the postmaster of a folder at once.
func kill(t *testing.T, dir string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.Fields(string(text))[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// TestAKilledDatabaseIsNotMissed kills the database under a program, and stops it for
// longer: what is in memory is answered meanwhile, and what is written when the
// database is back is there too.
func TestAKilledDatabaseIsNotMissed(t *testing.T) {
	t.Parallel()
	dir := ownCluster(t)
	server := run(t, dir)
	defer func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	}()
	store, err := postgis.Open(t.Context(), server.URL(), postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := furnished(t, store, 100)
	l := live.Start(store, live.Options{})
	defer l.Stop()
	present(t, l)
	for range 2 {
		kill(t, dir)
		w.goOn(l)
	}
	before := present(t, l)
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if m := present(t, l); m != before {
			t.Fatal("memory changed without a database")
		}
		if err := store.Ready(t.Context()); !postgis.IsAway(err) || !postgis.IsOverload(err) {
			t.Fatalf("%v is no reason to try again later", err)
		}
	}
	server = run(t, dir)
	w.goOn(l)
}

// goOn writes, and compares what memory makes of it.
func (w *town) goOn(l *live.Live) {
	w.t.Helper()
	w.writeUntilTaken()
	m := present(w.t, l)
	for { // connections of before may break one after the other
		n, err := w.store.Position(w.t.Context())
		if err == nil && n == m.Position() {
			break
		}
		if !postgis.IsAway(err) {
			w.t.Fatal(n, m.Position(), err)
		}
	}
	for range 20 {
		w.compare(m)
	}
}

// writeUntilTaken adds an asset; connections of before may break meanwhile.
func (w *town) writeUntilTaken() {
	for {
		err := w.store.AddAssets(w.t.Context(), w.write(), places[0], []assets.Asset{w.asset()})
		if err == nil {
			return
		}
		if !postgis.IsOverload(err) {
			w.t.Fatal(err)
		}
	}
}

// until waits for what has to come.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not within a minute:", what)
		}
	}
}

// TestASilentDatabaseIsNotMissed lets everything that goes to the database vanish:
// memory goes on answering, and follows when the way is free again.
func TestASilentDatabaseIsNotMissed(t *testing.T) {
	t.Parallel()
	g := postgistest.NewGate(t, postgistest.URL(t))
	store, err := postgis.Open(t.Context(), g.URL, postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	w := furnished(t, store, 100)
	l := live.Start(store, live.Options{})
	defer l.Stop()
	held := present(t, l)
	g.Shut(true)
	until(t, "memory knows that there is no database", l.Away)
	for shut := time.Now(); time.Since(shut) < 5*time.Second; time.Sleep(10 * time.Millisecond) { // longer than the last look holds
		if m := l.Moment(t.Context(), nil); m != held {
			t.Fatal("memory does not answer, or was loaded anew")
		}
	}
	if l.State().Lag < 5*time.Second {
		t.Error("memory says that it knew the present when there was no database:", l.State().Lag)
	}
	g.Shut(false)
	w.goOn(l)
	until(t, "memory knows that the database is back", func() bool { return !l.Away() })
}
