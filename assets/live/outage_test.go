package live_test

import (
	"context"
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
)

// ownCluster is a PostGIS that a test may kill, and its folder.
func ownCluster(t *testing.T) (*local.Server, string) {
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
	dir = filepath.Join(dir, "postgis")
	s, err := local.Start(t.Context(), local.Options{Dir: dir, Database: "streetbook"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s, dir
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

// TestAKilledDatabaseIsNotMissed kills the database again and again under readers:
// what is in memory is answered all the time, and what is written when the database
// is back is there too.
func TestAKilledDatabaseIsNotMissed(t *testing.T) {
	t.Parallel()
	server, dir := ownCluster(t)
	store, err := postgis.Open(t.Context(), server.URL(), postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := furnished(t, store, 100)
	l := live.Start(store, live.Options{})
	t.Cleanup(l.Stop)
	present(t, l)
	for range 3 {
		kill(t, dir)
		for { // until it is back
			if l.Moment(t.Context(), nil) == nil {
				t.Fatal("memory does not answer while the database is away")
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			err := store.Ready(ctx)
			cancel()
			if err == nil {
				break
			}
			if !postgis.IsOverload(err) {
				t.Fatalf("%v is no reason to try again later", err)
			}
		}
		w.writeUntilTaken()
		m := present(t, l)
		if n, err := store.Position(t.Context()); err != nil || n != m.Position() {
			t.Fatal(n, m.Position(), err)
		}
		for range 20 {
			w.compare(m)
		}
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
