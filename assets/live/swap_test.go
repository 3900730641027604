package live_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"

	"streetbook/assets/live"
	"streetbook/assets/postgis"
	"streetbook/assets/postgis/postgistest"
)

// TestAGapIsLoadedAnew lets the chain jump over a change that is not in the log.
func TestAGapIsLoadedAnew(t *testing.T) {
	t.Parallel()
	url := postgistest.URL(t)
	store, err := postgis.Open(t.Context(), url, postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	w := furnished(t, store, 30)
	l := start(t, store)
	before := present(t, l)
	for _, sql := range []string{
		`update asset set name = '无人记下', version = version + 1 where jurisdiction = '990000001'`,
		`update jurisdiction set seq = seq + 2 where code = '990000001'`,
	} {
		if err := postgistest.Exec(t.Context(), url, sql); err != nil {
			t.Fatal(err)
		}
	}
	m := w.after(l, before)
	for range 30 {
		w.compare(m)
	}
}

// TestASwappedDatabaseIsLoadedAnew puts another registry in the place of the one that
// a program holds.
func TestASwappedDatabaseIsLoadedAnew(t *testing.T) {
	t.Parallel()
	url, other := postgistest.URL(t), postgistest.URL(t)
	store, err := postgis.Open(t.Context(), url, postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	furnished(t, store, 60)
	l := start(t, store)
	before := present(t, l)
	next, err := postgis.Open(t.Context(), other, postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	furnished(t, next, 20)
	next.Close()
	if err := postgistest.Swap(t.Context(), url, other); err != nil {
		t.Fatal(err)
	}
	w := &town{t: t, store: store, rand: rand.New(rand.NewPCG(1, 2)), ids: map[string][]uuid.UUID{places[0]: {uuid.New()}, places[1]: {uuid.New()}}}
	m := w.after(l, before)
	for range 30 {
		w.compare(m)
	}
}

// after waits for a moment later than another, and that it is where the database is.
func (w *town) after(l *live.Live, before *live.Moment) *live.Moment {
	w.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		m := l.Moment(w.t.Context(), nil)
		if m == nil || m == before {
			continue
		}
		if n, err := w.store.Position(w.t.Context()); err == nil && n == m.Position() {
			return m
		}
	}
	w.t.Fatal("memory stayed with the old database")
	return nil
}
