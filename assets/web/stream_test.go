package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"streetbook/assets"
	"streetbook/assets/postgis"
	"streetbook/assets/postgis/postgistest"
	"streetbook/assets/web"
)

// largeSite listens itself and holds a list far larger than all the buffers
// between the database and its reader: who has read a little of it is in the
// middle.
func largeSite(t *testing.T) (address, database string, stop func() error) {
	t.Helper()
	database = postgistest.URL(t)
	store, err := postgis.Open(context.Background(), database, postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	furnish(t, store, 0)
	list := lamps(assets.MaxLimit)
	long := json.RawMessage(`{"note":"` + strings.Repeat("灯", 1500) + `"}`)
	for i := range list {
		list[i].Attributes = long
	}
	w, err := postgis.NewWrite("test")
	if err != nil {
		t.Fatal(err)
	}
	if err := store.AddAssets(context.Background(), w, place, list); err != nil {
		t.Fatal(err)
	}
	server, err := web.New(store, page, web.Config{Anonymous: true})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, l) }()
	t.Cleanup(cancel)
	return "http://" + l.Addr().String(), database, func() error { cancel(); return <-served }
}

// beginReading asks for the large list and reads its first bytes.
func beginReading(t *testing.T, address string) (*bufio.Reader, []byte) {
	t.Helper()
	res, err := http.DefaultTransport.RoundTrip(newRequest(t, address+"/ogc/collections/assets/items?limit=10000"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	first := make([]byte, 100<<10)
	r := bufio.NewReader(res.Body)
	if _, err := io.ReadFull(r, first); err != nil || res.StatusCode != 200 {
		t.Fatalf("%d %v", res.StatusCode, err)
	}
	return r, first
}

func newRequest(t *testing.T, address string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "identity")
	return r
}

func TestAListThatBreaksOffIsNotWhole(t *testing.T) {
	t.Parallel()
	address, database, _ := largeSite(t)
	r, first := beginReading(t, address)
	conn, err := pgx.Connect(context.Background(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(context.Background(), `select pg_terminate_backend(pid) from pg_stat_activity
		where datname = current_database() and pid <> pg_backend_pid()`); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(r)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("after %d bytes the reader is told %v", len(first)+len(rest), err)
	}
	if json.Valid(append(first, rest...)) {
		t.Error("what was cut off is valid JSON")
	}
	if res, err := http.DefaultTransport.RoundTrip(newRequest(t, address+"/healthz")); err != nil || res.StatusCode != 200 {
		t.Errorf("afterwards: %v", err)
	}
}

func TestStoppingFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	address, _, stop := largeSite(t)
	r, first := beginReading(t, address)
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	rest, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	c := decode[collection](t, append(first, rest...))
	if c.NumberReturned != assets.MaxLimit || len(c.Features) != assets.MaxLimit || c.link("next") != "" {
		t.Errorf("%d of %d", len(c.Features), c.NumberMatched)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestCrowdedServerStaysHealthy(t *testing.T) {
	t.Parallel()
	store := postgistest.New(t)
	furnish(t, store, 3)
	server, err := web.New(store, page, web.Config{Anonymous: true})
	if err != nil {
		t.Fatal(err)
	}
	server.Crowd()
	s := serve(t, server, store)
	for _, path := range []string{"/ogc/collections/assets/items", "/ogc/collections/assets/items?f=html", "/ogc/collections/assets/tiles/WebMercatorQuad/0/0/0",
		"/api/v1/counts?jurisdiction=" + place, "/api/v1/search?q=x&jurisdiction=" + place} {
		res, body := s.get(t, path)
		if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" || res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %v %s", path, res.StatusCode, res.Header, body)
		}
	}
	for _, path := range []string{"/healthz", "/readyz", "/", "/ogc/collections"} {
		if res, _ := s.get(t, path); res.StatusCode != 200 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}
